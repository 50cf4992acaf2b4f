/*
 * What the visitor has allowed: read from the page's CMP (TCF 2, GPP, US Privacy), from the strings that it has stored,
 * and from the browser (GPC). Used by the loader with consent and by the layers for other libraries.
 *
 * Nothing here throws, whatever the CMP does; a CMP that is broken or silent is one that is not there.
 */

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

// Bit 152 of a TC string of version 2: consent for purpose 1, to store and read on the device.
/** Whether the string grants it. */
export const grantsStorage = (string) => (letters.indexOf(string[25]) & 8) > 0;
const tcString = (string) => /^C[\w-]{38}/.test(string || '');

const stored = (name) => {
  try {
    const [, cookie] = ('; ' + document.cookie).split(`; ${name}=`);
    return (cookie !== undefined ? decodeURIComponent(cookie.split(';')[0]) : localStorage.getItem(name)) || '';
  } catch {
    return '';
  }
};

// How each API is asked; `listener` gets the signals, and whether the visitor has acted.
const apis = {
  tcf: [
    '__tcfapi',
    (api, listener) =>
      api('addEventListener', 2, (tcData, ok) => {
        if (!ok || !tcData) return;
        const { gdprApplies: applies, tcString: string, eventStatus } = tcData;
        const purposes = (tcData.purpose || {}).consents || {};
        listener({ applies, string, storage: !!purposes[1] }, applies === false || /^(tcloaded|useractioncomplete)$/.test(eventStatus));
      }),
  ],
  gpp: [
    '__gpp',
    (api, listener) => {
      const pinged = (ping) =>
        ping && listener({ string: ping.gppString, sections: ping.applicableSections }, ping.signalStatus == 'ready');
      api('addEventListener', (event) => event && pinged(event.pingData));
      api('ping', pinged);
    },
  ],
  usp: ['__uspapi', (api, listener) => api('getUSPData', 1, (data, ok) => ok && data && listener({ string: data.uspString }, true))],
};

/**
 * Reads what `settings.apis` names (all by default). `done(known, reason)` is called once: when all have answered, or
 * with the reason `cmp_missing` or `no_action` when `cmpTimeout` or `actionTimeout` (milliseconds) is over. Later
 * changes go into the same `known`.
 */
export const readConsent = (settings, done) => {
  const { cmpTimeout = 1000, actionTimeout = 10000 } = settings;
  const known = { gpc: navigator.globalPrivacyControl === true };
  const names = (settings.apis || ['tcf', 'gpp', 'usp']).filter((name) => apis[name]);
  // 0: nothing heard, 1: there, but the visitor has not acted, 2: known.
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
  const update = (index, signals, acted) => {
    // What is known stays in force while the visitor looks at the choices again.
    if (!acted && steps[index] == 2) return;
    known[names[index]] = signals;
    steps[index] = acted ? 2 : 1;
    check();
  };
  const look = () =>
    names.forEach((name, index) => {
      const api = window[apis[name][0]];
      if (asked[index] || typeof api != 'function') return;
      asked[index] = 1;
      try {
        apis[name][1](api, (signals, acted) => update(index, signals, acted));
      } catch {
        // As if it were not there.
      }
    });

  if (settings.deviceAccess !== false) {
    const { tcf, gpp, usp } = settings.stored || {};
    names.forEach((name, index) => {
      const string = name == 'tcf' ? tcf && stored(tcf) : name == 'gpp' ? gpp && stored(gpp) : usp && stored(usp);
      if (!string || (name == 'tcf' && !tcString(string))) return;
      known[name] = { string, applies: name == 'tcf' || undefined, storage: grantsStorage(string) };
      steps[index] = 2;
    });
  }
  look();
  looking = setInterval(look, 20);
  setTimeout(() => {
    // Those that have said nothing count as not there; the others may still wait for the visitor.
    clearInterval(looking);
    if (!steps.includes(1)) end('cmp_missing');
  }, cmpTimeout);
  check();
};

/** Whether the device may be read and written, and the visitor recognised. */
export const allowed = (known, settings) => {
  const { tcf, usp, gpp, gpc } = known;
  if (settings.deviceAccess === false || gpc || /^..y/i.test((usp || {}).string)) return false;
  const named = settings.apis || ['tcf', 'gpp', 'usp'];
  if (tcf && tcf.string) return tcf.applies === false || tcf.storage;
  if (tcf && tcf.applies === false) return true;
  const inGpp = ((gpp || {}).string || '').split('~').find(tcString);
  if (inGpp) return grantsStorage(inGpp);
  // Without the rules of GDPR it is the absence of an opt-out, of a CMP that is there.
  return !named.includes('tcf') && (!named[0] || named.some((name) => known[name]));
};

/** The same for the bid server, in the places of OpenRTB 2.6. */
export const inRequest = ({ tcf, gpp, usp, gpc }) => {
  const regs = {};
  if (tcf && tcf.applies !== undefined) regs.gdpr = tcf.applies ? 1 : 0;
  if (usp && usp.string) regs.us_privacy = usp.string;
  if (gpp && gpp.string) {
    regs.gpp = gpp.string;
    regs.gpp_sid = (gpp.sections || []).filter((section) => section > 0);
  }
  if (gpc) regs.ext = { gpc: '1' };
  const user = tcf && tcf.string ? { consent: tcf.string } : undefined;
  return { regs, user };
};
