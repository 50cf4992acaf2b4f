//! The one place that asks for the time of day.

/// Microseconds since 1970.
pub(crate) fn now_micros() -> i64 {
    chrono::Utc::now().timestamp_micros()
}
