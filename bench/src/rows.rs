//! What a measurement prints: rows of named figures.

use serde_json::{Map, Value};

/// One row of a measurement: column names in order, with their values.
pub type Row = Map<String, Value>;

/// A row of named values.
pub(crate) fn row(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}

/// A figure with as many digits as it deserves.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
