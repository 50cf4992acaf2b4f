//! `ad_renders` and `page_views`: everything about a slot render, and about a page view, in one row.

use std::collections::{HashMap, HashSet};

use ad_events::ad_render::AD_RENDERS;
use ad_events::bid::BIDS;
use ad_events::page_view::{OF_THE_PAGE, PAGE_VIEWS};
use ad_events::render::RENDER_EVENTS;
use ad_events::table::Table;
use deltalake::arrow::array::RecordBatch;
use futures_util::TryStreamExt as _;

use super::aside::SetAside;
use super::changes::{self, Changes, Remaining};
use super::isolate::{Separable, run_isolated};
use super::page_view_set::{AUCTION_KEY, Newest, PageViewSet, VIEW_KEY};
use super::replace::{Replacement, replace};
use super::rows::{Sources, load, named, selected, text};
use super::{Deriver, Progress};
use crate::stage::{self, Stage};
use crate::table::commit::ChangeKind;
use crate::table::files::RowSelection;
use crate::table::{TableError, files};

/// A table with one row, or a few, for each page view.
#[derive(Debug)]
pub(super) struct WideTable {
    table: &'static Table,
    sql: String,
    /// Whether bids are a source of it, besides events.
    takes_bids: bool,
}

impl WideTable {
    pub(super) fn table(&self) -> &'static Table {
        self.table
    }
}

pub(super) fn targets() -> [WideTable; 2] {
    [
        WideTable {
            table: &AD_RENDERS,
            sql: with_the_page(include_str!("ad_renders.sql")),
            takes_bids: true,
        },
        WideTable {
            table: &PAGE_VIEWS,
            sql: with_the_page(include_str!("page_views.sql")),
            takes_bids: false,
        },
    ]
}

/// Puts the columns that say what kind of page it was into the places that are left for them:
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

/// New rows of a step, and the rest of their commit; what comes after is left to the next step. All rows of their page views
/// are in memory at once, with the columns that are needed. A full segment brings more, so a step takes one of them at a time.
const ROWS_PER_STEP: u64 = 30_000;

/// Events of one page view that are put together. A page reports some dozens for each ad; what sends more is not a page, and
/// all of its rows would have to be in memory again for each new one.
const MOST_EVENTS: usize = 50_000;

/// Derives what the next changes of the sources touch.
pub(super) async fn step(deriver: &Deriver, target: &WideTable) -> Result<Progress, TableError> {
    // The target first: whoever changes it from here on makes our commit fail.
    let before = deriver.newest(target.table.name).await?;
    let now = Newest {
        events: deriver.newest(RENDER_EVENTS.name).await?,
        bids: deriver.newest(BIDS.name).await?,
    };
    let new_events = changes::since(&now.events, &before, ROWS_PER_STEP).await?;
    let new_bids = match target.takes_bids {
        true => changes::since(&now.bids, &before, ROWS_PER_STEP).await?,
        false => None,
    };
    if new_events.is_none() && new_bids.is_none() {
        return Ok(Progress::Nothing);
    }
    let _stage = stage::begin(Stage::Derive, Some(target.table.name));
    let mut page_views = PageViewSet::new(target.table, deriver);
    page_views
        .take_changes(new_events.as_ref(), new_bids.as_ref(), &now)
        .await?;
    let changes: Vec<Changes> = [new_events, new_bids].into_iter().flatten().collect();
    let remaining = Remaining::after(&changes);
    let mut aside = SetAside::default();
    let loaded = load_rows(&mut page_views, target, &now, &mut aside).await?;
    let derived = run_isolated(&loaded, loaded.all(), &target.sql, target.table).await?;
    page_views.leave_out(&derived.aside);
    aside.add(derived.aside, derived.reason);
    let replacement = Replacement {
        spans: page_views.spans(),
        replaced: page_views.selection(),
        known: &deriver.known,
        rows: derived.rows,
        markers: changes.into_iter().map(|changes| changes.marker).collect(),
        kind: ChangeKind::Replace,
    };
    let committed = replace(&before, replacement).await?;
    if committed {
        deriver.left_out.add(target.table, &aside.keys);
        aside.report(deriver, target.table).await;
    }
    Ok(Progress::of(committed, remaining))
}

