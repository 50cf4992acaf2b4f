/*
 * Consent for the loader: stands before it in `loader-consent.js`, for pages whose config has `privacy`.
 *
 * The loader calls `earlybid.hold` in place of starting. Each request of the page view is then made by `Request` of the
 * loader's state, which adds what the visitor has allowed, and leaves cookies out, also on the page's own origin, where
 * he has not allowed them.
 */
import { allowed, inRequest, readConsent } from './consent.js';

// As much of XMLHttpRequest as the loader and the SDK use, without cookies.
const bare = () => {
  const stop = new AbortController();
  let method, url;
  const own = {
    status: 0,
    responseText: '',
    open: (...wanted) => ([method, url] = wanted),
    abort: () => stop.abort(),
    send: (body) => {
      const end = () => (own.onload || own.onloadend || (() => {}))();
      fetch(url, { method, body, credentials: 'omit', signal: stop.signal })
        .then((response) => response.text().then((text) => Object.assign(own, { status: response.status, responseText: text })))
        .catch(() => {})
        .then(end);
    },
  };
  return own;
};

const inAddress = (url, { regs, user = {} }) => {
  const values = { gdpr: regs.gdpr, tcfc: user.consent, usp: regs.us_privacy, gppc: regs.gpp, gpps: regs.gpp_sid, gpc: regs.ext && 1 };
  const pairs = Object.keys(values).filter((key) => values[key] !== undefined && String(values[key]) !== '');
  return pairs.reduce((address, key) => `${address}${address.includes('?') ? '&' : '?'}${key}=${encodeURIComponent(values[key])}`, url);
};

const api = (window.earlybid = window.earlybid || {});

/** Calls `begin` when the site's rules let auctions begin; not at all where they do not. */
api.hold = (begin) => {
  const state = api._;
  const { config } = state;
  const settings = config.privacy;
  config.privacy = 0;
  let known = { gpc: navigator.globalPrivacyControl === true };
  state.allowed = () => allowed(known, settings);

  state.Request = function () {
    const own = state.allowed() ? new XMLHttpRequest() : bare();
    const open = own.open.bind(own);
    const send = own.send.bind(own);
    own.open = (method, url) => open(method, method == 'GET' ? inAddress(url, inRequest(known)) : url);
    own.send = (body) => {
      if (body[0] != '{') return send();
      const request = JSON.parse(body);
      return send(JSON.stringify(Object.assign(request, inRequest(known))));
    };
    return own;
  };

  // The page without header bidding: its ad server goes on at once.
  const refuse = () => {
    const server = config.adServer || {};
    state.refused = 1;
    if ((server.scripts || [])[0]) {
      document.head.appendChild(Object.assign(document.createElement('script'), { src: server.scripts[0], nonce: state.nonce }));
    }
    const codes = (config.slots || []).map((slot) => slot.code);
    const ask = () => {
      if (server.type != 'gpt') return api.adServer && api.adServer.request(codes);
      return googletag.cmd.push(() => {
        const service = googletag.pubads();
        const paths = (config.slots || []).map((slot) => slot.adUnitPath);
        service.refresh(
          service.getSlots().filter((slot) => codes.includes(slot.getSlotElementId()) || paths.includes(slot.getAdUnitPath())),
        );
      });
    };
    // An answer may be there before the page has defined its slots.
    if (document.readyState == 'loading') document.addEventListener('DOMContentLoaded', ask);
    else ask();
  };

  let begun;
  const go = () => {
    if (begun) return;
    begun = 1;
    begin();
  };
  readConsent(settings, (found) => {
    known = found;
    if (settings.mode == 'stop' && !allowed(known, settings)) refuse();
    else go();
  });
  // What is stored has been read by now; what comes later counts for later auctions.
  if (settings.mode == 'anonymous') go();
};
