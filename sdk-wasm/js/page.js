/*
 * The page, as the core sees it: performs what it asks for and tells it what happens. Bundled with
 * the glue. The numbers of effects are those of `src/browser/perform.rs`, of events those of `src/api.rs`.
 *
 * Nothing here decides anything, and nothing throws into the page.
 */
import { happened } from 'earlybid-glue';
import { isVisitors } from './activation.js';
import { adServer } from './ad-server.js';
import { find } from './elements.js';
import { clear, place, shownIn, slotOf, write } from './frames.js';
import { locate, notify, renderInto, renderer, replier, resize, visible } from './protocol.js';
import { codes, forget, observe, placed, scan, track, unwatchNear, watchNear } from './slots.js';
import { creativeLoaded } from './steps.js';
import { resend, send } from './transport.js';

const doc = document;
const api = window.earlybid || {};
const state = api._ || {};
const { config = {} } = state;
const prefix = 'hb_';
// Who can be answered, by number.
const askers = {};
const timers = {};
const watches = {};
const requests = {};
const clicks = [];
const listeners = [];
const todo = [];
// Called with all that happens.
const spies = [];
let since = 0;
let messages = 0;
let busy;
// Milliseconds of work since the page last had its turn, and whether it is about to have it.
let used = 0;
let yields;
let watched;

/** Milliseconds of the page view, at some moment of the browser's clock. */
export const elapsed = (time) => Math.max(0, time - since);

/** From when on times count. */
export const countFrom = (time) => (since = time);

export const quietly = (call) => {
  try {
    return call();
  } catch {
    return undefined;
  }
};

// Relative addresses are those of the page that was loaded, wherever it has gone since.
['auctionUrl', 'eventsUrl', 'sdkUrl'].forEach((key) =>
  quietly(() => (config[key] = config[key] && new URL(config[key], doc.baseURI).href)),
);

export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => (byte + 256).toString(16).slice(1)).join('');

/** Calls `call` in a task of its own, before the page's other work where the browser can. */
export const later = (call) =>
  window.scheduler && scheduler.postTask ? scheduler.postTask(call, { priority: 'user-blocking' }) : setTimeout(call);

// The core's effects wait until it has returned, since performing one may tell it something. A
// long row of them is cut, so that the page can answer its visitor in between. What the core takes
// counts, too, and what happens before the page's turn, promises kept in the same task above all,
// gets no eight milliseconds of its own.
const work = (all, begun = performance.now()) => {
  if (busy) return;
  busy = 1;
  const start = begun - used;
  while (todo[0] && (all === 1 || performance.now() - start < 8)) {
    const [kind, ...values] = todo.shift();
    quietly(() => actions[kind](...values));
  }
  used = performance.now() - start;
  busy = 0;
  if (yields || !(used || todo[0])) return;
  yields = 1;
  later(() => {
    yields = used = 0;
    // Looking at the clock may count as work, too, and would go on for good.
    if (todo[0]) work();
  });
};

/** Tells the core what happened. */
export const tell = (kind, detail = {}) => {
  const begun = performance.now();
  const { slot = 0, a = 0, b = 0, text = '', more = '', at = begun, all } = detail;
  spies.forEach((spy) => quietly(() => spy(kind, detail)));
  quietly(() => happened(kind, slot, a, b, text, more, elapsed(at)));
  work(all, begun);
};

/** What the core wants done. */
export const perform = (...effect) => todo.push(effect);

const ready = (command) => quietly(() => adServer().ready(command));

const ask = (id, body) => {
  const request = (requests[id] = new state.Request());
  request.onloadend = () => {
    delete requests[id];
    tell(0, { text: id, more: request.responseText, a: request.status });
  };
  // As text/plain, so that the browser asks no permission first. By XMLHttpRequest, whose answer
  // does not wait behind deferred scripts.
  request.open('POST', config.auctionUrl);
  request.withCredentials = config.credentials !== false;
  request.send(body);
};

const unwatch = (slot) => {
  if (watches[slot]) watches[slot].disconnect();
  delete watches[slot];
};

const watch = (slot, element) => {
  const target = find(element);
  const shown = visible(target) || target;
  unwatch(slot);
  const viewport = new IntersectionObserver(
    (entries) => {
      const { boundingClientRect: box, intersectionRatio } = entries[entries.length - 1];
      // Not rounded up: 49.96 % are less than half.
      tell(10, { slot, a: intersectionRatio * 1000 + 1e-6, b: box.width * box.height + 1e-6 });
    },
    { threshold: [0, 0.3, 0.5, 1] },
  );
  // The observer reports when the share passes a threshold; the size that it is a share of may change in between.
  const sized = new ResizeObserver(() => {
    viewport.disconnect();
    viewport.observe(shown);
  });
  sized.observe(shown);
  watches[slot] = { disconnect: () => [viewport, sized].forEach((observer) => observer.disconnect()) };
  measure();
};

