//! When a record happened: the sender's word, corrected where its clock is known to be wrong, and
//! checked against what is possible.

use ad_events::table::{ColumnType, SENT_AT, Table};
use serde_json::{Map, Value};

use super::cell::{Cell, fit};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// How far from its receipt an event may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeWindow {
    /// Days before its receipt.
    pub past_days: u32,
    /// Days after it.
    pub future_days: u32,
}

impl Default for TimeWindow {
    fn default() -> Self {
        Self {
            past_days: 21,
            future_days: 3,
        }
    }
}

/// The times of a record, microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTime {
    /// When it happened, as well as can be known.
    pub event_us: i64,
    /// What the sender said, if it did.
    pub claimed_us: Option<i64>,
    /// When it was accepted.
    pub received_us: i64,
}

impl EventTime {
    /// From the table's time column, else from the time beside the record, else from the receipt.
    /// A sender that says when it sent the batch shows by how much its clock is wrong: the batch
    /// cannot have left after it arrived, and it seldom left long before.
    pub fn of(
        table: &Table,
        fields: &Map<String, Value>,
        beside_us: Option<i64>,
        received_us: i64,
    ) -> Self {
        let own = table.time.and_then(|name| micros(fields, name));
        let claimed_us = own.or(beside_us);
        let skew = match (own, micros(fields, SENT_AT)) {
            (Some(_), Some(sent)) if table.column(SENT_AT).is_some() => {
                received_us.saturating_sub(sent)
            }
            _ => 0,
        };
        let event_us = claimed_us.map_or(received_us, |claimed| claimed.saturating_add(skew));
        Self {
            event_us,
            claimed_us,
            received_us,
        }
    }

    /// Whether it lies within the window.
    pub fn is_possible(self, window: TimeWindow) -> bool {
        let away = self.event_us.saturating_sub(self.received_us);
        away >= -i64::from(window.past_days) * MICROS_PER_DAY
            && away <= i64::from(window.future_days) * MICROS_PER_DAY
    }
}

fn micros(fields: &Map<String, Value>, name: &str) -> Option<i64> {
    let value = fields.get(name)?.clone();
    match fit(ColumnType::Timestamp, value) {
        Ok(Cell::Timestamp(micros)) => Some(micros),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ad_events::auction::AUCTIONS;
    use ad_events::render::RENDER_EVENTS;
    use serde_json::json;

    const HOUR: i64 = 3_600_000_000;
    const RECEIVED: i64 = 500_000 * HOUR;

    fn of(table: &Table, fields: &Value, beside: Option<i64>) -> i64 {
        let fields = fields.as_object().unwrap();
        EventTime::of(table, fields, beside, RECEIVED).event_us - RECEIVED
    }

    #[test]
    fn takes_the_senders_time_and_corrects_it_by_the_time_of_sending() {
        let millis = |away: i64| (RECEIVED + away) / 1000;
        let own = json!({"client_time": millis(-HOUR)});
        assert_eq!(of(&RENDER_EVENTS, &own, Some(7)), -HOUR);
        // A clock two hours fast; the event was one second before the batch left.
        let fast =
            json!({"client_time": millis(2 * HOUR - 1_000_000), "sent_at": millis(2 * HOUR)});
        assert_eq!(of(&RENDER_EVENTS, &fast, None), -1_000_000);
        assert_eq!(of(&RENDER_EVENTS, &json!({}), Some(RECEIVED - 5)), -5);
        assert_eq!(of(&RENDER_EVENTS, &json!({"client_time": "x"}), None), 0);
        // In a table without that column, the field is like any other.
        let auction = json!({"started_at": millis(-HOUR), "sent_at": millis(HOUR)});
        assert_eq!(of(&AUCTIONS, &auction, None), -HOUR);
    }

    #[test]
    fn the_window_has_two_ends() {
        let window = TimeWindow {
            past_days: 2,
            future_days: 1,
        };
        let possible = |hours: i64| {
            let time = EventTime {
                event_us: RECEIVED + hours * HOUR,
                claimed_us: None,
                received_us: RECEIVED,
            };
            time.is_possible(window)
        };
        assert!(possible(-48) && possible(24) && !possible(-49) && !possible(25));
    }
}
