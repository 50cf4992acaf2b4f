/*
 * The page's own figures as the web-vitals library defines them: first and largest contentful paint, layout shift by session
 * windows, and the slowest interaction, leaving out one in fifty. Part of `telemetry.js`.
 */
import { observe } from './observe.js';

// A shift is put down to a slot that changed its size at most this many milliseconds before.
const SAME_FRAME = 100;

const activated = () => (performance.getEntriesByType('navigation')[0] || {}).activationStart || 0;

// When the page was first hidden, even if that was before this script was there: nobody saw what was painted from then on.
const hiddenBefore = () => {
  const entry = performance
    .getEntriesByType('visibility-state')
    .find(({ name, startTime }) => name == 'hidden' && startTime >= activated());
  return entry ? entry.startTime : document.visibilityState == 'hidden' ? 0 : Infinity;
};

// Layout shift, and the share of ads in it.
const shifts = (slotOf, state) => {
  let current, best;
  const moves = [];
  const known = new Set();
  // The observer's first report on a slot is its size, not a change of it; a record without a slot is always a change.
  const sized = ([time, id]) => {
    if (id && !known.has(id)) return known.add(id);
    return moves.push(time) > 200 && moves.shift();
  };
  const before = state.sized || [];
  state.sized = { push: sized };
  before.forEach(sized);

  const isAds = ({ startTime, sources = [] }) =>
    moves.some((time) => startTime >= time - 1 && startTime <= time + SAME_FRAME) ||
    (sources.length > 0 && sources.every(({ node }) => node && slotOf(node)));
  const add = (entry) => {
    if (entry.hadRecentInput) return;
    const { startTime, value } = entry;
    const ads = isAds(entry) ? value : 0;
    const goesOn = current && startTime - current.last < 1000 && startTime - current.first < 5000;
    current = goesOn
      ? { ...current, last: startTime, value: current.value + value, ads: current.ads + ads }
      : { first: startTime, last: startTime, value, ads };
    if (current.value > best.value) best = current;
  };
  const begin = () => {
    current = undefined;
    best = { value: 0, ads: 0 };
  };
  begin();
  return { read: observe('layout-shift', (entries) => entries.forEach(add)), begin, best: () => best };
};

const KEPT = 10;

// The slowest interactions, slowest first.
const interactions = () => {
  let slowest = [];
  let before = 0;
  let least = Infinity;
  let most = 0;
  // If the browser does not count them, they are counted by their ids, which grow by seven.
  const count = () => ('interactionCount' in performance ? performance.interactionCount : most ? (most - least) / 7 + 1 : 0);
  const add = ({ interactionId: id, entryType, duration }) => {
    if (!id && entryType != 'first-input') return;
    if (id) {
      least = Math.min(least, id);
      most = Math.max(most, id);
    }
    const known = id && slowest.find((one) => one.id === id);
    if (known) known.duration = Math.max(known.duration, duration);
    else if (entryType != 'first-input' || !slowest.some((one) => one.first))
      slowest.push({ id, duration, first: entryType == 'first-input' });
    slowest = slowest.sort((a, b) => b.duration - a.duration).slice(0, KEPT);
  };
  const known = typeof PerformanceEventTiming == 'function' && 'interactionId' in PerformanceEventTiming.prototype;
  const heard = (entries) => entries.forEach(add);
  const reads = known ? [observe('event', heard, { durationThreshold: 40 }), observe('first-input', heard)] : [];
  const value = () => {
    const place = Math.min(slowest.length - 1, Math.floor((count() - before) / 50));
    return slowest[place] && slowest[place].duration;
  };
  const begin = () => {
    before = count();
    slowest = [];
  };
  return { read: () => reads.forEach((read) => read && read()), value, begin };
};

/** `report` reports the figures so far, `begin` starts again for another page view. */
export const vitals = ({ measured, slotOf, state }) => {
  const origin = activated();
  const shift = shifts(slotOf, state);
  const slow = interactions();
  let hidden = hiddenBefore();
  let painted = state.moved;
  let largest;
  let settled = state.moved;

  observe('paint', (entries) =>
    entries.forEach(({ name, startTime }) => {
      if (painted || name != 'first-contentful-paint' || startTime >= hidden) return;
      painted = true;
      measured('fcp', Math.max(startTime - origin, 0));
    }),
  );
  const readLargest = observe('largest-contentful-paint', (entries) =>
    entries.forEach(({ startTime }) => {
      if (!settled && startTime < hidden) largest = Math.max(startTime - origin, 0);
    }),
  );
  // Paints after the visitor's first action do not count: the action may have caused them.
  const settle = () => {
    if (readLargest) readLargest();
    if (!settled && largest !== undefined) measured('lcp', largest);
    settled = true;
  };
  ['keydown', 'click'].forEach((name) => addEventListener(name, (event) => event.isTrusted && settle(), { capture: true }));

  // The page is back from the back/forward cache: it has been painted before, so its first frame counts.
  addEventListener('pageshow', ({ persisted, timeStamp }) => {
    if (!persisted) return;
    hidden = Infinity;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (performance.now() >= hidden) return;
        measured('fcp', performance.now() - timeStamp);
        measured('lcp', performance.now() - timeStamp);
      }),
    );
  });

  const report = () => {
    settle();
    hidden = Math.min(hidden, performance.now());
    // There is nothing to report about pages that nobody saw.
    if (shift.read && painted) {
      shift.read();
      const { value, ads } = shift.best();
      measured('cls', value, value ? ads / value : 0);
    }
    slow.read();
    const slowest = slow.value();
    if (slowest !== undefined) measured('inp', slowest);
  };
  const begin = () => {
    painted = true;
    settled = true;
    shift.begin();
    slow.begin();
  };
  return { report, begin };
};
