//! `ad_renders` and `page_views`: everything about a slot render, and about a page view, in one row.

use std::collections::HashSet;

use ad_events::ad_render::AD_RENDERS;
use ad_events::bid::BIDS;
use ad_events::page_view::{OF_THE_PAGE, PAGE_VIEWS};
use ad_events::render::RENDER_EVENTS;
use ad_events::table::Table;
use deltalake::DeltaTable;
use deltalake::arrow::array::{Array, AsArray, Float64Array, RecordBatch};
use deltalake::arrow::datatypes::Float64Type;

use super::changes::{self, Changes};
use super::known_keys::KnownKeys;
use super::replace::{Replacement, replace};
use super::rows::{Sources, Span, ask, load, named, text, time};
use super::{Deriver, Progress};
use crate::stage::{self, Stage};
use crate::table::commit::Kind;
use crate::table::files::Wanted;
use crate::table::{TableError, files};

/// A table with one row, or a few, for each page view.
#[derive(Debug)]
pub(super) struct Target {
    table: &'static Table,
    sql: String,
    /// Whether bids are a source of it, besides events.
    takes_bids: bool,
}

pub(super) fn targets() -> [Target; 2] {
    [
        Target {
            table: &AD_RENDERS,
            sql: with_the_page(include_str!("ad_renders.sql")),
            takes_bids: true,
        },
        Target {
            table: &PAGE_VIEWS,
            sql: with_the_page(include_str!("page_views.sql")),
            takes_bids: false,
        },
    ]
}

/// Puts the columns that say of what kind the page was into the places that are left for them:
/// computed from the events of the page view, or taken over from a part of the statement.
fn with_the_page(sql: &str) -> String {
    let list = |column: fn(&&str) -> String| {
        let columns: Vec<String> = OF_THE_PAGE.iter().map(column).collect();
        columns.join(", ")
    };
    sql.replace(
        "{of_the_page}",
        &list(|name| format!("MAX({name}) AS {name}")),
    )
    .replace("{views_of_the_page}", &list(|name| format!("views.{name}")))
    .replace("{ends_of_the_page}", &list(|name| format!("ends.{name}")))
}

/// New rows of a step, and the rest of their commit; what comes after is left to the next. All rows of their page views
/// are in memory at once, with the columns that are needed. Less than a full segment brings, so that it is one of them.
const ROWS_PER_STEP: u64 = 30_000;
/// By how much the clocks of a page view and of its auction may differ, and the corrections of one
/// page view's events from each other.
const SLACK_US: i64 = 600_000_000;
/// How long after an event of a page view others may have happened.
const LONGEST_VIEW_US: i64 = 86_400_000_000;

const VIEW_KEY: &[&str; 1] = &["page_view_id"];
const AUCTION_KEY: &[&str; 1] = &["auction_id"];
const EVENT_KEYS: [&str; 4] = ["event_time", "page_view_id", "auction_id", "elapsed_ms"];

/// Derives what the next changes of the sources touch.
pub(super) async fn step(deriver: &Deriver, target: &Target) -> Result<Progress, TableError> {
    // The target first: whoever changes it from here on makes our commit fail.
    let derived = deriver.table(target.table.name)?;
    let before = derived.delta().await?;
    let (events, bids) = (
        deriver.table(RENDER_EVENTS.name)?,
        deriver.table(BIDS.name)?,
    );
    let (events_now, bids_now) = (events.delta().await?, bids.delta().await?);
    let place = (derived.as_ref(), &before);
    let new_events = changes::since(events, &events_now, place, ROWS_PER_STEP).await?;
    let new_bids = match target.takes_bids {
        true => changes::since(bids, &bids_now, place, ROWS_PER_STEP).await?,
        false => None,
    };
    if new_events.is_none() && new_bids.is_none() {
        return Ok(Progress::default());
    }
    let _stage = stage::begin(Stage::Derive, target.table.name);
    let mut views = Views::new(deriver.known.clone());
    if let Some(changes) = &new_events {
        views.of_events(changes, &events_now).await?;
    }
    if let Some(changes) = &new_bids {
        views.of_bids(changes, &bids_now, &events_now).await?;
    }
    let changes: Vec<Changes> = [new_events, new_bids].into_iter().flatten().collect();
    let more = changes.iter().any(|changes| changes.more);
    let rows = views.rows(target, &events_now, &bids_now).await?;
    let rows = ask(rows, &target.sql, target.table).await?;
    let replacement = Replacement {
        span: views.span(),
        doomed: views.rows_of_them(),
        known: &deriver.known,
        rows,
        markers: changes.into_iter().map(|changes| changes.marker).collect(),
        kind: Kind::Replace,
    };
    let committed = replace(derived, &before, replacement).await?;
    Ok(Progress {
        committed,
        more: committed && more,
    })
}

