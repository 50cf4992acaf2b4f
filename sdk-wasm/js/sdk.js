/*
 * Entry of the SDK: compiles the module that the loader is fetching, hands it what the loader
 * knows, and opens the public calls of `window.earlybid`. Bundled with the glue into one file.
 */
import { answered, failsafe, flush, initSync, page_call_failed, refresh, start, version } from 'earlybid-glue';

const api = window.earlybid || {};
const state = api._;

const origin = () => {
  const entry = performance.getEntriesByType('navigation')[0];
  return (entry && entry.activationStart) || 0;
};

const milliseconds = (time, since) => (time === undefined ? null : Math.max(0, time - since).toFixed(3) * 1);

const facts = (since) =>
  JSON.stringify({
    view: state.view,
    auction: state.auction,
    started: milliseconds(state.started, since),
    sent: milliseconds(state.sent, since),
    late: !!state.late,
    began: Math.round(performance.timeOrigin + since),
    hidden: document.visibilityState == 'hidden',
    nonce: state.nonce || '',
    url: location.href,
    referrer: document.referrer,
    secure: location.protocol == 'https:',
    path: location.pathname,
    device: matchMedia('(max-width: 767px)').matches ? 'mobile' : 'desktop',
    connection: (navigator.connection || {}).effectiveType || null,
  });

// The core trusts that nothing throws through it; a trap must not reach the page's console either.
const guarded =
  (call) =>
  (...values) => {
    try {
      return call(...values);
    } catch (error) {
      return undefined;
    }
  };

const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const run = (call) => {
  try {
    call();
  } catch (error) {
    guarded(page_call_failed)();
  }
};

const open = () => {
  api.version = guarded(version)();
  api.pageViewId = state.view;
  api.flush = guarded(flush);
  api.refresh = (codes) => guarded(refresh)(JSON.stringify([].concat(codes || [])), newId());
  const queued = api.cmd;
  api.cmd = { push: (...calls) => calls.forEach(run) };
  queued.forEach(run);
};

const begin = (module) => {
  // The fallback has taken over, or this file is in the page twice.
  if (state.failed || state.go) return;
  initSync({ module });
  const since = origin();
  if (!start(state.text, facts(since), since)) throw new Error('not started');
  state.go = guarded(failsafe);
  state.answer.then(guarded((answer) => answered(state.auction, answer.status, answer.body, answer.at - since)));
  open();
};

if (state && state.wasm) {
  state.wasm
    .then((response) => (response.ok ? WebAssembly.compileStreaming(response) : Promise.reject(response.status)))
    .then(begin)
    .catch(() => state.fail('wasm_not_usable'));
}
