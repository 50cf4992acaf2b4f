/*
 * What native creatives ask the page for. Part of `render.js`, and of the layer for Prebid.js pages.
 */
import { isVisitors } from './activation.js';
import { frameOf } from './elements.js';
import { notify, resize } from './protocol.js';
import { nativeRenderer } from './native-renderer.js';

// No native ad needs more, and a creative may ask for any size.
const tallest = () => Math.max(innerHeight, 1000);

const done = new Set();
const once = (name, call) => {
  if (done.has(name)) return;
  done.add(name);
  call();
};

const fit = (element, frame, { width, height }) => {
  const [wide, high] = [Number(width) || frame.offsetWidth, Number(height)];
  if (high > 0) resize(frame, Math.max(0, Math.min(wide, element.clientWidth || innerWidth)), Math.min(high, tallest()));
};

/** Does what a native creative asks for; `tools` is `render.js`, `element` the slot's, `source` the creative's window. */
export const serveNative = (tools, { reply, source }, element, message, data) => {
  const ad = tools.read(data);
  const { action, adId } = message;
  const frame = frameOf(element, source);
  if (message.message == 'Prebid Request') {
    const native = tools.answer({ adId }, ad);
    const response = { message: 'Prebid Response', native, renderer: nativeRenderer, rendererVersion: 3, mediaType: 'native' };
    reply(JSON.stringify({ ...native, ...response }));
  }
  if (/sset/.test(action)) reply(JSON.stringify(tools.answer(message, ad)));
  if (action == 'fireNativeImpressionTrackers') once(action + adId, () => notify(tools.impressions(ad)));
  if (action == 'click' && isVisitors(frame)) once(action + adId, () => notify(tools.clicks(ad)));
  if (action == 'resizeNativeHeight' && frame) fit(element, frame, message);
};
