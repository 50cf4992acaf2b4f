/*
 * The page, as the core sees it: performs what it asks for and tells it what happens. Bundled with
 * the glue; the numbers are those of `src/browser/codes.rs`.
 *
 * Nothing here decides anything, and nothing throws into the page.
 */
import { happened } from 'earlybid-glue';
import { adServer } from './ad-server.js';
import { clear, place, resize, slotOf, visible, write } from './frames.js';

const doc = document;
const { config } = (window.earlybid || {})._ || {};
const prefix = 'hb_';
const ports = {};
const timers = {};
const watches = {};
const requests = {};
const todo = [];
let since = 0;
let messages = 0;
let busy;

/** Milliseconds of the page view, at some moment of the browser's clock. */
export const elapsed = (time) => Math.max(0, time - since);

/** From when on times count. */
export const countFrom = (time) => (since = time);

export const quietly = (call) => {
  try {
    return call();
  } catch (error) {
    return undefined;
  }
};

export const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => (byte + 256).toString(16).slice(1)).join('');

const later = (call) =>
  window.scheduler && scheduler.postTask ? scheduler.postTask(call, { priority: 'user-blocking' }) : setTimeout(call);

// The core's effects wait until it has returned, since performing one may tell it something. A
// long row of them is cut, so that the page can answer its visitor in between.
const work = (all) => {
  if (busy) return;
  busy = 1;
  const start = performance.now();
  while (todo[0] && (all === 1 || performance.now() - start < 8)) {
    const [kind, ...values] = todo.shift();
    quietly(() => actions[kind](...values));
  }
  busy = 0;
  if (todo[0]) later(work);
};

/** Tells the core what happened. */
export const tell = (kind, { slot = 0, a = 0, b = 0, text = '', more = '', at = performance.now(), all } = {}) => {
  quietly(() => happened(kind, slot, a, b, text, more, elapsed(at)));
  work(all);
};

/** What the core wants done. */
export const perform = (...effect) => todo.push(effect);

const ready = (command) => quietly(() => adServer().ready(command));

const ask = (id, body) => {
  const request = (requests[id] = new XMLHttpRequest());
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
  const target = doc.getElementById(element);
  unwatch(slot);
  watches[slot] = new IntersectionObserver(
    (entries) => {
      const { boundingClientRect: box, intersectionRatio } = entries[entries.length - 1];
      tell(10, { slot, a: Math.round(intersectionRatio * 1000), b: Math.round(box.width * box.height) });
    },
    { threshold: [0, 0.3, 0.5, 1] }
  );
  watches[slot].observe(visible(target) || target);
};

const actions = [
  // A batch of events, sent in a way that outlives the page. Blockers cancel beacons broadly, so
  // fetch comes first where it can outlive the page.
  (slot, a, b, body) => {
    const sent =
      'keepalive' in Request.prototype &&
      quietly(() => fetch(config.eventsUrl, { method: 'POST', body, keepalive: true }));
    // A refused request must not show up as an unhandled rejection.
    if (sent) sent.catch(() => {});
    else navigator.sendBeacon(config.eventsUrl, body);
  },
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
      const known = adServer()
        .slots()
        .filter((slot) => doc.getElementById(slot.element));
      tell(4, { text: JSON.stringify(known) });
    }),
  // Key-values.
  (slot, a, b, element, keys) => adServer().setKeys(element, JSON.parse(keys), prefix),
  // The ad server's ads.
  (slot, a, b, elements) => adServer().request(JSON.parse(elements)),
  // An answer on the port that came with a message.
  (port, a, b, body) => {
    ports[port].postMessage(body);
    delete ports[port];
  },
  // The size of the ad server's frame.
  (slot, width, height, element) => resize(visible(doc.getElementById(element)), width, height),
  // A frame made beforehand.
  (slot, width, height, code) => place(slot, code, height, () => tell(7, { slot })) || tell(8, { slot }),
  // Markup into it.
  (slot, width, height, markup) => write(slot, width, height, markup),
  clear,
  (slot, a, b, element) => watch(slot, element),
  unwatch,
];

const heard = ({ data, source, ports: [port] }) => {
  if (typeof data != 'string') return;
  if (data == 'earlybid:written') {
    const slot = slotOf(source);
    if (slot >= 0) tell(9, { slot });
  } else if (data[0] == '{' && data.includes('adId')) {
    // Ports whose messages are not answered belong to somebody else's conversation.
    const number = ++messages;
    if (port) ports[number] = port;
    tell(6, { a: port ? number : 0, text: data, all: 1 });
    delete ports[number];
  }
};

/** Listens to the page, for as long as it lives. */
export const listen = () => {
  addEventListener('message', heard);
  addEventListener('pagehide', () => tell(12, { all: 1 }));
  doc.addEventListener('visibilitychange', () => tell(11, { a: doc.visibilityState == 'hidden' ? 1 : 0, all: 1 }));
  if (config.adServer)
    ready(() => adServer().follow((report) => tell(5, { text: JSON.stringify(report) })));
};
