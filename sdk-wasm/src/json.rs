//! JSON in and out by hand, for the few shapes the SDK meets.
//!
//! A general library would cost more bytes than the rest of the SDK (see README.md, "Size"):
//! no derive, no `core::fmt`, no floating point.

mod decimal;
mod reader;
mod value;
mod writer;

pub use decimal::{fixed, push_fixed, push_integer};
pub use reader::{Malformed, Parsed};
pub use value::Value;
pub use writer::Writer;

#[cfg(test)]
mod tests;
