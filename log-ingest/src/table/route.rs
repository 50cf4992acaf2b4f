//! Sorts the records of a segment into tables.
//!
//! The tag names the table. A record under another tag, one of which the table knows no field at
//! all, or one with an impossible time goes whole into `quarantine`: it was acknowledged, so it
//! must be somewhere.

use ad_events::quarantine::QUARANTINE;
use ad_events::table::{FilledBy, Table};
use ad_events::{TABLES, table_for_tag};
use log_receiver::Record;
use serde_json::{Map, Value};

use super::TableError;
use super::cell::Cell;
use super::personal::minimise;
use super::rows::{StoreCells, TableBatch, TableRows};
use super::time::{EventTime, TimeWindow};

/// Why a record is in `quarantine`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuarantineReason {
    /// It is not an event at all; the receiver says why.
    Fault(&'static str),
    /// No table takes records of the tag.
    UnknownTag,
    /// The tag's table has a column for none of the record's fields.
    UnusableRecord,
    /// It happened too long before or after its receipt.
    ImpossibleTime,
}

impl QuarantineReason {
    /// The value of the `reason` column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fault(fault) => fault,
            Self::UnknownTag => "unknown_tag",
            Self::UnusableRecord => "unusable_record",
            Self::ImpossibleTime => "impossible_time",
        }
    }
}

/// A segment's records as batches, one for each table that has rows among them, in the order of
/// [`TABLES`]. The same records always give the same batches.
pub fn batches(
    records: impl IntoIterator<Item = Record>,
    window: TimeWindow,
) -> Result<Vec<TableBatch>, TableError> {
    let mut rows: Vec<TableRows> = TABLES.iter().map(|table| TableRows::new(table)).collect();
    for record in records {
        let routed = Routed::new(record, window);
        let mut tables = TABLES.iter().zip(&mut rows);
        if let Some((_, rows)) = tables.find(|(table, _)| table.name == routed.table.name) {
            rows.push(routed.fields, &routed.store);
            if let Some(reason) = routed.reason {
                rows.count_reason(reason.name());
            }
        }
    }
    rows.into_iter()
        .filter(|rows| !rows.is_empty())
        .map(TableRows::finish)
        .collect()
}

/// A record with its place.
struct Routed {
    table: &'static Table,
    fields: Map<String, Value>,
    store: StoreCells,
    /// Why it is set aside.
    reason: Option<QuarantineReason>,
}

impl Routed {
    fn new(mut record: Record, window: TimeWindow) -> Self {
        minimise(&mut record.fields);
        match destination(&record, window) {
            Ok((table, time)) => Self {
                table,
                fields: record.fields,
                store: StoreCells {
                    event_time_us: time.event_us,
                    received_at_us: time.received_us,
                    more: Vec::new(),
                },
                reason: None,
            },
            Err((reason, claimed_us)) => Self::aside(record, reason, claimed_us),
        }
    }

    fn aside(record: Record, reason: QuarantineReason, claimed_us: Option<i64>) -> Self {
        let whole = Value::Object(record.fields).to_string();
        let more = vec![
            ("tag", Cell::Text(record.tag)),
            (
                "claimed_time",
                claimed_us.map_or(Cell::Null, Cell::Timestamp),
            ),
            ("reason", Cell::Text(reason.name().to_owned())),
            ("record", Cell::Text(whole)),
        ];
        Self {
            table: &QUARANTINE,
            fields: Map::new(),
            store: StoreCells {
                event_time_us: record.received_at_us,
                received_at_us: record.received_at_us,
                more,
            },
            reason: Some(reason),
        }
    }
}

/// Why a record has no place, and the time that it claims.
type Unroutable = (QuarantineReason, Option<i64>);

/// The record's table and time, or why it has none and the time that it claims.
fn destination(
    record: &Record,
    window: TimeWindow,
) -> Result<(&'static Table, EventTime), Unroutable> {
    let table = table_for(record).map_err(|reason| (reason, record.event_time_us))?;
    let time = EventTime::of(
        table,
        &record.fields,
        record.event_time_us,
        record.received_at_us,
    );
    if time.is_possible(window) {
        Ok((table, time))
    } else {
        Err((QuarantineReason::ImpossibleTime, time.claimed_us))
    }
}

fn table_for(record: &Record) -> Result<&'static Table, QuarantineReason> {
    if let Some(fault) = record.fault {
        return Err(QuarantineReason::Fault(fault));
    }
    let table = table_for_tag(&record.tag).ok_or(QuarantineReason::UnknownTag)?;
    let knows_one = record.fields.keys().any(|name| {
        let column = table.column(name);
        column.is_some_and(|column| column.filled_by == FilledBy::Sender)
    });
    knows_one
        .then_some(table)
        .ok_or(QuarantineReason::UnusableRecord)
}

#[cfg(test)]
mod tests;