// Scripts that not every page needs, or not at once.
const load = (name, call) =>
  import(/* @vite-ignore */ config.sdkUrl.replace(/\/?$/, `/${name}.js`)).then(call).catch(() => tell(14, { text: name + '_not_loaded' }));

const tools = { tell, spies, codes };

// Figures of the page and the browser's own timing, which the browser keeps until somebody asks.
const measure = () => {
  if (watched || !config.eventsUrl) return;
  watched = 1;
  load('telemetry', ({ start }) => start(tools));
};

/** Shows what happens, over the page. */
export const debug = () => {
  const events = [];
  listeners.push(['*', (event) => events.push(event)]);
  load('debug', ({ show }) => show(Object.assign({ events }, tools)));
};

const loaded = (code) => tell(23, { a: creativeLoaded, text: code });

const actions = [
  // A batch of events.
  (slot, a, b, body) => send(body),
  // A notice.
  (slot, a, b, url) => (new Image().src = url),
  // A timer, anew if it runs.
  (slot, kind, after) => {
    const name = kind + ':' + slot;
    clearTimeout(timers[name]);
    timers[name] = setTimeout(() => {
      delete timers[name];
      tell(2, { slot, a: kind });
    }, after);
  },
  // An auction.
  (slot, a, b, id, body) => quietly(() => (ask(id, body), 1)) || tell(0, { text: id }),
  // The ad server's slots whose places are in the page; the others come too early.
  () =>
    ready(() => {
      const server = adServer();
      if (config.adServer.define && server.define) server.define(placed());
      const known = adServer()
        .slots()
        .filter((slot) => find(slot.element));
      tell(4, { text: JSON.stringify(known) });
    }),
  // Key-values.
  (slot, a, b, element, keys) => adServer().setKeys(element, JSON.parse(keys), prefix),
  // The ad server's ads.
  (slot, a, b, elements) => adServer().request(JSON.parse(elements)),
  // An answer on the port that came with a message.
  (number, a, b, body) => {
    const { reply, isUniversal } = askers[number];
    // The Universal Creative is quicker by itself; Prebid's other one has nothing to show the markup with.
    reply(isUniversal ? body : body.slice(0, -1) + `,"renderer":${JSON.stringify(renderer)},"rendererVersion":3}`);
  },
  // The size of the ad server's frame.
  (slot, width, height, element) => resize(visible(find(element)), width, height),
  // A frame made beforehand.
  (slot, width, height, code) => place(slot, code, height, () => tell(7, { slot })) || tell(8, { slot }),
  // Markup into it.
  (slot, width, height, markup) => {
    clicks[slot] = null;
    write(slot, width, height, markup, loaded);
  },
  clear,
  (slot, a, b, element) => watch(slot, element),
  unwatch,
  // An auction that is waited for no longer.
  (slot, a, b, id) => {
    state.asked.forEach((asked) => asked.id == id && asked.stop());
    const request = requests[id];
    delete requests[id];
    if (request) {
      request.onloadend = null;
      request.abort();
    }
  },
  // An ad that comes as data into the frame made beforehand.
  (slot, width, height, data) =>
    load('render', (tools) => {
      const ad = tools.read(data);
      write(slot, width, height, tools.html(ad, config.nativeTemplate), loaded);
      clicks[slot] = tools.clicks(ad);
      notify(tools.impressions(ad));
    }),
  // What a native creative asks for.
  (number, a, b, element, more) => {
    const asker = askers[number] || {};
    const { message, data } = JSON.parse(more);
    load('render', (tools) => tools.serveNative(tools, asker, find(element), JSON.parse(message), data));
  },
  // A slot that is gone.
  (slot) => {
    clear(slot);
    unwatch(slot);
    unwatchNear(slot);
    [3, 4, 5].forEach((kind) => clearTimeout(timers[kind + ':' + slot]));
  },
  // A lazy slot. Those that come near together are asked for together.
  (slot, margin, render, code) =>
    watchNear(slot, margin, render, code, () => {
      tell(18, { slot, a: render });
      if (!render) setTimeout(() => tell(15));
    }),
  // A step, or a change of a slot, for the page's listeners.
  (slot, a, b, text) => {
    const event = JSON.parse(text);
    listeners.forEach(([name, call]) => (name == '*' || name == event.event) && quietly(() => call(event)));
  },
];

/** Calls `call` with each event of this name, `*` for all. */
export const on = (name, call) => {
  if (!listeners[0]) tell(21);
  listeners.push([name, call]);
};

const wanted = [];

