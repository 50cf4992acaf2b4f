//! The page views that a step computes again, and where their rows are.

use std::collections::HashSet;

use ad_events::bid::BIDS;
use ad_events::render::RENDER_EVENTS;
use ad_events::table::Table;
use deltalake::arrow::array::{Array, AsArray, Float64Array, RecordBatch};
use deltalake::arrow::datatypes::Float64Type;

use super::Deriver;
use super::aside::LeftOut;
use super::changes::Changes;
use super::known_keys::KnownKeys;
use super::rows::{load, text, time};
use super::spans::Spans;
use crate::table::TableError;
use crate::table::files::RowSelection;
use crate::table::version::TableVersion;

/// By how much the clocks of a page view and of its auction may differ, and the corrections of one
/// page view's events from each other.
const SLACK_US: i64 = 600_000_000;
/// How long after an event of a page view others may have happened.
const LONGEST_VIEW_US: i64 = 86_400_000_000;

pub(super) const VIEW_KEY: &[&str; 1] = &["page_view_id"];
pub(super) const AUCTION_KEY: &[&str; 1] = &["auction_id"];
const EVENT_KEYS: [&str; 4] = ["event_time", "page_view_id", "auction_id", "elapsed_ms"];

/// The sources as a step reads them.
pub(super) struct Newest {
    pub(super) events: TableVersion,
    pub(super) bids: TableVersion,
}

/// Page views.
#[derive(Debug)]
pub(super) struct PageViewSet {
    /// The derived table.
    table: &'static Table,
    known: KnownKeys,
    left_out: LeftOut,
    ids: HashSet<String>,
    /// From the start of each page view to its event, as far as the event shows.
    from_start_to_event: Spans,
}

impl PageViewSet {
    pub(super) fn new(table: &'static Table, deriver: &Deriver) -> Self {
        Self {
            table,
            known: deriver.known.clone(),
            left_out: deriver.left_out.clone(),
            ids: HashSet::new(),
            from_start_to_event: Spans::default(),
        }
    }

    /// Adds what has changed.
    pub(super) async fn take_changes(
        &mut self,
        events: Option<&Changes>,
        bids: Option<&Changes>,
        now: &Newest,
    ) -> Result<(), TableError> {
        if let Some(changes) = events {
            self.of_events(changes, &now.events).await?;
        }
        if let Some(changes) = bids {
            self.of_bids(changes, &now.bids, &now.events).await?;
        }
        Ok(())
    }

    /// The page views of new events.
    async fn of_events(
        &mut self,
        changes: &Changes,
        events: &TableVersion,
    ) -> Result<(), TableError> {
        for file in &changes.added {
            let Some(batches) = events.read(file, &EVENT_KEYS).await? else {
                continue;
            };
            for key in [VIEW_KEY, AUCTION_KEY] {
                self.known.learn(&RENDER_EVENTS, (file, key[0]), &batches);
            }
            for batch in &batches {
                self.take(batch);
            }
        }
        Ok(())
    }

    /// The page views of the auctions that new bids belong to.
    async fn of_bids(
        &mut self,
        changes: &Changes,
        bids: &TableVersion,
        events: &TableVersion,
    ) -> Result<(), TableError> {
        let mut auctions = HashSet::new();
        let mut spans = Spans::default();
        for file in &changes.added {
            let columns = ["event_time", "auction_id"];
            let Some(batches) = bids.read(file, &columns).await? else {
                continue;
            };
            self.known.learn(&BIDS, (file, AUCTION_KEY[0]), &batches);
            for batch in batches {
                for row in 0..batch.num_rows() {
                    let id = text(&batch, AUCTION_KEY[0], row);
                    let (Some(id), Some(at)) = (id, time(&batch, row)) else {
                        continue;
                    };
                    auctions.insert(id.to_owned());
                    spans.add(at.saturating_sub(SLACK_US), at.saturating_add(SLACK_US));
                }
            }
        }
        if auctions.is_empty() {
            return Ok(());
        }
        let of_auctions = RowSelection::with_key(AUCTION_KEY, auctions);
        let wanted = (&of_auctions, &self.known);
        let found = load(events, &spans, &EVENT_KEYS, wanted).await?;
        for batch in found {
            self.take(&batch);
        }
        Ok(())
    }

    /// Remembers the page views of the rows and how far back they began.
    fn take(&mut self, batch: &RecordBatch) {
        let elapsed: Option<&Float64Array> = batch
            .column_by_name("elapsed_ms")
            .and_then(|column| column.as_primitive_opt::<Float64Type>());
        for row in 0..batch.num_rows() {
            let id = text(batch, VIEW_KEY[0], row);
            let (Some(id), Some(at)) = (id, time(batch, row)) else {
                continue;
            };
            if !self.ids.contains(id) {
                if self.left_out.has(self.table, id) {
                    continue;
                }
                self.ids.insert(id.to_owned());
            }
            let since = elapsed.filter(|column| column.is_valid(row));
            let began = at.saturating_sub(since.map_or(0, |column| micros(column.value(row))));
            self.from_start_to_event.add(began, at);
        }
    }

    /// Their rows are to stay as they are.
    pub(super) fn leave_out(&mut self, ids: &[String]) {
        for id in ids {
            self.ids.remove(id);
        }
    }

    /// All rows of these page views.
    pub(super) fn selection(&self) -> RowSelection {
        RowSelection::with_key(VIEW_KEY, self.ids.clone())
    }

    /// Where all rows of these page views are.
    pub(super) fn spans(&self) -> Spans {
        self.from_start_to_event.widened(SLACK_US, LONGEST_VIEW_US)
    }

    /// What is known of the tables' files.
    pub(super) fn known(&self) -> &KnownKeys {
        &self.known
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a day before")]
fn micros(millis: f64) -> i64 {
    (millis.clamp(0.0, 86_400_000.0) * 1000.0) as i64
}
