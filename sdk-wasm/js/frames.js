/*
 * Frames for ads: our own, sandboxed and made beforehand, and the ad server's, resized.
 * Only `page.js` and `sdk.js` call this.
 */
import bootstrap from './frame.txt';
import { find } from './elements.js';
import { reserve } from './slots.js';
import { setDocument } from './trust.js';

// Scripts run, but in an origin of their own: they have no cookies and no access to the page, and can take
// the page elsewhere only when the visitor clicks.
const sandbox = 'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
const waits = 'border:0;position:absolute;visibility:hidden;';
const shows = 'border:0;display:block;max-width:100%;margin:0 auto';

// Windows of frames whose script runs. Where the page's policy forbids that script, markup becomes the frame's whole document.
const alive = new WeakSet();
const awaited = new WeakMap();
addEventListener('message', ({ data, source }) => {
  if (data != 'earlybid:here' || !source) return;
  alive.add(source);
  if (awaited.has(source)) awaited.get(source)();
});

const early = {};
const slots = [];
const frames = (slot) => (slots[slot] = slots[slot] || {});
const { config, nonce } = (window.earlybid || {})._ || {};

const remove = (frame) => {
  if (!frame) return;
  frame.onload = null;
  frame.remove();
};

const make = (element) => {
  const frame = document.createElement('iframe');
  const settings = config.frame || {};
  frame.sandbox = sandbox;
  // The name by which it is recognised when the browser has taken its document away, and with it the window that messages come from.
  frame.name = 'earlybid' + Math.random();
  frame.title = 'Advertisement';
  frame.scrolling = 'no';
  if (settings.allow) frame.allow = settings.allow;
  frame.style.cssText = waits;
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = settings.csp || "object-src 'none'";
  // A frame made from a string inherits the page's policy, so its script needs the page's nonce.
  const head = `<!doctype html><meta charset=utf-8>${policy.outerHTML}`;
  setDocument(frame, `${head}<script${nonce ? ` nonce="${nonce}"` : ''}>${bootstrap}</script>`);
  // The script's message may come after the event; where a policy forbids the script, it never comes.
  const loaded = new Promise((resolve) => {
    frame.onload = () => {
      if (alive.has(frame.contentWindow)) return resolve();
      awaited.set(frame.contentWindow, resolve);
      return setTimeout(resolve, 100);
    };
  });
  element.appendChild(frame);
  return { element, frame, head, loaded };
};

/** Makes the frame of a slot that is known only by its code so far; its element may be missing. */
export const prepare = (code) => {
  const element = find(code);
  if (element) early[code] = make(element);
};

/** Makes a frame in the element, and calls `ready` once it waits for markup. Returns whether there was such an element. */
export const place = (slot, code, height, ready) => {
  const element = find(code);
  if (!element) return false;
  reserve(element, height);
  const before = early[code];
  delete early[code];
  const { frame, head, loaded } = before && before.element == element ? before : make(element);
  remove(frames(slot).waiting);
  Object.assign(frames(slot), { waiting: frame, head });
  loaded.then(ready);
  return true;
};

/** Puts markup into the frame that waits, and shows it in place of the previous one; `loaded` is called when it has loaded. */
export const write = (slot, width, height, markup, loaded) => {
  const own = frames(slot);
  const frame = own.waiting;
  if (!frame) return;
  frame.width = width;
  frame.height = height;
  frame.style.cssText = shows;
  const target = frame.contentWindow;
  const runs = alive.has(target);
  frame.onload = () => {
    frame.onload = null;
    if (!runs) dispatchEvent(new MessageEvent('message', { data: 'earlybid:written', source: target }));
    loaded(frame.parentElement.id);
  };
  // The frame's origin is opaque and cannot be named; only this window gets the message.
  if (runs) target.postMessage(markup, '*');
  else setDocument(frame, own.head + '<style>body{margin:0;overflow:hidden}</style>' + markup);
  remove(own.shown);
  own.shown = frame;
  own.waiting = null;
};

/** Takes the slot's frames away. */
export const clear = (slot) => {
  const own = frames(slot);
  remove(own.shown);
  remove(own.waiting);
  slots[slot] = null;
};

/** The frame that the slot shows. */
export const shownIn = (slot) => slots[slot].shown;

/** The slot whose shown frame has this window, or this name; -1 for none. */
export const slotOf = (source, name) =>
  slots.findIndex((own) => own && own.shown && (own.shown.contentWindow == source || own.shown.name == name));
