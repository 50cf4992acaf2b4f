/*
 * Entry of the SDK: compiles the module that the loader is fetching, hands it what the loader
 * knows, and opens the public calls of `window.earlybid`. Bundled with the glue into one file.
 */
import { failsafeUp, flush, initSync, start } from 'earlybid-glue';
import {
  addSlots,
  answered,
  countFrom,
  debug,
  elapsed,
  fail,
  followAdServer,
  heard,
  later,
  listen,
  newId,
  on,
  quietly,
  refresh,
  removeSlots,
  renderAd,
  replay,
  tell,
  tellAtOnce,
} from './page.js';
import { prepare } from './frames.js';

const api = window.earlybid || {};
const state = api._;

const origin = () => {
  const entry = performance.getEntriesByType('navigation')[0];
  return (entry && entry.activationStart) || 0;
};

const milliseconds = (time) => (time === undefined ? null : elapsed(time).toFixed(3) * 1);

// Classes of browsers (on iOS, of engines) and of systems: the first that fits, and never the whole user agent.
const agent = navigator.userAgent
  .replace('Edg', 'Edge')
  .replace(/iP(hone|ad)/, 'iOS')
  .replace('Mac OS', 'macOS');
const agentClass = (names) => (names.split(' ').find((name) => agent.includes(name)) || 'other').toLowerCase();

// Whether the loader had to let the ad server go on while an answer was missing.
const isLate = async () => {
  const answers = await Promise.all(state.asked.map(({ answer }) => Promise.race([answer, 0])));
  return (state.config.adServer || {}).type != 'gpt' || answers.some((answer) => !answer || answer.at > state.late);
};

const facts = (since, late) =>
  JSON.stringify({
    view: state.view,
    auction: (state.asked[0] || {}).id,
    started: milliseconds(state.started),
    sent: milliseconds(state.sent),
    late,
    gone: Object.entries(state.gone).map(([slot, at]) => ({ slot, at: milliseconds(at) })),
    asked: state.asked,
    seed: newId(),
    viewport: innerWidth,
    began: Math.round(performance.timeOrigin + since),
    hidden: document.visibilityState == 'hidden',
    url: location.href,
    referrer: document.referrer,
    secure: location.protocol == 'https:',
    heard: debugged,
    path: location.pathname,
    // As it will be in each record.
    browser: JSON.stringify({
      device: matchMedia('(max-width: 767px)').matches ? 'mobile' : 'desktop',
      browser: agentClass('Edge Samsung Firefox Chrome Safari'),
      os: agentClass('Android iOS Windows macOS Linux'),
      sample_rate: state.config.eventsShare,
      connection: (navigator.connection || {}).effectiveType,
      viewport_width: innerWidth,
      viewport_height: innerHeight,
      schema_version: 1,
    }).slice(1, -1),
  });

const debugged = /[?&]earlybid_debug=1/.test(location.search);

const run = (call) => {
  try {
    call();
  } catch {
    fail('page_call_failed');
  }
};

const open = () => {
  api.version = SDK_VERSION;
  api.pageViewId = state.view;
  api.flush = () => tellAtOnce(flush);
  api.refresh = refresh;
  api.addSlots = (units) => addSlots([].concat(units));
  api.removeSlots = (codes) => removeSlots([].concat(codes));
  api.on = on;
  api.renderAd = renderAd;
  const queued = api.cmd;
  api.cmd = { push: (...calls) => calls.forEach(run) };
  queued.forEach(run);
};

const pause = () => new Promise(later);

// The browser compiles functions at their first call, which makes the start long; so it is split into tasks.
const begin = async (module) => {
  state.compiled = performance.now();
  initSync({ module });
  await pause();
  const late = !!state.late && (await isLate());
  // The fallback has taken over or will, or this file is in the page twice.
  if (state.failed || state.go) return;
  const since = origin();
  countFrom(since);
  // Page views are recorded whole or not at all.
  if (parseInt(state.view.slice(0, 4), 16) >= state.config.eventsShare * 65536) delete state.config.eventsUrl;
  if (!start(JSON.stringify(state.config), facts(since, late), elapsed(performance.now()))) throw new Error('not started');
  const ready = pause().then(() => {
    state.asked.forEach(({ id, answer }) => answer.then(({ status, body, at }) => answered(id, status, body, at)));
    open();
  });
  // Not before the answers that are there already have been passed on.
  state.go = () => ready.then(() => tell(failsafeUp));
  if (debugged) debug();
  listen();
  await ready;
  await pause();
  // What the ad server and creatives have said since the loader went on alone, and what they say from now on.
  replay();
  state.heard.forEach(heard);
  state.heard = { push: heard };
};

// The module is needed only when a creative asks for its markup, later than the ad server's scripts, with which it would
// share the connection. So it waits until the first of these has been fetched, or for a second.
const turn = (href) =>
  new Promise((go) => {
    const link = [...document.querySelectorAll('link')].find((known) => known.getAttribute('href') == href);
    if (!link || performance.getEntriesByName(link.href)[0]) return go();
    link.onload = link.onerror = go;
    return setTimeout(go, 1000);
  });

if (state && state.fail) {
  []
    .concat(state.config.connectTo || [])
    .forEach((href) => document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href })));
  // The ad server may begin its work before the module is there.
  if ((state.config.adServer || {}).type == 'gpt') {
    followAdServer();
    // Not at once: the ad server's script would run while the auction is on.
    state.asked.forEach(({ answer }) => answer.then(() => state.advance()));
  }
  turn(((state.config.adServer || {}).scripts || [])[0])
    .then(() => fetch(state.config.sdkUrl.replace(/\/?$/, '/sdk.wasm')))
    .then((response) => (response.ok ? WebAssembly.compileStreaming(response) : Promise.reject(response.status)))
    .then(begin)
    .catch(() => state.fail('wasm_not_usable'));
  // Making a frame takes the browser longer than filling it, so each gets a task of its own. Only the first few, since those are
  // likely to be on screen.
  if (!state.config.adServer)
    state.asked
      .flatMap(({ slots }) => slots)
      .slice(0, 3)
      .forEach((code) => later(() => quietly(() => prepare(code))));
}
