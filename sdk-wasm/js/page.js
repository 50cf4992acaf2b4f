/*
 * The page, as the core sees it: performs what the core asks for, and tells it what happens. Bundled with
 * the glue. Each effect is an export here that `src/browser/effects.rs` names, each input a function of
 * `src/browser/inputs.rs`.
 *
 * Nothing here decides anything, and nothing throws into the page.
 */
import * as core from 'earlybid-glue';
import { isVisitors } from './activation.js';
import { adServer } from './ad-server.js';
import { find } from './elements.js';
import { clear, place, shownIn, slotOf, write } from './frames.js';
import { locate, notify, renderInto, renderer, replier, resize, visible } from './protocol.js';
import { codes, forgetCodes, observe, observeNear, placed, scan, track, unwatchNear } from './slots.js';
import { resend, send } from './transport.js';

const doc = document;
const api = window.earlybid || {};
const state = api._ || {};
const { config = {} } = state;
const prefix = 'hb_';
// Creatives that can be answered, by number.
const askers = {};
const timers = {};
const watches = {};
const requests = {};
const clicks = [];
const listeners = [];
const todo = [];
// Objects of scripts that are loaded later, such as `telemetry.js`, which are told what happens.
const watchers = [];
let since = 0;
let messages = 0;
let busy;
// Milliseconds of work since the page last had its turn, and whether its next turn has been arranged.
let used = 0;
let yields;
let watched;

/** Milliseconds of the page view at a moment of the browser's clock. */
export const elapsed = (time) => Math.max(0, time - since);

/** Milliseconds of the page view now. */
export const now = () => elapsed(performance.now());

/** Sets the moment from which times are counted. */
export const countFrom = (time) => (since = time);

export const quietly = (call) => {
  try {
    return call();
  } catch {
    return undefined;
  }
};

// Relative addresses are meant relative to the page that was loaded, whatever its address is later.
['auctionUrl', 'eventsUrl', 'sdkUrl'].forEach((key) =>
  quietly(() => (config[key] = config[key] && new URL(config[key], doc.baseURI).href)),
);

export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => (byte + 256).toString(16).slice(1)).join('');

/** Calls `call` in a task of its own, before the page's other work where the browser can. */
export const later = (call) =>
  window.scheduler && scheduler.postTask ? scheduler.postTask(call, { priority: 'user-blocking' }) : setTimeout(call);

// The core's effects wait until it has returned, since performing one may call the core again. A
// long series of them is split, so that the page can respond to its visitor in between. The core's own
// time counts, too. Whatever else runs before the page's turn, above all promises that settle in the same
// task, shares the same eight milliseconds.
const work = (all, begun = performance.now()) => {
  if (busy) return;
  busy = 1;
  const start = begun - used;
  while (todo[0] && (all === 1 || performance.now() - start < 8)) {
    quietly(todo.shift());
  }
  used = performance.now() - start;
  busy = 0;
  if (yields || !(used || todo[0])) return;
  yields = 1;
  later(() => {
    yields = used = 0;
    // Reading the clock may count as work, too, so without this condition turns would be arranged for ever.
    if (todo[0]) work();
  });
};

const telling =
  (all) =>
  (input, ...values) => {
    const begun = performance.now();
    quietly(() => input(...values));
    work(all, begun);
  };

/** Tells the core what happened: an input, and its values. */
export const tell = telling();

/** The same, but everything that the core wants done is done before this returns. */
export const tellAtOnce = telling(1);

// An effect: performed once the core has returned.
const effect =
  (perform) =>
  (...values) =>
    todo.push(() => perform(...values));

/** Reports an auction's answer, which came at a moment of the browser's clock. */
export const answered = (id, status, body, at) => {
  watchers.forEach((watcher) => quietly(() => watcher.answered(id, status, body, at)));
  tell(core.answered, id, status, body, elapsed(at));
};

// The page is hidden or left: perhaps the last chance to report.
const leave = (input, ...values) => {
  watchers.forEach((watcher) => quietly(watcher.leaving));
  tellAtOnce(input, ...values);
};

const ready = (command) => quietly(() => adServer().ready(command));

const ask = (id, body) => {
  const request = (requests[id] = new state.Request());
  request.onloadend = () => {
    delete requests[id];
    answered(id, request.status, request.responseText, performance.now());
  };
  // As text/plain, so that the browser sends no preflight request first. By XMLHttpRequest, whose answer
  // does not wait behind deferred scripts.
  request.open('POST', config.auctionUrl);
  request.withCredentials = config.credentials !== false;
  request.send(body);
};

const endWatch = (slot) => {
  if (watches[slot]) watches[slot].disconnect();
  delete watches[slot];
};

