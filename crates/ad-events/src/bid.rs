//! What one bidder did with one imp: table `bids`, tag `ads.bid`.

use crate::table::{ATTRS, Column, ColumnType, EVENT_DATE, RECEIVED_AT, Table, sent};

/// Log tag of bid rows.
pub const TAG: &str = "ads.bid";

/// One row per bid, and one per imp that a bidder was offered and gave no bid for.
pub const BIDS: Table = Table {
    name: "bids",
    tag: Some(TAG),
    doc: "one bid of a bidder, or one imp that it was offered and gave no bid for",
    columns: COLUMNS,
};

use ColumnType::{Float, Int, Text, Timestamp};

const COLUMNS: &[Column] = &[
    EVENT_DATE,
    RECEIVED_AT,
    sent(
        "auction_id",
        Text,
        "the OpenRTB request id; joins auctions and render_events",
    ),
    sent(
        "page_view_id",
        Text,
        "the page view that asked, where the caller names it",
    ),
    sent(
        "started_at",
        Timestamp,
        "when the call to the bidder began, server clock",
    ),
    sent("imp_id", Text, "the imp, which is the slot's code"),
    sent(
        "bidder",
        Text,
        "the bidder asked, in lower case; house for the publisher's own campaigns",
    ),
    sent("seat", Text, "the buyer's seat in the answer"),
    sent("bid_id", Text, "the bidder's id of the bid"),
    sent("outcome", Text, "how it ended, one name of a closed list"),
    sent(
        "non_bid_reason",
        Int,
        "the field's number for that end; empty for a bid that took part",
    ),
    sent(
        "latency_ms",
        Float,
        "from the call's start to the bidder's whole answer, or to giving up",
    ),
    sent(
        "cpm",
        Float,
        "price per thousand in currency, after conversion",
    ),
    sent("currency", Text, "ISO 4217 code of the auction"),
    sent("price_bucket", Text, "the value of hb_pb"),
    sent("floor", Float, "the floor the bid had to meet, in currency"),
    sent(
        "creative_size",
        Text,
        "width x height of the creative, such as 300x250",
    ),
    sent("creative_id", Text, "the bidder's creative id"),
    sent("deal_id", Text, "the deal the bid belongs to"),
    ATTRS,
];

/// A row of `bids`, as the bid server sends it.
#[cfg(feature = "rows")]
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BidRow {
    /// The OpenRTB request id.
    pub auction_id: String,
    /// The page view that asked, where the caller names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_view_id: Option<String>,
    /// Start of the call, milliseconds since the Unix epoch.
    pub started_at: i64,
    /// The imp.
    pub imp_id: String,
    /// The bidder asked.
    pub bidder: String,
    /// The buyer's seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat: Option<String>,
    /// The bidder's id of the bid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_id: Option<String>,
    /// Name of the [`crate::outcome::BidOutcome`].
    pub outcome: String,
    /// Its number, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_bid_reason: Option<u16>,
    /// Duration of the call, milliseconds.
    pub latency_ms: f64,
    /// Price per thousand. A figure for statistics: no money is computed from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpm: Option<f64>,
    /// ISO 4217 code of the auction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The value of `hb_pb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_bucket: Option<String>,
    /// The floor the bid had to meet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<f64>,
    /// Width x height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creative_size: Option<String>,
    /// The bidder's creative id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creative_id: Option<String>,
    /// The deal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal_id: Option<String>,
}
