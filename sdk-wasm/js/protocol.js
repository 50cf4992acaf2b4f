/*
 * The page's part in showing creatives, in the protocol of Prebid Universal Creative. The SDK, its fallback, and the layers
 * for pages of Prebid.js and apstag use this.
 */
import { setDocument } from './trust.js';

/** The frame that shows an ad inside a slot's element, past those that ad servers keep hidden. */
export const visible = (element) => element.querySelector('iframe:not([style*="display: none"]):not([style*="hidden"])');

/** Gives the ad server's frame and its container the size of the creative inside. */
export const resize = (frame, width, height) => {
  frame.width = width;
  frame.height = height;
  [frame, frame.parentElement].forEach((element) => {
    element.style.width = width + 'px';
    element.style.height = height + 'px';
  });
};

/** Adds the frame by whose name creatives deep in other frames recognise the page's window. */
export const locate = () => {
  if (window.frames.__pb_locator__) return;
  const frame = Object.assign(document.createElement('iframe'), { name: '__pb_locator__' });
  // With a document from us, which the browser makes later: a frame without one would get its document at once, in our task.
  setDocument(frame, '');
  frame.style.display = 'none';
  (document.body || document.documentElement).appendChild(frame);
};

/** Calls addresses for notices and counting; the answers do not matter. */
export const notify = (urls) => urls.forEach((url) => (new Image().src = url));

/** Writes an ad into the document of a frame of the page; `done` is called when it has loaded. */
export const renderInto = (target, { ad, adUrl, width, height }, done) => {
  const frame = Object.assign(target.createElement('iframe'), { width, height, scrolling: 'no' });
  frame.style.border = 0;
  frame.onload = done;
  if (ad) setDocument(frame, '<!doctype html><style>body{margin:0}</style>' + ad);
  else frame.src = adUrl;
  target.body.appendChild(frame);
};

/** A function that answers a message: at its port or, for older creatives that send none, at its window. */
export const replier =
  ({ ports: [port], source, origin }) =>
  (text) =>
    port ? port.postMessage(text) : source.postMessage(text, origin == 'null' ? '*' : origin);

// Runs in a hidden frame of the creative, so it refers to nothing outside itself.
const render = ({ ad, adUrl, width, height }, { mkFrame, sendMessage }, win) => {
  if (!ad && !adUrl) throw Object.assign(new Error('no markup'), { reason: 'noAd' });
  if (win.ReportingObserver) {
    const report = ([intervention]) => sendMessage('Prebid Event', { event: 'browserIntervention', intervention });
    new win.ReportingObserver(report, { types: ['intervention'], buffered: true }).observe();
  }
  const content = ad ? { srcdoc: ad } : { src: adUrl };
  win.document.body.appendChild(mkFrame(win.document, Object.assign({ width: width || '100%', height: height || '100%' }, content)));
};

/** Source of a script that shows the answer in the creative's document, for creatives without a renderer of their own. */
export const renderer = 'window.render=' + render;
