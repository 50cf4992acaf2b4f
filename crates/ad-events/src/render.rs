//! The steps of a page view, as the browser saw them: table `render_events`, tag `ads.render`.

#[cfg(feature = "rows")]
use crate::declare::Words;
use crate::declare::sent_columns;
use crate::table::{Source, Table};

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
    /// The loader had read the page config, and consent where it waits for that.
    ConfigRead,
    /// The last byte of the SDK's module was there.
    WasmFetched,
    /// The browser had compiled it.
    WasmCompiled,
    /// The SDK took over from the loader.
    SdkReady,
    /// The auction request left the page.
    AuctionRequested,
    /// The first byte of the auction's answer reached the browser.
    AuctionFirstByte,
    /// The last byte of the auction's answer reached the browser.
    AuctionLastByte,
    /// The auction's answer was in the page, as text.
    BidsReturned,
    /// The answer has no bid for the slot.
    NoBid,
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
    /// The frame that the creative is in fired its load event: scripts and images of its document are there.
    CreativeLoaded,
    /// The viewability rule was met.
    AdViewable,
    /// The ad's time on screen so far, in `visible_ms`; the row with the largest `seq` of an ad counts.
    AdSeen,
    /// The visitor clicked into the ad.
    AdClicked,
    /// The page took the slot away.
    SlotRemoved,
    /// A figure of the whole page is known: `metric`, `value`, `ad_share`; the row with the largest `seq` of a metric counts.
    VitalMeasured,
    /// Something of ours failed; `reason` says what.
    ErrorRaised,
}

impl Step {
    /// All steps, in the order in which a page view meets them.
    pub const ALL: [Self; 24] = [
        Self::PageStarted,
        Self::LoaderStarted,
        Self::ConfigRead,
        Self::AuctionRequested,
        Self::WasmFetched,
        Self::WasmCompiled,
        Self::SdkReady,
        Self::AuctionFirstByte,
        Self::AuctionLastByte,
        Self::BidsReturned,
        Self::NoBid,
        Self::AuctionTimedOut,
        Self::TargetingSet,
        Self::AdServerRequested,
        Self::AdServerResponded,
        Self::SlotEmpty,
        Self::AdRendered,
        Self::CreativeLoaded,
        Self::AdViewable,
        Self::AdSeen,
        Self::AdClicked,
        Self::SlotRemoved,
        Self::VitalMeasured,
        Self::ErrorRaised,
    ];

    /// The value of the `event` column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PageStarted => "page_started",
            Self::LoaderStarted => "loader_started",
            Self::ConfigRead => "config_read",
            Self::WasmFetched => "wasm_fetched",
            Self::WasmCompiled => "wasm_compiled",
            Self::SdkReady => "sdk_ready",
            Self::AuctionRequested => "auction_requested",
            Self::AuctionFirstByte => "auction_first_byte",
            Self::AuctionLastByte => "auction_last_byte",
            Self::BidsReturned => "bids_returned",
            Self::NoBid => "no_bid",
            Self::AuctionTimedOut => "auction_timed_out",
            Self::TargetingSet => "targeting_set",
            Self::AdServerRequested => "ad_server_requested",
            Self::AdServerResponded => "ad_server_responded",
            Self::SlotEmpty => "slot_empty",
            Self::AdRendered => "ad_rendered",
            Self::CreativeLoaded => "creative_loaded",
            Self::AdViewable => "ad_viewable",
            Self::AdSeen => "ad_seen",
            Self::AdClicked => "ad_clicked",
            Self::SlotRemoved => "slot_removed",
            Self::VitalMeasured => "vital_measured",
            Self::ErrorRaised => "error_raised",
        }
    }
}

/// One row per step.
pub const RENDER_EVENTS: Table = Table {
    name: "render_events",
    source: Source::Tag(TAG),
    doc: "one step of a page view, or of one slot in it, as the browser saw it",
    time: Some("client_time"),
    sort: &["event", "event_time"],
    keep_days: 30,
    columns: COLUMNS,
};

sent_columns! {
    /// A row of `render_events`, as a page sends it.
    RenderEventRow {
        event_id: Text as Option<Words<'a>>, "page_view_id and seq; the same event sent twice has the same id and is stored once";
        schema_version: Int as Option<u32>, "version of the record's layout; empty means 1";
        seq: Int as Option<u32>, "number of the event in its page view, from 0; a gap is a lost event";
        page_view_id: Text as Words<'a>, "the page view: 32 hexadecimal digits made by the loader";
        auction_id: Text as Option<Words<'a>>, "the auction the step belongs to; joins auctions and bids";
        event: Text as Words<'a>, "the step";
        elapsed_ms: Float as f64, "milliseconds since navigation start, monotonic clock of the browser";
        client_time: Timestamp as Option<i64>, "wall clock of the browser at the step; may be wrong, use elapsed_ms for durations";
        sent_at: Timestamp as Option<i64>, "wall clock of the browser when the batch left; received_at minus this is how wrong the clock is";
        site: Text as Option<Words<'a>>, "the publisher's name for the site";
        page_type: Text as Option<Words<'a>>, "home, recipe, search: the publisher's kind of page";
        variant: Text as Option<Words<'a>>, "which way of loading ads the page uses";
        page_path: Text as Option<Words<'a>>, "path of the page, without query";
        slot: Text as Option<Words<'a>>, "code of the slot; the imp_id of its auction; empty for steps of the whole page";
        refresh_no: Int as Option<u32>, "0 for the slot's first ad, then 1, 2, ...";
        bidder: Text as Option<Words<'a>>, "bidder whose creative it is, in lower case";
        cpm: Float as Option<f64>, "price per thousand that the publisher earns for the creative, in currency";
        currency: Text as Option<Words<'a>>, "ISO 4217 code of cpm";
        creative_size: Text as Option<Words<'a>>, "width x height of the creative in CSS pixels, such as 300x250";
        source: Text as Option<Words<'a>>, "who sold the creative: header_bidding, network or house";
        reason: Text as Option<Words<'a>>, "why, for slot_empty, auction_timed_out and error_raised";
        visible_ms: Float as Option<f64>, "for ad_seen: milliseconds so far in which enough of the ad for the viewability rule was on screen, in a visible tab";
        metric: Text as Option<Words<'a>>, "for vital_measured: fcp, lcp, cls, inp or long_tasks";
        value: Float as Option<f64>, "for vital_measured: milliseconds; for cls the score";
        ad_share: Float as Option<f64>, "for cls and long_tasks: share of value that ads caused, 0 to 1; empty where the browser does not tell";
        viewport_width: Int as Option<u32>, "width of the viewport in CSS pixels when the page was loaded";
        viewport_height: Int as Option<u32>, "height of the viewport in CSS pixels when the page was loaded";
        device: Text as Option<Words<'a>>, "mobile or desktop, by the width of the viewport";
        browser: Text as Option<Words<'a>>, "class of the browser: chrome, safari, firefox, edge, samsung or other; never the whole user agent";
        os: Text as Option<Words<'a>>, "class of the operating system: android, ios, windows, macos, linux or other";
        connection: Text as Option<Words<'a>>, "effective connection type where the browser tells it, such as 4g";
        sdk_version: Text as Option<Words<'a>>, "version of the code that recorded the event";
        sample_rate: Float as Option<f64>, "share of page views that are recorded; each stands for 1 / sample_rate; empty means 1";
    }
}
