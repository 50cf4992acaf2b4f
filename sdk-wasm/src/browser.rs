//! The only part that knows a browser: one call for each effect, to `js/page.js`, which performs it
//! once the core has returned.
//!
//! Nothing here decides anything. What the browser or the page refuses is left undone, or reaches
//! the core as an input; no exception passes through.

mod bridge;
mod perform;

pub(crate) use perform::perform;
