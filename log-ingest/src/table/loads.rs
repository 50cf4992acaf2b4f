//! The rows of `table_loads`: what a segment brought, counted, and what could not be derived.

use ad_events::load::TABLE_LOADS;
use chrono::Utc;
use serde_json::Map;

use super::TableError;
use super::cell::Cell;
use super::rows::{RowCounts, StoreCells, TableBatch, TableRows};
use super::writer::{Landed, SegmentId};

/// One segment's rows.
#[derive(Debug)]
pub(crate) struct Loads<'a> {
    segment: SegmentId<'a>,
    rows: TableRows,
}

impl<'a> Loads<'a> {
    pub(crate) fn of(segment: SegmentId<'a>) -> Self {
        Self {
            segment,
            rows: TableRows::new(&TABLE_LOADS),
        }
    }

    /// What became of the records for one table.
    pub(crate) fn push(&mut self, table: &str, counts: &RowCounts, landed: Landed) {
        let names = serde_json::to_string(&counts.unknown_names).unwrap_or_default();
        let count = |number: usize| Cell::Int(i64::try_from(number).unwrap_or(i64::MAX));
        let segment = i64::try_from(self.segment.seq).unwrap_or(i64::MAX);
        let now_us = Utc::now().timestamp_micros();
        let store = StoreCells {
            event_time_us: now_us,
            received_at_us: now_us,
            more: vec![
                ("buffer_id", Cell::Text(self.segment.buffer.to_owned())),
                ("segment", Cell::Int(segment)),
                ("table_name", Cell::Text(table.to_owned())),
                ("records", count(counts.rows)),
                ("stored", count(landed.stored)),
                ("duplicates", count(landed.duplicates)),
                ("late", count(counts.late)),
                ("null_casts", count(counts.misfit_fields)),
                ("unknown_fields", count(counts.unknown_fields)),
                (
                    "unknown_columns",
                    if counts.unknown_names.is_empty() {
                        Cell::Null
                    } else {
                        Cell::Text(names)
                    },
                ),
            ],
        };
        self.rows.push(Map::new(), &store);
    }

    pub(crate) fn finish(self) -> Result<TableBatch, TableError> {
        self.rows.finish()
    }
}

/// The row of keys that a derived table lacks.
pub(crate) fn set_aside_rows(
    table: &str,
    keys: &[String],
    reason: &str,
) -> Result<TableBatch, TableError> {
    let shown: Vec<String> = keys
        .iter()
        .take(MOST_KEYS)
        .map(|key| shortened(key))
        .collect();
    let now_us = Utc::now().timestamp_micros();
    let store = StoreCells {
        event_time_us: now_us,
        received_at_us: now_us,
        more: vec![
            ("table_name", Cell::Text(table.to_owned())),
            (
                "set_aside",
                Cell::Int(i64::try_from(keys.len()).unwrap_or(i64::MAX)),
            ),
            (
                "set_aside_keys",
                Cell::Text(serde_json::to_string(&shown).unwrap_or_default()),
            ),
            ("set_aside_reason", Cell::Text(shortened(reason))),
        ],
    };
    let mut rows = TableRows::new(&TABLE_LOADS);
    rows.push(Map::new(), &store);
    rows.finish()
}

/// Keys that are named; the others are only counted.
const MOST_KEYS: usize = 50;

/// A text that may come from outside, cut to what a reader needs of it.
fn shortened(text: &str) -> String {
    const MOST_CHARACTERS: usize = 200;
    text.chars().take(MOST_CHARACTERS).collect()
}
