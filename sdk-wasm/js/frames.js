/*
 * Frames for ads: our own, sandboxed and made beforehand, and the ad server's, resized.
 * Only `page.js` calls this.
 */
import bootstrap from './frame.txt';
import { reserve } from './slots.js';

// Scripts run, but in an origin of their own: no cookies, no access to the page, and the page itself
// goes elsewhere only when the visitor clicks.
const sandbox =
  'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
const waits = 'border:0;position:absolute;visibility:hidden;';
const shows = 'border:0;display:block;max-width:100%;margin:0 auto';

const slots = [];
const frames = (slot) => (slots[slot] = slots[slot] || {});
const { config, nonce } = (window.earlybid || {})._ || {};

const remove = (frame) => {
  if (!frame) return;
  frame.onload = null;
  frame.remove();
};

/** Makes a frame in the element; `ready` is called once it waits for markup. Whether there was such an element. */
export const place = (slot, code, height, ready) => {
  const element = document.getElementById(code);
  if (!element) return false;
  reserve(element, height);
  const frame = document.createElement('iframe');
  const settings = config.frame || {};
  // A frame loads once more when its markup is in; by then another one may be waiting in its place.
  frame.onload = () => {
    frame.onload = null;
    ready();
  };
  frame.sandbox = sandbox;
  frame.name = 'earlybid';
  frame.title = 'Advertisement';
  frame.scrolling = 'no';
  if (settings.allow) frame.allow = settings.allow;
  frame.style.cssText = waits;
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = settings.csp || "object-src 'none'";
  // A frame made from a string inherits the page's policy, so its script needs the page's nonce.
  frame.srcdoc = `<!doctype html><meta charset=utf-8>${policy.outerHTML}<script${nonce ? ` nonce="${nonce}"` : ''}>${bootstrap}</script>`;
  remove(frames(slot).waiting);
  element.appendChild((frames(slot).waiting = frame));
  return true;
};

/** Puts markup into the frame that waits, and shows it in place of the one before; `loaded` is called when that has loaded. */
export const write = (slot, width, height, markup, loaded) => {
  const own = frames(slot);
  const frame = own.waiting;
  if (!frame) return;
  frame.width = width;
  frame.height = height;
  frame.style.cssText = shows;
  frame.onload = () => {
    frame.onload = null;
    loaded(frame.parentElement.id);
  };
  // The frame's origin is opaque, so it cannot be named; the window is the address.
  frame.contentWindow.postMessage(markup, '*');
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

/** Which slot's shown frame has this window; -1 for none. */
export const slotOf = (source) =>
  slots.findIndex((own) => own && own.shown && own.shown.contentWindow == source);
