//! Measurements of the real programs on this machine, each against a limit taken in the same run.
//!
//! A figure of one machine says little; its ratio to what the same machine does at best, seconds
//! apart, says how much of the time is ours. `cargo xtask bench` prints these rows.

mod auction;
mod crash;
mod ingest;
mod process;
mod query;
mod spread;
mod visible;
mod year;

use serde_json::{Map, Value};

pub use auction::{auction, bare};
pub use crash::crash;
pub use ingest::ingest;
pub use query::query;
pub use visible::visible;

/// One row of a measurement: column names in order, with their values.
pub type Row = Map<String, Value>;

/// A row of named values.
fn row(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}

/// A figure with as many digits as it deserves.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
