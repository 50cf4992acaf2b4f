//! [`Chunk`]: a forward message that is ready to be sent, as often as it takes.

use forward_protocol::encode::packed_forward;
use forward_protocol::{EventTime, PackedEntries};
use serde::Serialize;
use serde_json::Value;

use super::report::Rows;
use crate::clock;

/// Encoded once; its id stays the same over all attempts.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) id: String,
    pub(super) message: Vec<u8>,
}

/// One chunk per tag.
pub(super) fn chunks(rows: &[Rows]) -> Vec<Chunk> {
    let mut auctions = PackedEntries::new();
    let mut bids = PackedEntries::new();
    let mut notices = PackedEntries::new();
    for rows in rows {
        match rows {
            Rows::Auction(report) => {
                push(&mut auctions, report.auction.started_at, &report.auction);
                for bid in &report.bids {
                    push(&mut bids, bid.started_at, bid);
                }
            }
            Rows::Notice(notice) => push(&mut notices, notice.started_at, notice),
        }
    }
    [
        (ad_events::auction::TAG, auctions),
        (ad_events::bid::TAG, bids),
        (ad_events::notice::TAG, notices),
    ]
    .into_iter()
    .filter(|(_, entries)| !entries.is_empty())
    .map(|(tag, entries)| {
        let id = clock::new_id();
        Chunk {
            message: packed_forward(tag, &entries, Some(&id)),
            id,
        }
    })
    .collect()
}

fn push(entries: &mut PackedEntries, started_at: i64, row: &impl Serialize) {
    // Rows are flat structs of text and numbers; they always become a map.
    if let Ok(Value::Object(record)) = serde_json::to_value(row) {
        entries.push(
            EventTime::from_micros(started_at.saturating_mul(1000)),
            &record,
        );
    }
}
