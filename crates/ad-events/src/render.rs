//! The steps of a page view, as the browser saw them: table `render_events`, tag `ads.render`.

use crate::table::{ATTRS, Column, ColumnType, EVENT_DATE, RECEIVED_AT, Table, sent};

/// Log tag of render events; also the path of the HTTP input that takes the browser's batches.
pub const TAG: &str = "ads.render";

/// One step of a page view or of a slot in it.
///
/// Every variant of a page reports the same steps under the same definitions, whoever records them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Navigation began; always at 0 ms, so that a view counts even if nothing else happens.
    PageStarted,
    /// The first of our code in `<head>` ran.
    LoaderStarted,
    /// The SDK took over from the loader.
    SdkReady,
    /// The auction request left the page.
    AuctionRequested,
    /// The auction's answer was in the page, as text.
    BidsReturned,
    /// No answer came within the time that the page allows.
    AuctionTimedOut,
    /// The slot's key-values were set.
    TargetingSet,
    /// The ad server was asked for the slot.
    AdServerRequested,
    /// The ad server's answer for the slot was in.
    AdServerResponded,
    /// Nothing to show in the slot.
    SlotEmpty,
    /// The creative's content was loaded in its frame.
    AdRendered,
    /// The viewability rule was met.
    AdViewable,
    /// Something of ours failed; `reason` says what.
    ErrorRaised,
}

impl Step {
    /// All steps, in the order in which a page view meets them.
    pub const ALL: [Self; 13] = [
        Self::PageStarted,
        Self::LoaderStarted,
        Self::SdkReady,
        Self::AuctionRequested,
        Self::BidsReturned,
        Self::AuctionTimedOut,
        Self::TargetingSet,
        Self::AdServerRequested,
        Self::AdServerResponded,
        Self::SlotEmpty,
        Self::AdRendered,
        Self::AdViewable,
        Self::ErrorRaised,
    ];

    /// The value of the `event` column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PageStarted => "page_started",
            Self::LoaderStarted => "loader_started",
            Self::SdkReady => "sdk_ready",
            Self::AuctionRequested => "auction_requested",
            Self::BidsReturned => "bids_returned",
            Self::AuctionTimedOut => "auction_timed_out",
            Self::TargetingSet => "targeting_set",
            Self::AdServerRequested => "ad_server_requested",
            Self::AdServerResponded => "ad_server_responded",
            Self::SlotEmpty => "slot_empty",
            Self::AdRendered => "ad_rendered",
            Self::AdViewable => "ad_viewable",
            Self::ErrorRaised => "error_raised",
        }
    }
}

/// One row per step.
pub const RENDER_EVENTS: Table = Table {
    name: "render_events",
    tag: Some(TAG),
    doc: "one step of a page view, or of one slot in it, as the browser saw it",
    columns: COLUMNS,
};

use ColumnType::{Float, Int, Text, Timestamp};

const COLUMNS: &[Column] = &[
    EVENT_DATE,
    RECEIVED_AT,
    sent(
        "event_id",
        Text,
        "page_view_id and seq; the same event sent twice has the same id",
    ),
    sent(
        "seq",
        Int,
        "number of the event in its page view, from 0; a gap is a lost event",
    ),
    sent(
        "page_view_id",
        Text,
        "the page view: 32 hexadecimal digits made by the loader",
    ),
    sent(
        "auction_id",
        Text,
        "the auction the step belongs to; joins auctions and bids",
    ),
    sent("event", Text, "the step"),
    sent(
        "elapsed_ms",
        Float,
        "milliseconds since navigation start, monotonic clock of the browser",
    ),
    sent(
        "client_time",
        Timestamp,
        "wall clock of the browser; may be wrong, use elapsed_ms for durations",
    ),
    sent("site", Text, "the publisher's name for the site"),
    sent(
        "page_type",
        Text,
        "home, recipe, search: the publisher's kind of page",
    ),
    sent("variant", Text, "which way of loading ads the page uses"),
    sent("page_path", Text, "path of the page, without query"),
    sent(
        "slot",
        Text,
        "code of the slot; the imp_id of its auction; empty for steps of the whole page",
    ),
    sent(
        "refresh_no",
        Int,
        "0 for the slot's first ad, then 1, 2, ...",
    ),
    sent("bidder", Text, "bidder whose creative it is, in lower case"),
    sent(
        "cpm",
        Float,
        "price per thousand that the publisher earns for the creative, in currency",
    ),
    sent("currency", Text, "ISO 4217 code of cpm"),
    sent(
        "creative_size",
        Text,
        "width x height of the creative in CSS pixels, such as 300x250",
    ),
    sent(
        "source",
        Text,
        "who sold the creative: header_bidding, network or house",
    ),
    sent(
        "reason",
        Text,
        "why, for slot_empty, auction_timed_out and error_raised",
    ),
    sent(
        "device",
        Text,
        "mobile or desktop, by the width of the viewport",
    ),
    sent(
        "connection",
        Text,
        "effective connection type where the browser tells it, such as 4g",
    ),
    sent(
        "sdk_version",
        Text,
        "version of the code that recorded the event",
    ),
    ATTRS,
];