/// The page views that a step computes again.
#[derive(Debug)]
struct Views {
    known: KnownKeys,
    ids: HashSet<String>,
    from: Option<i64>,
    to: i64,
}

impl Views {
    fn new(known: KnownKeys) -> Self {
        Self {
            known,
            ids: HashSet::new(),
            from: None,
            to: 0,
        }
    }

    async fn of_events(
        &mut self,
        changes: &Changes,
        events: &DeltaTable,
    ) -> Result<(), TableError> {
        for file in &changes.added {
            let batches = files::read(&RENDER_EVENTS, events, file, &EVENT_KEYS).await?;
            for key in [VIEW_KEY, AUCTION_KEY] {
                self.known.learn(&RENDER_EVENTS, (file, key[0]), &batches);
            }
            for batch in &batches {
                self.take(batch, |_| true);
            }
        }
        Ok(())
    }

    /// The page views of the auctions that new bids belong to.
    async fn of_bids(
        &mut self,
        changes: &Changes,
        bids: &DeltaTable,
        events: &DeltaTable,
    ) -> Result<(), TableError> {
        let mut auctions = HashSet::new();
        let mut span: Option<Span> = None;
        for file in &changes.added {
            let columns = ["event_time", "auction_id"];
            let batches = files::read(&BIDS, bids, file, &columns).await?;
            self.known.learn(&BIDS, (file, AUCTION_KEY[0]), &batches);
            for batch in batches {
                for row in 0..batch.num_rows() {
                    let id = text(&batch, "auction_id", row);
                    let (Some(id), Some(at)) = (id, time(&batch, row)) else {
                        continue;
                    };
                    auctions.insert(id.to_owned());
                    span = Some(span.map_or((at, at), |(a, b)| (a.min(at), b.max(at))));
                }
            }
        }
        let Some((from, to)) = span else {
            return Ok(());
        };
        let span = (from - SLACK_US, to + SLACK_US);
        let of_auctions = Wanted::with_key(AUCTION_KEY, auctions);
        let wanted = (&of_auctions, &self.known);
        let found = load(&RENDER_EVENTS, events, span, &EVENT_KEYS, wanted).await?;
        for batch in found {
            self.take(&batch, |_| true);
        }
        Ok(())
    }

    /// Remembers the page views of the rows and how far back they began.
    fn take(&mut self, batch: &RecordBatch, wanted: impl Fn(usize) -> bool) {
        let elapsed: Option<&Float64Array> = batch
            .column_by_name("elapsed_ms")
            .and_then(|column| column.as_primitive_opt::<Float64Type>());
        for row in (0..batch.num_rows()).filter(|row| wanted(*row)) {
            let id = text(batch, "page_view_id", row);
            let (Some(id), Some(at)) = (id, time(batch, row)) else {
                continue;
            };
            let since = elapsed.filter(|column| column.is_valid(row));
            let began = at.saturating_sub(since.map_or(0, |column| micros(column.value(row))));
            self.from = Some(self.from.map_or(began, |from| from.min(began)));
            self.to = self.to.max(at);
            if !self.ids.contains(id) {
                self.ids.insert(id.to_owned());
            }
        }
    }

    fn rows_of_them(&self) -> Wanted {
        Wanted::with_key(VIEW_KEY, self.ids.clone())
    }

    /// Where all rows of these page views are.
    fn span(&self) -> Span {
        let from = self.from.unwrap_or(self.to);
        (from - SLACK_US, self.to + LONGEST_VIEW_US)
    }

    /// All there is about these page views.
    async fn rows(
        &self,
        target: &Target,
        events: &DeltaTable,
        bids: &DeltaTable,
    ) -> Result<Sources, TableError> {
        let of_views = self.rows_of_them();
        let wanted = (&of_views, &self.known);
        let columns = named(&target.sql, &RENDER_EVENTS);
        let of_events = load(&RENDER_EVENTS, events, self.span(), &columns, wanted).await?;
        if !target.takes_bids {
            return Ok(vec![(&RENDER_EVENTS, of_events)]);
        }
        let mut auctions = HashSet::new();
        for batch in &of_events {
            let ids = (0..batch.num_rows()).filter_map(|row| text(batch, "auction_id", row));
            auctions.extend(ids.map(str::to_owned));
        }
        let of_auctions = Wanted::with_key(AUCTION_KEY, auctions);
        let wanted = (&of_auctions, &self.known);
        let columns = named(&target.sql, &BIDS);
        let of_bids = load(&BIDS, bids, self.span(), &columns, wanted).await?;
        Ok(vec![(&RENDER_EVENTS, of_events), (&BIDS, of_bids)])
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a day before")]
fn micros(millis: f64) -> i64 {
    (millis.clamp(0.0, 86_400_000.0) * 1000.0) as i64
}
