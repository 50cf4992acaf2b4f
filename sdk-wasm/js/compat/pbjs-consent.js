/*
 * `consentManagement` of a page written for Prebid.js, in all the forms that it has had: a section for each of gdpr, gpp and usp, or
 * the settings of gdpr alone; from the CMP, or given by the page itself (`cmpApi: 'static'`).
 *
 * What is announced and cannot be read counts as no permission, never as one.
 */
import { allowed, gppOf, inRequest, readConsent } from '../consent.js';

const sections = { gdpr: 'tcf', gpp: 'gpp', usp: 'usp' };
const millis = (value, other) => (typeof value == 'number' ? value : other);

// What the page says in place of a CMP, in the form of each interface.
const given = {
  tcf: (data) => {
    const { gdprApplies: applies, tcString: string, purpose = {} } = data.getTCData || data;
    return { applies, string, storage: !!purpose.consents?.[1] };
  },
  gpp: gppOf,
  usp: (data) => ({ string: (data.getUSPData || data).uspString }),
};

const parse = (wanted) => {
  const isSectioned = Object.keys(sections).some((name) => name in wanted);
  const all = isSectioned ? wanted : { gdpr: wanted };
  return Object.keys(sections)
    .filter((name) => all[name] && typeof all[name] == 'object' && all[name].enabled !== false)
    .map((name) => ({ api: sections[name], settings: all[name] }));
};

const read = (parts, deviceAccess, done) => {
  const known = {};
  const isStatic = ({ settings }) => settings.cmpApi == 'static';
  parts.filter(isStatic).forEach(({ api, settings }) => {
    const data = settings.consentData;
    if (data && typeof data == 'object') known[api] = given[api](data);
  });
  // A CMP of an unknown kind cannot be asked, so nothing is known about it.
  const asked = parts.filter(({ settings }) => settings.cmpApi === undefined || settings.cmpApi == 'iab');
  const times = asked.map(({ api, settings }) => millis(settings.timeout, api == 'usp' ? 50 : 10000));
  const acts = asked.map(({ settings }, place) => millis(settings.actionTimeout, times[place]));
  const settings = {
    apis: asked.map(({ api }) => api),
    cmpTimeout: Math.max(0, ...times),
    actionTimeout: Math.max(0, ...acts),
    deviceAccess,
  };
  readConsent(settings, (heard) => done(Object.assign(heard, known)));
};

/**
 * Reads what `wanted` announces. `done` gets two functions: what the request says about consent, and whether the device may be used,
 * both as of the moment when they are called.
 */
export const consentOf = (wanted, deviceAccess, done) => {
  const gpc = navigator.globalPrivacyControl === true;
  // Nothing is announced.
  if (wanted === undefined || wanted === null)
    return done({ signals: () => inRequest({ gpc }), may: () => allowed({ gpc }, { apis: [], deviceAccess }) });
  const parts = typeof wanted == 'object' ? parse(wanted) : [{ api: 'tcf', settings: { cmpApi: 'unknown' } }];
  const apis = parts.map(({ api }) => api);
  const scope = parts.some(({ settings }) => settings.defaultGdprScope === true);
  return read(parts, deviceAccess, (known) => {
    const current = () => {
      const { applies = scope || undefined, ...tcf } = known.tcf || {};
      return apis.includes('tcf') && applies !== undefined ? { ...known, tcf: { ...tcf, applies } } : known;
    };
    done({ signals: () => inRequest(current()), may: () => allowed(current(), { apis, deviceAccess }) });
  });
};
