/* Where things are in the page, shadow roots and frames in frames included. */

// Looking into all shadow roots takes long on a large page, so an id that was not found is not looked for again at once.
const missed = {};

const inShadow = (id, root) => {
  for (const { shadowRoot } of root.querySelectorAll('*')) {
    const found = shadowRoot && (shadowRoot.getElementById(id) || inShadow(id, shadowRoot));
    if (found) return found;
  }
  return null;
};

/** The element with this id, in the document or in an open shadow root. */
export const find = (id) => {
  const found = document.getElementById(id);
  if (found || missed[id] > performance.now()) return found;
  missed[id] = performance.now() + 400;
  return inShadow(id, document);
};

/** The frame in this element to which the window belongs, whether as the frame's own or as one further inside; or none. */
export const frameOf = (element, source) => {
  let win = source;
  for (let depth = 0; depth < 10 && win && win.parent != window; depth += 1) win = win.parent;
  return element && [...element.querySelectorAll('iframe')].find((frame) => frame.contentWindow == win);
};
