/*
 * Consent for the loader: stands before it in `loader-consent.js`, for pages whose config has `privacy`.
 *
 * The loader calls `earlybid.hold` instead of starting. Each auction request of the page view is then made by `Request` of the
 * loader's state, which adds what the visitor has allowed, and leaves out cookies that the visitor has not allowed, even on
 * the page's own origin.
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
    send: async (body) => {
      try {
        const response = await fetch(url, { method, body, credentials: 'omit', signal: stop.signal });
        own.responseText = await response.text();
        own.status = response.status;
      } catch {
        // The status of 0 says so.
      }
      (own.onload || own.onloadend)?.();
    },
  };
  return own;
};

const inAddress = (url, { regs, user }) => {
  const values = { gdpr: regs.gdpr, tcfc: user?.consent, usp: regs.us_privacy, gppc: regs.gpp, gpps: regs.gpp_sid, gpc: regs.ext && 1 };
  let address = url;
  for (const [key, value] of Object.entries(values))
    if (value?.toString()) address += `${address.includes('?') ? '&' : '?'}${key}=${encodeURIComponent(value)}`;
  return address;
};

const api = (window.earlybid ||= {});

/** Calls `begin` when the site's rules let auctions begin, and never if they do not. */
api.hold = (begin) => {
  const state = api._;
  const { config } = state;
  const settings = config.privacy;
  config.privacy = 0;
  let known = { gpc: navigator.globalPrivacyControl === true };
  state.allowed = () => allowed(known, settings);

  state.Request = function () {
    const own = state.allowed() ? new XMLHttpRequest() : bare();
    const { open, send } = own;
    own.open = (method, url) => open.call(own, method, method == 'GET' ? inAddress(url, inRequest(known)) : url);
    own.send = (body) => send.call(own, body[0] == '{' ? JSON.stringify({ ...JSON.parse(body), ...inRequest(known) }) : undefined);
    return own;
  };

  // The page without header bidding: its ad server goes on at once.
  const refuse = () => {
    const slots = config.slots || [];
    // Loads the ad server's script; no auction has been asked for, so this fills no slot.
    state.advance();
    const ask = () => {
      if (config.adServer?.type != 'gpt') return api.adServer?.request(slots.map((slot) => slot.code));
      return googletag.cmd.push(() => {
        const service = googletag.pubads();
        const isOurs = (known) => slots.some((slot) => slot.code == known.getSlotElementId() || slot.adUnitPath == known.getAdUnitPath());
        service.refresh(service.getSlots().filter(isOurs));
      });
    };
    // The visitor's choice may be known before the page has defined its slots.
    if (document.readyState == 'loading') document.addEventListener('DOMContentLoaded', ask);
    else ask();
  };

  readConsent(settings, (found) => {
    known = found;
    if (settings.mode == 'stop' && !state.allowed()) refuse();
    else if (settings.mode != 'anonymous') begin();
  });
  // Stored strings have been read by now; what comes later counts for later auctions.
  if (settings.mode == 'anonymous') begin();
};
