/*
 * Trusted Types: pages that demand them take markup only from policies. Ours is `earlybid`, and each file makes its own, so
 * that no other script can get hold of it.
 */
let policy;
try {
  policy = window.trustedTypes && trustedTypes.createPolicy('earlybid', { createHTML: (text) => text });
} catch {
  // The name is not among those that the page allows.
}

/** Makes `markup` the frame's document; by an address, if the page does not accept text for that, or changes it. */
export const setDocument = (frame, markup) => {
  try {
    frame.srcdoc = policy ? policy.createHTML(markup) : markup;
  } catch {
    // The text is not accepted: see below.
  }
  if (frame.srcdoc == markup) return;
  const address = URL.createObjectURL(new Blob([markup], { type: 'text/html;charset=utf-8' }));
  frame.addEventListener('load', () => URL.revokeObjectURL(address), { once: true });
  frame.removeAttribute('srcdoc');
  frame.src = address;
};
