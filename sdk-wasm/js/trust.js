/*
 * Trusted Types: pages that demand them take markup from policies only. Ours is `earlybid`, and each file has its own, so
 * that no script of the page gets hold of it.
 */
let policy;
try {
  policy = window.trustedTypes && trustedTypes.createPolicy('earlybid', { createHTML: (text) => text });
} catch {
  // Not among the names that the page allows.
}

/** Makes `markup` the frame's document: where the page lets no text be one, or changes it, by an address. */
export const setDocument = (frame, markup) => {
  try {
    frame.srcdoc = policy ? policy.createHTML(markup) : markup;
  } catch {
    // Left without; see below.
  }
  if (frame.srcdoc == markup) return;
  const address = URL.createObjectURL(new Blob([markup], { type: 'text/html;charset=utf-8' }));
  frame.addEventListener('load', () => URL.revokeObjectURL(address), { once: true });
  frame.removeAttribute('srcdoc');
  frame.src = address;
};
