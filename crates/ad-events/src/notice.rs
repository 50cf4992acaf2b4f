//! What became of a bid after its auction: table `bid_notices`, tag `ads.bid_notice`.

use crate::table::{ATTRS, Column, ColumnType, EVENT_DATE, RECEIVED_AT, Table, sent};

/// Log tag of notice rows.
pub const TAG: &str = "ads.bid_notice";

/// One row per call of `/event`, and one per notice that the bid server sent to an SSP.
pub const BID_NOTICES: Table = Table {
    name: "bid_notices",
    tag: Some(TAG),
    doc: "one notice about a bid after its auction: told to the bid server by a page or player, or sent by it to an SSP",
    columns: COLUMNS,
};

use ColumnType::{Int, Text, Timestamp};

const COLUMNS: &[Column] = &[
    EVENT_DATE,
    RECEIVED_AT,
    sent(
        "started_at",
        Timestamp,
        "when the notice arrived or was sent, server clock",
    ),
    sent(
        "notice",
        Text,
        "win, imp or vast where a page or player told it; nurl, burl or lurl where it was sent to an SSP",
    ),
    sent(
        "vast_event",
        Text,
        "which event of the player, for vast: start, firstQuartile, midPoint, thirdQuartile, complete, tracking",
    ),
    sent(
        "auction_id",
        Text,
        "the OpenRTB request id, where the notice carries it; joins auctions and bids",
    ),
    sent(
        "bid_id",
        Text,
        "the id that the bid server gave the bid (ext.prebid.bidid)",
    ),
    sent("bidder", Text, "the bidder whose bid it was, in lower case"),
    sent("account", Text, "the publisher's account id"),
    sent(
        "auctioned_at",
        Timestamp,
        "when the auction began, as the notice tells it",
    ),
    sent(
        "integration",
        Text,
        "how the page is integrated, as the notice tells it",
    ),
    sent(
        "outcome",
        Text,
        "received; or what became of a sent notice: delivered, refused, failed or not_sent",
    ),
    sent(
        "status",
        Int,
        "HTTP status with which the SSP answered a sent notice",
    ),
    ATTRS,
];

/// A row of `bid_notices`, as the bid server sends it.
#[cfg(feature = "rows")]
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct NoticeRow {
    /// Arrival or sending, milliseconds since the Unix epoch.
    pub started_at: i64,
    /// `win`, `imp`, `vast`, `nurl`, `burl` or `lurl`.
    pub notice: String,
    /// Event of the player.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vast_event: Option<String>,
    /// The OpenRTB request id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auction_id: Option<String>,
    /// The bid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_id: Option<String>,
    /// Whose bid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidder: Option<String>,
    /// The publisher's account id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Begin of the auction, milliseconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auctioned_at: Option<i64>,
    /// How the page is integrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// `received`, `delivered`, `refused`, `failed` or `not_sent`.
    pub outcome: String,
    /// HTTP status of a sent notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}