const beginWatch = (slot, element) => {
  const target = find(element);
  const shown = visible(target) || target;
  endWatch(slot);
  const viewport = new IntersectionObserver(
    (entries) => {
      const { boundingClientRect: box, intersectionRatio } = entries[entries.length - 1];
      // The core cuts the decimals off, so that 49.96 % is less than half.
      tell(core.onScreen, slot, intersectionRatio * 1000 + 1e-6, box.width * box.height + 1e-6);
    },
    { threshold: [0, 0.3, 0.5, 1] },
  );
  // The observer reports only when the share passes a threshold; the ad's size may change without that.
  const sized = new ResizeObserver(() => {
    viewport.disconnect();
    viewport.observe(shown);
  });
  sized.observe(shown);
  watches[slot] = { disconnect: () => [viewport, sized].forEach((observer) => observer.disconnect()) };
  measure();
};

/** Something outside the core failed. */
export const fail = (reason) => tell(core.failed, reason);

// Scripts that not every page needs, or not at once.
const load = (name, call) =>
  import(/* @vite-ignore */ config.sdkUrl.replace(/\/?$/, `/${name}.js`)).then(call).catch(() => fail(name + '_not_loaded'));

// What those scripts may use: `note` reports a step by its name, with a JSON object without its braces; `codes` lists the slots.
const tools = { note: (step, slot, fields, at) => tell(core.noted, step, slot, fields, elapsed(at)), codes };

const loadWatcher = (name, events) => load(name, ({ watch }) => watchers.push(watch(tools, events)));

// Loads what reports figures of the page and the browser's own timing, which the browser keeps until somebody asks.
const measure = () => {
  if (watched || !config.eventsUrl) return;
  watched = 1;
  loadWatcher('telemetry');
};

/** Loads the debug overlay. */
export const debug = () => {
  const events = [];
  listeners.push(['*', (event) => events.push(event)]);
  loadWatcher('debug', events);
};

const loaded = (code) => tools.note('creative_loaded', code, '', performance.now());

export const sendEvents = effect(send);

export const callNotice = effect((url) => notify([url]));

// Starts the timer again if it is running.
export const startTimer = effect((kind, place, after) => {
  const name = kind + place;
  clearTimeout(timers[name]);
  timers[name] = setTimeout(() => {
    delete timers[name];
    tell(core.timerUp, kind, place);
  }, after);
});

export const requestBids = effect((id, body) => quietly(() => (ask(id, body), 1)) || answered(id, 0, '', performance.now()));

// Only those whose elements are in the page; for the others it is too early.
export const findSlots = effect(() =>
  ready(() => {
    const server = adServer();
    if (config.adServer.define && server.define) server.define(placed());
    const known = server.slots().filter(({ element }) => find(element));
    tell(core.adServerKnows, JSON.stringify(known));
  }),
);

export const setKeys = effect((element, keys) => adServer().setKeys(element, JSON.parse(keys), prefix));

export const requestAds = effect((elements) => adServer().request(JSON.parse(elements)));

export const answer = effect((port, body) => {
  const { reply, isUniversal } = askers[port];
  // The Universal Creative is quicker with its own renderer; Prebid's other creative has none.
  reply(isUniversal ? body : body.slice(0, -1) + `,"renderer":${JSON.stringify(renderer)},"rendererVersion":3}`);
});

export const resizeFrame = effect((element, width, height) => resize(visible(find(element)), width, height));

export const placeFrame = effect(
  (slot, code, height) => place(slot, code, height, () => tell(core.frameReady, slot)) || tell(core.frameMissing, slot),
);

export const writeFrame = effect((slot, width, height, markup) => {
  clicks[slot] = null;
  write(slot, width, height, markup, loaded);
});

// The same for an ad that comes as data.
export const writeData = effect((slot, width, height, data) =>
  load('render', (tools) => {
    const ad = tools.read(data);
    write(slot, width, height, tools.html(ad, config.nativeTemplate), loaded);
    clicks[slot] = tools.clicks(ad);
    notify(tools.impressions(ad));
  }),
);

export const serveNative = effect((port, element, message, data) => {
  const asker = askers[port] || {};
  load('render', (tools) => tools.serveNative(tools, asker, find(element), JSON.parse(message), data));
});

export const clearFrame = effect(clear);

export const watch = effect(beginWatch);

export const unwatch = effect(endWatch);

export const abort = effect((id) => {
  state.asked.forEach((asked) => asked.id == id && asked.stop());
  const request = requests[id];
  delete requests[id];
  if (request) {
    request.onloadend = null;
    request.abort();
  }
});

