//! What became of a bid after its auction: table `bid_notices`, tag `ads.bid_notice`.

#[cfg(feature = "rows")]
use crate::declare::Words;
use crate::declare::sent_columns;
use crate::table::{Source, Table};

/// Log tag of notice rows.
pub const TAG: &str = "ads.bid_notice";

/// One row per call of `/event`, and one per notice that the bid server sent to an SSP.
pub const BID_NOTICES: Table = Table {
    name: "bid_notices",
    source: Source::Tag(TAG),
    doc: "one notice about a bid after its auction: told to the bid server by a page or player, or sent by it to an SSP",
    time: Some("started_at"),
    sort: &["event_time"],
    keep_days: 180,
    columns: COLUMNS,
};

sent_columns! {
    /// A row of `bid_notices`, as the bid server sends it.
    NoticeRow {
        started_at: Timestamp as i64, "when the notice arrived or was sent, server clock";
        notice: Text as Words<'a>, "win, imp or vast where a page or player told it; nurl, burl or lurl where it was sent to an SSP";
        vast_event: Text as Option<Words<'a>>, "which event of the player, for vast: start, firstQuartile, midPoint, thirdQuartile, complete, tracking";
        auction_id: Text as Option<Words<'a>>, "the OpenRTB request id, where the notice carries it; joins auctions and bids";
        bid_id: Text as Option<Words<'a>>, "the id that the bid server gave the bid (ext.prebid.bidid)";
        bidder: Text as Option<Words<'a>>, "the bidder whose bid it was, in lower case";
        account: Text as Option<Words<'a>>, "the publisher's account id";
        auctioned_at: Timestamp as Option<i64>, "when the auction began, as the notice tells it";
        integration: Text as Option<Words<'a>>, "how the page is integrated, as the notice tells it";
        outcome: Text as Words<'a>, "received; or what became of a sent notice: delivered, refused, failed or not_sent";
        status: Int as Option<u16>, "HTTP status with which the SSP answered a sent notice";
    }
}
