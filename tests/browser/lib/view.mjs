// One page view: opens the page as a new visitor, waits for its ads, looks at them, leaves.

import { setTimeout as pause } from 'node:timers/promises';

import { freshContext } from './browser.mjs';
import { collectEvents } from './events.mjs';

/** How long frames are waited for, which slots without an ad never get. */
const FRAMES_MS = 10_000;
/** How long a page may take to come to its end on a busy machine, and how long the last beacons may take. */
const ADS_MS = 60_000;
const BEACONS_MS = 3_000;
/** Viewability asks for one second on screen. */
const LOOK_MS = 1_200;

/**
 * Visits a page and returns what happened.
 *
 * `visit.slots` are the codes to wait for. `visit.prepare(page)` runs before the page is opened,
 * `visit.inspect(page)` while the ads are on screen; its answer is in the result as `inspected`.
 */
export async function viewPage(browser, visit) {
  const context = await freshContext(browser);
  try {
    const page = await context.newPage();
    const seen = watch(page);
    const events = await collectEvents(page);
    if (visit.prepare) await visit.prepare(page);
    await page.goto(visit.url, { waitUntil: 'commit', timeout: ADS_MS });
    await everySlotHasItsFrame(page, visit.slots);
    await lookAround(page);
    const complete = await everySlotIsSettled(page, events, visit.slots);
    const inspected = visit.inspect ? await visit.inspect(page) : undefined;
    seen.leaving = true;
    await page.goto('about:blank');
    await events.untilSent(BEACONS_MS);
    return { ...seen, complete, inspected, events: events.all() };
  } finally {
    await context.close();
  }
}

/** Errors of the page and of its console, and requests that failed while it was open. */
function watch(page) {
  const seen = { leaving: false, pageErrors: [], consoleErrors: [], failedRequests: [] };
  page.on('pageerror', (error) => seen.pageErrors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    seen.consoleErrors.push(`${message.text()} (${message.location().url})`);
  });
  page.on('requestfailed', (request) => {
    if (seen.leaving) return;
    seen.failedRequests.push(`${request.url()} ${request.failure()?.errorText}`);
  });
  return seen;
}

/** Waits for a frame in each slot; a slot that stays empty has none, so this may end in vain. */
async function everySlotHasItsFrame(page, slots) {
  const filled = (codes) => codes.every((code) => document.getElementById(code)?.querySelector('iframe'));
  await page.waitForFunction(filled, slots, { timeout: FRAMES_MS, polling: 100 }).catch(() => {});
}

/** Stays a moment, as a reader does, so that ads on screen become viewable, then scrolls on. */
async function lookAround(page) {
  await pause(LOOK_MS);
  await page.mouse.wheel(0, 400);
  await pause(100);
  await page.mouse.wheel(0, -400);
}

/**
 * Whether each slot came to its end, by the page's own events.
 *
 * Pages keep events back for seconds, unless they are being hidden, as when the reader turns
 * to another tab; so this is what they are told.
 */
async function everySlotIsSettled(page, events, slots) {
  const end = Date.now() + ADS_MS;
  do {
    await turnAway(page, true);
    if (await events.untilEverySlotIsSettled(slots, 500)) return true;
    await turnAway(page, false);
    await pause(500);
  } while (Date.now() < end);
  return false;
}

function turnAway(page, away) {
  return page.evaluate((hidden) => {
    const state = hidden ? 'hidden' : 'visible';
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, away);
}
