/*
 * What native creatives ask the page for. Part of `render.js`, and of the layer for Prebid.js pages.
 */
import { notify, resize, visible } from './protocol.js';

/** Does what a native creative asks for; `tools` is `render.js`, `element` holds the creative's frame. */
export const serveNative = (tools, port, element, said, data) => {
  const ad = tools.read(data);
  const { action } = said;
  if (port && /sset/.test(action)) port.postMessage(JSON.stringify(tools.answer(said, ad)));
  if (action == 'fireNativeImpressionTrackers') notify(tools.impressions(ad));
  if (action == 'click') notify(tools.clicks(ad));
  const frame = action == 'resizeNativeHeight' && element && visible(element);
  if (frame) resize(frame, said.width || frame.offsetWidth, said.height);
};
