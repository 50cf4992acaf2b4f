//! The only part that knows a browser: hears what happens, performs what the core asks for.
//!
//! Nothing here decides anything. What the browser or the page refuses is left undone, or told to
//! the core; no exception passes through.

pub(crate) mod app;
mod bridge;
mod clock;
mod element;
mod frame;
mod gpt;
mod listen;
mod perform;
mod screen;
mod timer;
mod transport;
