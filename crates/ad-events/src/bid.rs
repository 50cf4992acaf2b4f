//! What one bidder did with one imp: table `bids`, tag `ads.bid`.

#[cfg(feature = "rows")]
use crate::declare::Words;
use crate::declare::sent_columns;
use crate::table::{Source, Table};

/// Log tag of bid rows.
pub const TAG: &str = "ads.bid";

/// One row per bid, one per imp that a bidder was offered and gave no bid for, and one per imp that was left out.
pub const BIDS: Table = Table {
    name: "bids",
    source: Source::Tag(TAG),
    doc: "one bid of a bidder, one imp that it was offered and gave no bid for, or one imp that was left out of the auction",
    time: Some("started_at"),
    sort: &["bidder", "event_time"],
    keep_days: 180,
    columns: COLUMNS,
};

sent_columns! {
    /// A row of `bids`, as the bid server sends it. Prices in it are for statistics: no money is
    /// computed from them.
    BidRow {
        event_id: Text as Words<'a>, "auction_id, time and number of the row; the same row sent twice has the same id and is stored once";
        schema_version: Int as Option<u32>, "version of the record's layout; empty means 1";
        auction_id: Text as Words<'a>, "the OpenRTB request id; joins auctions and render_events";
        page_view_id: Text as Option<Words<'a>>, "the page view that asked, where the caller names it";
        started_at: Timestamp as i64, "when the call to the bidder began, or for an imp left out the auction, server clock";
        imp_id: Text as Words<'a>, "the imp, which is the slot's code";
        bidder: Text as Option<Words<'a>>, "the bidder asked, in lower case; house for the publisher's campaigns; empty for imps left out";
        seat: Text as Option<Words<'a>>, "the buyer's seat in the answer";
        bid_id: Text as Option<Words<'a>>, "the bidder's id of the bid";
        outcome: Text as Words<'a>, "how it ended, one name of a closed list";
        non_bid_reason: Int as Option<u16>, "the field's number for that end; empty for a bid that took part";
        latency_ms: Float as Option<f64>, "from the call's start to the bidder's whole answer, or to giving up";
        cpm: Float as Option<f64>, "price per thousand in currency, after conversion";
        currency: Text as Option<Words<'a>>, "ISO 4217 code of the auction";
        price_bucket: Text as Option<Words<'a>>, "the value of hb_pb";
        floor: Float as Option<f64>, "the floor the bid had to meet, in currency";
        creative_size: Text as Option<Words<'a>>, "width x height of the creative, such as 300x250";
        creative_id: Text as Option<Words<'a>>, "the bidder's creative id";
        campaign_id: Text as Option<Words<'a>>, "the bidder's campaign id; for bidder house the line item";
        deal_id: Text as Option<Words<'a>>, "the deal the bid belongs to";
    }
}
