// The events that a page reports, read on their way out of the page.
//
// Beacons are read inside the page, where their bodies are certain to be available: a wrapper
// around sendBeacon, fetch and XMLHttpRequest copies each body that goes to the events
// address and changes nothing else.

import { setTimeout as pause } from 'node:timers/promises';

const TAG = '/ads.render';

/** Starts to collect; must be called before the page is opened. */
export async function collectEvents(page) {
  const byId = new Map();
  const open = new Set();
  let lastSent = 0;
  const add = (body) => {
    for (const event of parse(body)) byId.set(event.event_id, event);
  };
  await page.exposeFunction('__systemTestBatch', add);
  await page.addInitScript(copyBatches, TAG);
  page.on('request', (request) => {
    if (!request.url().includes(TAG)) return;
    open.add(request);
    lastSent = Date.now();
    // Where the browser does hand out the body, this also catches what the page could no
    // longer copy while it was being left.
    const body = request.postData();
    if (body) add(body);
  });
  const closed = (request) => open.delete(request);
  page.on('requestfinished', closed);
  page.on('requestfailed', closed);

  const all = () => [...byId.values()].sort((a, b) => a.seq - b.seq);
  const settled = (slots) => {
    const ends = all().filter((event) => ['ad_rendered', 'slot_empty'].includes(event.event));
    return slots.every((slot) => ends.some((event) => event.slot === slot));
  };
  return {
    all,
    /** Whether each slot came to its end within the time. */
    untilEverySlotIsSettled: (slots, limit) => until(() => settled(slots), limit),
    /** Waits until no beacon is on its way and none has left for a while. */
    untilSent: (limit) => until(() => open.size === 0 && Date.now() - lastSent > 250, limit),
  };
}

async function until(condition, limit) {
  const end = Date.now() + limit;
  while (!condition()) {
    if (Date.now() > end) return false;
    await pause(20);
  }
  return true;
}

function parse(body) {
  const text = body.trim();
  try {
    if (text.startsWith('[')) return JSON.parse(text);
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

// Runs inside every page before its own scripts.
function copyBatches(tag) {
  if (window !== window.top) return;
  const copy = (url, body) => {
    if (!body || !String(url).includes(tag)) return;
    const text = typeof body === 'string' ? Promise.resolve(body) : new Response(body).text();
    text.then((value) => window.__systemTestBatch(value)).catch(() => {});
  };
  const beacon = navigator.sendBeacon;
  navigator.sendBeacon = function (url, body) {
    copy(url, body);
    return beacon.call(navigator, url, body);
  };
  const fetch = window.fetch;
  window.fetch = function (resource, options) {
    if (options?.body) copy(resource?.url ?? resource, options.body);
    return fetch.call(window, resource, options);
  };
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.__url = url;
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    copy(this.__url, body);
    return send.call(this, body);
  };
}
