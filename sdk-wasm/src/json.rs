//! JSON in and out by hand, for the few shapes the SDK meets.
//!
//! A general library would cost more bytes than the rest of the SDK (see README.md, "Size"):
//! no derive, no `core::fmt`, no floating point.

mod decimal;
mod reader;
mod writer;

pub use decimal::{fixed, push_fixed, push_integer};
pub use reader::{Malformed, OnField, OnItem, Parsed, Reader, read_strings};
pub use writer::Writer;

#[cfg(test)]
mod tests;
