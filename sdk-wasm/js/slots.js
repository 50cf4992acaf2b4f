/*
 * Where the slots are in the page: those in the markup are found, those that leave are reported, and
 * lazy ones are watched until they are near the screen. Only `page.js` and `frames.js` call this.
 */

const attribute = 'data-earlybid-slot';
const state = (window.earlybid || {})._ || {};
const known = new Map();
const waiting = [];
const watches = {};
let numbered = 0;
// The longest side, in pixels, that the markup may ask for.
const LARGEST = 5000;

/** Reads sizes written as `300x250 728x90`. */
const sizes = (text) =>
  (text || '')
    .split(/[\s,]+/)
    .map((size) => size.split('x').map(Number))
    .filter((size) => size[1]);

// When slots change their size: `vitals.js` reads later from this which layout shifts were caused by ads.
state.sized = [];
const sizer = new ResizeObserver((all) => all.forEach(({ target }) => state.sized.push([performance.now(), target.id])));

/** Keeps the page from moving when the ad comes, unless the publisher has seen to it. */
export const reserve = (element, height) => {
  if (!height || element.offsetHeight > 0) return;
  element.style.minHeight = height + 'px';
  // For the debug overlay.
  element.earlybidReserved = 1;
  state.sized.push([performance.now()]);
};

// The attribute names a slot of the page config, or the slot's stored imp. What a stranger can write, for example in a comment, could
// say more: parameters, markup, a path in somebody else's ad server. That is read only if the page config says so.
const read = (element) => {
  const text = element.getAttribute(attribute);
  const { config = {} } = state;
  const own = (config.slots || []).find(({ code, storedImp }) => text && (code == text || storedImp == text));
  const isWhole = text[0] == '{';
  if (isWhole && !config.slotsInMarkup) return null;
  const unit = isWhole ? JSON.parse(text) : { storedImp: text || undefined, ...own };
  const { sizes: written, adUnitPath } = element.dataset;
  if (written) unit.sizes = sizes(written).filter((size) => Math.max(...size) <= LARGEST);
  if (adUnitPath && config.slotsInMarkup) unit.adUnitPath = adUnitPath;
  unit.code = element.id = element.id || 'earlybid-' + ++numbered;
  return unit;
};

/** Remembers slots of the page config and slots from the API. */
export const track = (units) => units.forEach((unit) => known.set(unit.code, { unit, listed: true }));

/** Units whose elements are in the page, so that the ad server's library can be told of them. */
export const placed = () => [...known.values()].filter(({ element }) => element).map(({ unit }) => unit);

/** Codes of the slots. */
export const codes = () => [...known.keys()];

export const forgetCodes = (codes) => codes.forEach((code) => known.delete(code));

/** Looks through the page for slots that have come, and for the codes of those that have gone. */
export const scan = () => {
  const added = [];
  const gone = [];
  known.forEach((entry, code) => {
    const element = document.getElementById(code);
    if (entry.element && !entry.element.isConnected) {
      gone.push(code);
      if (!entry.listed) known.delete(code);
      entry.left = true;
    }
    // An element with the same id is there again: the page around the slot has been replaced.
    if (entry.left && element && entry.listed) {
      entry.left = false;
      added.push(entry.unit);
    }
    if (element && entry.element != element) sizer.observe(element);
    entry.element = element;
  });
  document.querySelectorAll(`[${attribute}]`).forEach((element) => {
    try {
      const unit = element.id && known.has(element.id) ? null : read(element);
      if (!unit) return;
      known.set(unit.code, { unit, element });
      reserve(element, unit.reserve || Math.max(0, ...(unit.sizes || []).map((size) => size[1])));
      sizer.observe(element);
      added.push(unit);
    } catch {
      // What is not JSON is not a slot.
    }
  });
  waiting.splice(0).forEach((near) => observeNear(...near));
  return { added, gone };
};

/** Calls `near` once the element is nearer to the screen than `margin` percent of its height. */
export const observeNear = (slot, code, margin, near) => {
  const element = document.getElementById(code);
  if (!element) return waiting.push([slot, code, margin, near]);
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      near();
    },
    { rootMargin: `${margin}% 0px` },
  );
  observer.observe(element);
  (watches[slot] = watches[slot] || []).push(observer);
};

/** Stops watching a slot that is gone. */
export const unwatchNear = (slot) => {
  (watches[slot] || []).forEach((observer) => observer.disconnect());
  delete watches[slot];
};

/** Calls `changed` some time after elements have come or gone. */
export const observe = (changed) => {
  let timer;
  new MutationObserver(() => {
    timer = timer || setTimeout(() => ((timer = 0), changed()), 30);
  }).observe(document, { childList: true, subtree: true });
};