/// All there is about page views.
struct LoadedPageViews {
    events: Vec<RecordBatch>,
    /// For a table that takes bids.
    bids: Option<Vec<RecordBatch>>,
}

/// Reads them. Page views with too many events are left out and set aside.
async fn load_rows(
    page_views: &mut PageViewSet,
    target: &WideTable,
    now: &Newest,
    aside: &mut SetAside,
) -> Result<LoadedPageViews, TableError> {
    let columns = named(&target.sql, &RENDER_EVENTS);
    let mut events = Vec::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let spans = page_views.spans();
    let mut wanted = page_views.selection();
    for file in now.events.files()? {
        let known = page_views.known();
        if !spans.touch(&file) || !known.may_have(&now.events, &file, &wanted).await? {
            continue;
        }
        let what = (&file, columns.as_slice());
        let source = &now.events.delta;
        let opened = files::pieces(&RENDER_EVENTS, source, what, Some(&wanted)).await;
        let Some(mut pieces) = now.events.unless_bad(opened).await? else {
            continue;
        };
        // Of a file that breaks off, what came before is used.
        while let Some(Some(piece)) = now.events.unless_bad(pieces.try_next().await).await? {
            let overfull = count(&piece, &mut counts);
            events.push(piece);
            if !overfull.is_empty() {
                page_views.leave_out(&overfull);
                aside.add(overfull, Some(format!("more than {MOST_EVENTS} events")));
                wanted = page_views.selection();
            }
            if !aside.keys.is_empty() {
                events = selected(&events, &wanted, RENDER_EVENTS.name)?;
                events.retain(|piece| piece.num_rows() > 0);
            }
        }
    }
    let bids = match target.takes_bids {
        false => None,
        true => {
            let of_auctions = RowSelection::with_key(AUCTION_KEY, auctions(&events));
            let wanted = (&of_auctions, page_views.known());
            let columns = named(&target.sql, &BIDS);
            Some(load(&now.bids, &spans, &columns, wanted).await?)
        }
    };
    Ok(LoadedPageViews { events, bids })
}

/// Counts the rows of each page view; returns those that have just become too many.
fn count(piece: &RecordBatch, counts: &mut HashMap<String, usize>) -> Vec<String> {
    let mut overfull = Vec::new();
    for row in 0..piece.num_rows() {
        let Some(id) = text(piece, VIEW_KEY[0], row) else {
            continue;
        };
        match counts.get_mut(id) {
            Some(count) => {
                *count += 1;
                if *count == MOST_EVENTS + 1 {
                    overfull.push(id.to_owned());
                }
            }
            None => {
                counts.insert(id.to_owned(), 1);
            }
        }
    }
    overfull
}

fn auctions(events: &[RecordBatch]) -> HashSet<String> {
    let of_piece = events.iter().flat_map(|piece| {
        let ids = (0..piece.num_rows()).filter_map(|row| text(piece, AUCTION_KEY[0], row));
        ids.map(str::to_owned)
    });
    of_piece.collect()
}

impl LoadedPageViews {
    fn all(&self) -> Sources {
        sources(self.events.clone(), self.bids.clone())
    }
}

impl Separable for LoadedPageViews {
    type Key = String;

    fn keys(&self) -> Vec<String> {
        let ids = self.events.iter().flat_map(|piece| {
            let ids = (0..piece.num_rows()).filter_map(|row| text(piece, VIEW_KEY[0], row));
            ids.map(str::to_owned)
        });
        let ids: HashSet<String> = ids.collect();
        ids.into_iter().collect()
    }

    fn part(&self, keys: &HashSet<String>) -> Result<Sources, TableError> {
        let of_views = RowSelection::with_key(VIEW_KEY, keys.clone());
        let events = selected(&self.events, &of_views, RENDER_EVENTS.name)?;
        let Some(bids) = &self.bids else {
            return Ok(sources(events, None));
        };
        let of_auctions = RowSelection::with_key(AUCTION_KEY, auctions(&events));
        let bids = selected(bids, &of_auctions, BIDS.name)?;
        Ok(sources(events, Some(bids)))
    }
}

fn sources(events: Vec<RecordBatch>, bids: Option<Vec<RecordBatch>>) -> Sources {
    let events: Sources = vec![(&RENDER_EVENTS, events)];
    let bids = bids.map(|bids| (&BIDS, bids));
    events.into_iter().chain(bids).collect()
}
