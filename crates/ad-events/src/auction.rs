//! One auction, as the bid server saw it: table `auctions`, tag `ads.auction`.

#[cfg(feature = "rows")]
use crate::declare::Words;
use crate::declare::sent_columns;
use crate::table::{Source, Table};

/// Log tag of auction rows.
pub const TAG: &str = "ads.auction";

/// One row per auction.
pub const AUCTIONS: Table = Table {
    name: "auctions",
    source: Source::Tag(TAG),
    doc: "one auction over all imps of a request, as the bid server saw it",
    time: Some("started_at"),
    sort: &["event_time"],
    keep_days: 180,
    columns: COLUMNS,
};

sent_columns! {
    /// A row of `auctions`, as the bid server sends it. Prices in it are for statistics: no money
    /// is computed from them.
    AuctionRow {
        event_id: Text as Words<'a>, "auction_id and time; the same row sent twice has the same id and is stored once";
        schema_version: Int as Option<u32>, "version of the record's layout; empty means 1";
        auction_id: Text as Words<'a>, "the OpenRTB request id; joins render_events and bids";
        page_view_id: Text as Option<Words<'a>>, "the page view that asked, where the caller names it";
        started_at: Timestamp as i64, "when the request had arrived, server clock";
        account: Text as Option<Words<'a>>, "the publisher's account id";
        channel: Text as Option<Words<'a>>, "who asked: earlybid, pbjs, amp or the name that the request gives";
        page_domain: Text as Option<Words<'a>>, "domain of the page";
        page_path: Text as Option<Words<'a>>, "path of the page, without query";
        imps: Int as u32, "imps offered";
        bidders: Int as u32, "bidders asked";
        bids: Int as u32, "bids that passed all checks";
        imps_won: Int as u32, "imps that have a winner";
        tmax_ms: Int as u32, "the time allowed for the auction";
        duration_ms: Float as f64, "from the request's arrival to the answer's start";
        winning_cpm: Float as f64, "sum of the winners' prices per thousand, in currency";
        currency: Text as Words<'a>, "ISO 4217 code of the auction";
        outcome: Text as Words<'a>, "won, no_bids, no_bidders or cut_off";
    }
}