export const forget = effect((slot) => {
  clear(slot);
  endWatch(slot);
  unwatchNear(slot);
  ['ownLineItem', 'view', 'expiry'].forEach((kind) => clearTimeout(timers[kind + slot]));
});

// Slots that come near together are asked for together.
export const watchNear = effect((slot, code, margin, render) =>
  observeNear(slot, code, margin, () => {
    tell(core.near, slot, render);
    if (!render) setTimeout(() => tell(core.askDue));
  }),
);

export const publish = effect((text) => {
  const event = JSON.parse(text);
  listeners.forEach(([name, call]) => (name == '*' || name == event.event) && quietly(() => call(event)));
});

/** Calls `call` with each event of this name, `*` for all. */
export const on = (name, call) => {
  if (!listeners[0]) tell(core.listenerAdded);
  listeners.push([name, call]);
};

const wanted = [];

/** New ads for these slots, or for all that have had an auction. However often the page asks in a row, that is one auction. */
export const refresh = (codes) => {
  if (!wanted[0])
    later(() => {
      const all = wanted.splice(0);
      tell(core.refresh, JSON.stringify(all.some((some) => !some[0]) ? [] : all.flat()));
    });
  wanted.push([].concat(codes || []));
};

const tellAdded = (units) => tell(core.slotsAdded, JSON.stringify(units));

/** Adds slots by API. */
export const addSlots = (units) => {
  track(units);
  scan();
  tellAdded(units);
};

const tellRemoved = (codes) => {
  tell(core.slotsRemoved, JSON.stringify(codes));
  if (config.adServer && adServer().remove) quietly(() => adServer().remove(codes));
};

export const removeSlots = (codes) => {
  forgetCodes(codes);
  tellRemoved(codes);
};

// Passes on which slots have come and gone in the page's markup.
const look = () => {
  const { added, gone } = scan();
  if (gone[0]) tellRemoved(gone);
  if (added[0]) tellAdded(added);
};

/** Begins a page view without a navigation that the browser knows as one. */
const newView = (at) => {
  leave(core.pageLeft);
  countFrom(at);
  state.moved = 1;
  state.view = api.pageViewId = newId();
  watchers.forEach((watcher) => quietly(watcher.renewed));
  tell(core.newView, state.view, Math.round(performance.timeOrigin + at), location.href, location.pathname);
  look();
  tell(core.askDue);
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

/** Writes the winner of this name into the document of a frame of the page, for creatives of its origin. */
export const renderAd = (target, adId) => {
  if (!target || target == doc) return;
  const number = ++messages;
  const say = (message, fields) => tell(core.message, JSON.stringify({ message, adId, ...fields }), number, now());
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
    // Not earlier: for the loader, their existence means that no report will be missed.
    state.reports = state.reports || [];
    adServer().follow((report) => state.reports.push(Object.assign(report, { at: performance.now() })));
  });
};

/** Passes on the reports so far, and each that follows. */
export const replay = () => {
  const push = (report) => tell(core.reported, JSON.stringify(report), elapsed(report.at));
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
    if (word == 'written') tell(core.frameWritten, slot);
    else if (word == 'clicked' && isVisitors(shownIn(slot), true)) {
      notify(clicks[slot] || []);
      clicks[slot] = null;
    }
    // The frame's own name.
    else if (word[0] == 'e') tell(core.slotFailed, slot, 'browser_intervention');
  } else if (data[0] == '{' && data.includes('adId')) {
    // A frame that has been removed in the meantime must not use up a bid; its last reports count all the same.
    if (source && source.closed && data.includes('Prebid Request')) return;
    const number = ++messages;
    askers[number] = { reply: replier(event), source, isUniversal: data.includes('adServerDomain') };
    tellAtOnce(core.message, data, number, elapsed(timeStamp));
    delete askers[number];
  }
};

/** Listens to the page, for as long as it lives; the loader listens to messages. */
export const listen = () => {
  addEventListener('online', resend);
  addEventListener('pagehide', () => (leave(core.pageLeft), resend()));
  addEventListener('load', measure);
  if (doc.readyState == 'complete') measure();
  doc.addEventListener('visibilitychange', () => {
    const hidden = doc.visibilityState == 'hidden';
    (hidden ? leave : tellAtOnce)(core.pageHidden, hidden);
  });
  addEventListener('resize', () => tell(core.viewport, innerWidth));
  addEventListener('pageshow', (event) => event.persisted && newView(event.timeStamp));
  if (config.followNavigation) followNavigation();
  track(config.slots || []);
  observe(look);
  look();
  if (config.adServer) {
    // This makes a frame, which takes the browser as long as all the rest.
    later(locate);
    followAdServer();
  }
};
