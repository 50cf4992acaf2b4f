//! [`Rows`]: encoded rows that wait for log-ingest.

use ad_events::notice::NoticeRow;
use forward_protocol::{EventTime, PackedEntries};
use serde::Serialize;

/// Rows by tag. They are encoded where they are made, so that waiting rows are as small as sent ones.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    auctions: PackedEntries,
    bids: PackedEntries,
    notices: PackedEntries,
}

impl Rows {
    /// No rows yet, with room for an auction with this many rows about bids.
    pub(super) fn of_auction(bids: usize) -> Self {
        Self {
            auctions: PackedEntries::with_capacity(USUAL_ROW),
            bids: PackedEntries::with_capacity(bids * USUAL_ROW),
            notices: PackedEntries::new(),
        }
    }

    /// A row about a notice.
    pub(crate) fn of_notice(row: &NoticeRow<'_>) -> Self {
        let mut rows = Self::default();
        push(&mut rows.notices, row.started_at, row);
        rows
    }

    /// Adds a row about an auction; `started_at` is in milliseconds since the Unix epoch.
    pub(super) fn auction(&mut self, started_at: i64, row: &impl Serialize) {
        push(&mut self.auctions, started_at, row);
    }

    /// Adds a row about a bid; `started_at` is in milliseconds since the Unix epoch.
    pub(super) fn bid(&mut self, started_at: i64, row: &impl Serialize) {
        push(&mut self.bids, started_at, row);
    }

    /// Appends other rows to these.
    pub(super) fn append(&mut self, other: &Self) {
        self.auctions.append(&other.auctions);
        self.bids.append(&other.bids);
        self.notices.append(&other.notices);
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> usize {
        let counts = self.by_tag().map(|(_, entries)| entries.count());
        counts
            .into_iter()
            .map(|count| usize::try_from(count).unwrap_or(usize::MAX))
            .sum()
    }

    /// Roughly how much memory they take.
    pub(super) fn bytes(&self) -> usize {
        let texts = self.by_tag().map(|(_, entries)| entries.as_bytes().len());
        size_of::<Self>() + texts.iter().sum::<usize>()
    }

    /// The rows of each kind, with the tag under which they are sent.
    pub(super) fn by_tag(&self) -> [(&'static str, &PackedEntries); 3] {
        [
            (ad_events::auction::TAG, &self.auctions),
            (ad_events::bid::TAG, &self.bids),
            (ad_events::notice::TAG, &self.notices),
        ]
    }
}

/// Bytes of a row, on the generous side.
const USUAL_ROW: usize = 448;

fn push(entries: &mut PackedEntries, started_at: i64, row: &impl Serialize) {
    let time = EventTime::from_micros(started_at.saturating_mul(1000));
    // Rows are declared as flat structs, so this should not happen.
    if let Err(error) = entries.push_row(time, row) {
        tracing::error!(%error, "a row cannot be encoded");
    }
}
