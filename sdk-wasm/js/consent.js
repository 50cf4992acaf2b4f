/*
 * What the visitor has allowed: read from the page's CMP (TCF 2, GPP, US Privacy), from the strings that it has stored,
 * and from the browser (GPC). Used by the loader with consent and by the layers for other libraries.
 *
 * Nothing here throws, whatever the CMP does; a CMP that is broken or silent counts as absent.
 */

import { bitsOf, gppOptsOut } from './gpp.js';

// Bit 152 of a TC string of version 2: consent for purpose 1, to store and read on the device.
/** Whether the string grants consent for that purpose. */
export const grantsStorage = (string) => bitsOf(string)[152] == 1;
const tcString = (string) => /^C[\w-]{38}/.test(string);

const stored = (name) => {
  try {
    const [, cookie] = ('; ' + document.cookie).split(`; ${name}=`);
    return (cookie !== undefined ? decodeURIComponent(cookie.split(';')[0]) : localStorage.getItem(name)) || '';
  } catch {
    return '';
  }
};

// All fields whose names end in `OptOut` are opt-outs, of sale, of sharing or of targeted advertising; so are GPC and, in the US
// privacy string, `OptOutSale`.
const parsedOptOut = /OptOut":1|Gpc":[t1]|OptOutSale":"Y/;

/** The signals of GPP; `out` is true if the visitor has opted out of sale, sharing or targeted advertising, or if nobody can tell. */
export const gppOf = ({ gppString, applicableSections, parsedSections }) => {
  const string = String(gppString || '');
  const sections = [].concat(applicableSections || []).filter((section) => section > 0);
  return { string, sections, out: parsedOptOut.test(JSON.stringify(parsedSections)) || gppOptsOut(string) };
};

/** Each API: its global name, and how it is asked; `listener` gets the signals and whether the visitor has acted. */
export const apis = {
  tcf: [
    '__tcfapi',
    (api, listener) =>
      api('addEventListener', 2, (tcData, ok) => {
        if (!ok || !tcData) return;
        const { gdprApplies: applies, tcString: string, eventStatus } = tcData;
        listener({ applies, string, storage: !!tcData.purpose?.consents?.[1] }, applies === false || /loaded|complete/.test(eventStatus));
      }),
  ],
  gpp: [
    '__gpp',
    (api, listener) => {
      const pinged = (ping) => ping && listener(gppOf(ping), ping.signalStatus == 'ready');
      api('addEventListener', (event) => event && pinged(event.pingData));
      api('ping', pinged);
    },
  ],
  usp: ['__uspapi', (api, listener) => api('getUSPData', 1, (data, ok) => ok && data && listener({ string: data.uspString }, true))],
};

const all = Object.keys(apis);

/**
 * Reads what `settings.apis` names (all by default). `done(known, reason)` is called once: when all have answered, or
 * with the reason `cmp_missing` or `no_action` when `cmpTimeout` or `actionTimeout` (milliseconds) is over. Later
 * changes go into the same `known`.
 */
export const readConsent = (settings, done) => {
  const { cmpTimeout = 1000, actionTimeout = 10000 } = settings;
  const known = { gpc: navigator.globalPrivacyControl === true };
  const names = (settings.apis || all).filter((name) => apis[name]);
  // 0: nothing heard; 1: the CMP is there, but the visitor has not acted; 2: known.
  const steps = names.map(() => 0);
  const asked = [];
  let ended, acting, looking;

  const end = (reason) => {
    if (ended) return;
    ended = 1;
    clearInterval(looking);
    clearTimeout(acting);
    done(known, reason);
  };
  const check = () => {
    if (steps.every((step) => step == 2)) end();
    else if (steps.includes(1)) acting = acting || setTimeout(end, actionTimeout, 'no_action');
  };
  const look = () =>
    names.forEach((name, index) => {
      const [global, ask] = apis[name];
      const api = window[global];
      if (asked[index] || typeof api != 'function') return;
      asked[index] = 1;
      try {
        ask(api, (signals, acted) => {
          // What is known stays in force while the visitor looks at the choices again.
          if (!acted && steps[index] == 2) return;
          known[name] = signals;
          steps[index] = acted ? 2 : 1;
          check();
        });
      } catch {
        // Treated as if it were absent.
      }
    });

  names.forEach((name, index) => {
    const place = settings.deviceAccess !== false && settings.stored?.[name];
    const string = place && stored(place);
    if (!string || (name == 'tcf' && !tcString(string))) return;
    known[name] = name == 'gpp' ? gppOf({ gppString: string }) : { string, applies: true, storage: grantsStorage(string) };
    steps[index] = 2;
  });
  look();
  looking = setInterval(look, 20);
  setTimeout(() => {
    // Those that have said nothing count as absent; the others may still be waiting for the visitor.
    clearInterval(looking);
    if (!steps.includes(1)) end('cmp_missing');
  }, cmpTimeout);
  check();
};

/** Whether the device may be read and written, and the visitor may be recognised. */
export const allowed = (known, settings) => {
  const { tcf, usp, gpp, gpc } = known;
  if (settings.deviceAccess === false || gpc || gpp?.out || /^..y/i.test(usp?.string)) return false;
  if (tcf?.applies === false) return true;
  if (tcf?.string) return tcf.storage;
  const inGpp = gpp?.string.split('~').find(tcString);
  if (inGpp) return grantsStorage(inGpp);
  // If the site does not ask about GDPR, permission is the absence of an opt-out, from a CMP that is present.
  const named = settings.apis || all;
  return !named.includes('tcf') && (!named[0] || named.some((name) => known[name]));
};

/** The same for the bid server, in the places of OpenRTB 2.6. */
export const inRequest = ({ tcf, gpp, usp, gpc }) => ({
  regs: {
    gdpr: tcf?.applies === undefined ? undefined : tcf.applies ? 1 : 0,
    us_privacy: usp?.string || undefined,
    gpp: gpp?.string || undefined,
    gpp_sid: gpp?.string ? gpp.sections : undefined,
    ext: gpc ? { gpc: '1' } : undefined,
  },
  user: tcf?.string ? { consent: tcf.string } : undefined,
});
