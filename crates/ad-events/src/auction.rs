//! One auction, as the bid server saw it: table `auctions`, tag `ads.auction`.

use crate::table::{ATTRS, Column, ColumnType, EVENT_DATE, RECEIVED_AT, Table, sent};

/// Log tag of auction rows.
pub const TAG: &str = "ads.auction";

/// One row per auction.
pub const AUCTIONS: Table = Table {
    name: "auctions",
    tag: Some(TAG),
    doc: "one auction over all imps of a request, as the bid server saw it",
    columns: COLUMNS,
};

use ColumnType::{Float, Int, Text, Timestamp};

const COLUMNS: &[Column] = &[
    EVENT_DATE,
    RECEIVED_AT,
    sent(
        "auction_id",
        Text,
        "the OpenRTB request id; joins render_events and bids",
    ),
    sent(
        "page_view_id",
        Text,
        "the page view that asked, where the caller names it",
    ),
    sent(
        "started_at",
        Timestamp,
        "when the request had arrived, server clock",
    ),
    sent("account", Text, "the publisher's account id"),
    sent(
        "channel",
        Text,
        "who asked: earlybid, pbjs, amp or the name that the request gives",
    ),
    sent("page_domain", Text, "domain of the page"),
    sent("page_path", Text, "path of the page, without query"),
    sent("imps", Int, "imps offered"),
    sent("bidders", Int, "bidders asked"),
    sent("bids", Int, "bids that passed all checks"),
    sent("imps_won", Int, "imps that have a winner"),
    sent("tmax_ms", Int, "the time allowed for the auction"),
    sent(
        "duration_ms",
        Float,
        "from the request's arrival to the answer's start",
    ),
    sent(
        "winning_cpm",
        Float,
        "sum of the winners' prices per thousand, in currency",
    ),
    sent("currency", Text, "ISO 4217 code of the auction"),
    sent("outcome", Text, "won, no_bids, no_bidders or cut_off"),
    ATTRS,
];

/// A row of `auctions`, as the bid server sends it.
#[cfg(feature = "rows")]
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AuctionRow {
    /// The OpenRTB request id.
    pub auction_id: String,
    /// The page view that asked, where the caller names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_view_id: Option<String>,
    /// Arrival of the request, milliseconds since the Unix epoch.
    pub started_at: i64,
    /// The publisher's account id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Domain of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_domain: Option<String>,
    /// Path of the page, without query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_path: Option<String>,
    /// Imps offered.
    pub imps: u32,
    /// Bidders asked.
    pub bidders: u32,
    /// Bids that passed all checks.
    pub bids: u32,
    /// Imps that have a winner.
    pub imps_won: u32,
    /// The time allowed, milliseconds.
    pub tmax_ms: u32,
    /// From arrival to the answer's start, milliseconds.
    pub duration_ms: f64,
    /// Sum of the winners' cpm. A figure for statistics: no money is computed from it.
    pub winning_cpm: f64,
    /// ISO 4217 code.
    pub currency: String,
    /// Name of the [`crate::outcome::AuctionOutcome`].
    pub outcome: String,
}
