//! The only part that knows a browser, and the only one that JavaScript calls.
//!
//! | file | what it is |
//! |---|---|
//! | `browser/effects.rs` | what the core wants done: a function of `js/page.js` for each |
//! | `browser/inputs.rs` | what happens: a function that scripts call for each |
//! | `browser/timers.rs`, `browser/steps.rs` | words that pass between the two sides, as enums on both |
//!
//! Lists and slots pass as JSON: the core has its reader and writer anyway, and arrays of strings would weigh 1.4 KB.
//!
//! Nothing here decides anything. What the browser or the page refuses is left undone, or reaches
//! the core as an input; no exception passes through.

mod effects;
pub mod inputs;
mod steps;
mod timers;
