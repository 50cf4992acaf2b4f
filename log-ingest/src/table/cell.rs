//! One value of a record, fitted into its column.
//!
//! A value of another type is taken where nothing is lost by it ("12.5" for a number, 7 for a
//! text); otherwise it is handed back, and the row keeps it in `attrs`. The same happens to one beyond what the
//! column can mean: whatever is computed from a column may rely on its range.

use std::ops::RangeInclusive;

use ad_events::table::{ColumnType, LONGEST_TEXT};
use chrono::{DateTime, Datelike as _, NaiveDate};
use serde_json::{Number, Value};

/// A value that fits its column.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Cell {
    /// No value.
    #[default]
    Null,
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since the Unix epoch.
    Timestamp(i64),
    /// Text, or JSON as text.
    Text(String),
    /// A double-precision number.
    Float(f64),
    /// A whole number.
    Int(i64),
    /// True or false.
    Bool(bool),
}

/// Largest whole number up to which every one has a double of its own.
const EXACT_IN_DOUBLE: f64 = 9_007_199_254_740_992.0;

/// The years 1 to 9999: times beyond them are not times.
const FIRST_MILLISECOND: f64 = -62_135_596_800_000.0;
const LAST_MILLISECOND: f64 = 253_402_300_799_999.0;

/// The same as days.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;

/// Fits a value into a column of that type, or hands it back.
pub fn fit(kind: ColumnType, value: Value) -> Result<Cell, Value> {
    fit_within(kind, None, value)
}

/// The same for a column that takes only numbers of a range.
pub fn fit_within(
    kind: ColumnType,
    range: Option<&RangeInclusive<f64>>,
    value: Value,
) -> Result<Cell, Value> {
    if value.is_null() {
        return Ok(Cell::Null);
    }
    let fitted = match kind {
        ColumnType::Date => as_date(&value).map(Cell::Date),
        ColumnType::Timestamp => as_micros(&value).map(Cell::Timestamp),
        ColumnType::Float => as_float(&value).map(Cell::Float),
        ColumnType::Int => as_int(&value).map(Cell::Int),
        ColumnType::Bool => as_bool(&value).map(Cell::Bool),
        ColumnType::Json => Some(Cell::Text(value.to_string())),
        ColumnType::Text => return as_text(value).map(Cell::Text),
    };
    let within = fitted.filter(|cell| range.is_none_or(|range| cell.is_within(range)));
    within.ok_or(value)
}

impl Cell {
    fn is_within(&self, range: &RangeInclusive<f64>) -> bool {
        match self {
            Self::Float(number) => range.contains(number),
            Self::Int(number) => range.contains(&as_double(*number)),
            Self::Null | Self::Date(_) | Self::Timestamp(_) | Self::Text(_) | Self::Bool(_) => true,
        }
    }
}

/// Day of a time, for the partition. A time outside the calendar falls on its first or last day.
pub fn day_of(micros: i64) -> i32 {
    const MICROS_PER_DAY: i64 = 86_400_000_000;
    let day = micros.div_euclid(MICROS_PER_DAY).clamp(FIRST_DAY, LAST_DAY);
    i32::try_from(day).unwrap_or_default()
}

fn as_text(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) if text.len() <= LONGEST_TEXT => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other @ (Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_)) => Err(other),
    }
}

fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => None,
    }
}

fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => exact_double(number),
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A double, unless the number is whole and too large to have an exact one.
fn exact_double(number: &Number) -> Option<f64> {
    const EXACT: u64 = 1 << 53;
    let whole = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
    if whole.is_some_and(|whole| whole > EXACT) {
        return None;
    }
    number.as_f64().filter(|double| double.is_finite())
}

fn as_int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The whole number that a double stands for, if it stands for exactly one.
fn whole(double: f64) -> Option<i64> {
    let exact = double.fract() == 0.0 && double.abs() <= EXACT_IN_DOUBLE;
    exact.then(|| rounded(double))
}

/// Milliseconds since the epoch as a number, or an RFC 3339 time as text.
fn as_micros(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => {
            let millis = number.as_f64()?;
            let possible = (FIRST_MILLISECOND..=LAST_MILLISECOND).contains(&millis);
            possible.then(|| rounded(millis * 1000.0))
        }
        Value::String(text) => {
            let time = DateTime::parse_from_rfc3339(text).ok()?;
            let possible = (1..=9999).contains(&time.year());
            possible.then(|| time.timestamp_micros())
        }
        _ => None,
    }
}

fn as_date(value: &Value) -> Option<i32> {
    let date: NaiveDate = value.as_str()?.parse().ok()?;
    let days = date.signed_duration_since(NaiveDate::default()).num_days();
    let possible = (FIRST_DAY..=LAST_DAY).contains(&days);
    possible.then(|| i32::try_from(days).ok())?
}

#[expect(
    clippy::cast_precision_loss,
    reason = "only compared with the ends of a range, which are far from where doubles skip numbers"
)]
fn as_double(number: i64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "every caller has checked that the number is within an i64"
)]
fn rounded(double: f64) -> i64 {
    double.round() as i64
}

#[cfg(test)]
mod tests;