/** New ads for these slots, or for all. However often the page asks in one go, that is one auction. */
export const refresh = (codes) => {
  if (!wanted[0])
    later(() => {
      const all = wanted.splice(0);
      tell(3, { text: JSON.stringify(all.some((some) => !some[0]) ? [] : all.flat()) });
    });
  wanted.push([].concat(codes || []));
};

/** Slots by API. */
export const addSlots = (units) => {
  track(units);
  scan();
  tell(16, { text: JSON.stringify(units) });
};

export const removeSlots = (codes) => {
  forget(codes);
  tell(17, { text: JSON.stringify(codes) });
  if (config.adServer && adServer().remove) quietly(() => adServer().remove(codes));
};

// What has changed in the page's markup.
const look = () => {
  const { added, gone } = scan();
  if (gone[0]) {
    tell(17, { text: JSON.stringify(gone) });
    if (config.adServer && adServer().remove) quietly(() => adServer().remove(gone));
  }
  if (added[0]) tell(16, { text: JSON.stringify(added) });
};

/** A page view without a navigation that the browser knows as one. */
const newView = (at) => {
  tell(12, { all: 1 });
  countFrom(at);
  state.moved = 1;
  state.view = api.pageViewId = newId();
  const began = Math.round(performance.timeOrigin + at);
  tell(20, { text: JSON.stringify({ view: state.view, began, url: location.href, path: location.pathname }) });
  look();
  tell(15);
};

const followNavigation = () => {
  const address = () => location.href.split('#')[0];
  let last = address();
  const moved = () => {
    if (last == address()) return;
    last = address();
    newView(performance.now());
  };
  if (window.navigation) navigation.addEventListener('navigatesuccess', moved);
  else addEventListener('popstate', moved);
  doc.addEventListener('turbo:load', moved);
};

/** Writes the winner of this name into a document of the page, for creatives in frames of its origin. */
export const renderAd = (target, adId) => {
  if (!target || target == doc) return;
  const number = ++messages;
  const say = (message, fields) => tell(6, { a: number, text: JSON.stringify({ message, adId, ...fields }) });
  const reply = (text) => {
    delete askers[number];
    const answer = JSON.parse(text);
    if (answer.native) load('render', ({ renderNative }) => renderNative(target, answer.native, config.nativeTemplate, say));
    else renderInto(target, answer, () => say('Prebid Event', { event: 'adRenderSucceeded' }));
  };
  askers[number] = { reply, isUniversal: true };
  say('Prebid Request');
};

/** Keeps the ad server's reports in `state.reports`, until somebody takes them from there. */
export const followAdServer = () => {
  if (state.follows) return;
  state.follows = 1;
  ready(() => {
    // Not before: the loader takes them as a sign that nothing will be missed.
    state.reports = state.reports || [];
    adServer().follow((report) => state.reports.push(Object.assign(report, { at: performance.now() })));
  });
};

/** Tells the reports so far, and each that follows. */
export const replay = () => {
  const push = (report) => tell(5, { text: JSON.stringify(report), at: report.at });
  const before = state.reports || [];
  state.reports = { push };
  before.forEach(push);
};

export const heard = (event) => {
  const { data, source, timeStamp } = event;
  if (typeof data != 'string') return;
  if (data.startsWith('earlybid:')) {
    const word = data.slice(9);
    const slot = slotOf(source, word);
    if (slot < 0) return;
    if (word == 'written') tell(9, { slot });
    else if (word == 'clicked' && isVisitors(shownIn(slot), true)) {
      notify(clicks[slot] || []);
      clicks[slot] = null;
    }
    // The frame's own name.
    else if (word[0] == 'e') tell(22, { slot, text: 'browser_intervention' });
  } else if (data[0] == '{' && data.includes('adId')) {
    // A frame that has gone meanwhile must not use up a bid; what it says last counts all the same.
    if (source && source.closed && data.includes('Prebid Request')) return;
    const number = ++messages;
    askers[number] = { reply: replier(event), source, isUniversal: data.includes('adServerDomain') };
    tell(6, { a: number, text: data, at: timeStamp, all: 1 });
    delete askers[number];
  }
};

/** Listens to the page, for as long as it lives; the loader listens to messages. */
export const listen = () => {
  addEventListener('online', resend);
  addEventListener('pagehide', () => (tell(12, { all: 1 }), resend()));
  addEventListener('load', measure);
  if (doc.readyState == 'complete') measure();
  doc.addEventListener('visibilitychange', () => tell(11, { a: doc.visibilityState == 'hidden' ? 1 : 0, all: 1 }));
  addEventListener('resize', () => tell(19, { a: innerWidth }));
  addEventListener('pageshow', (event) => event.persisted && newView(event.timeStamp));
  if (config.followNavigation) followNavigation();
  track(config.slots || []);
  observe(look);
  look();
  if (config.adServer) {
    // A frame, which takes the browser as long as all the rest.
    later(locate);
    followAdServer();
  }
};
