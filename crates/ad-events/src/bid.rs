//! What one bidder did with one imp: table `bids`, tag `ads.bid`.

use crate::declare::sent_columns;
use crate::table::{Source, Table};

/// Log tag of bid rows.
pub const TAG: &str = "ads.bid";

/// One row per bid, and one per imp that a bidder was offered and gave no bid for.
pub const BIDS: Table = Table {
    name: "bids",
    source: Source::Tag(TAG),
    doc: "one bid of a bidder, or one imp that it was offered and gave no bid for",
    time: Some("started_at"),
    sort: &["bidder", "event_time"],
    keep_days: 180,
    columns: COLUMNS,
};

sent_columns! {
    /// A row of `bids`, as the bid server sends it. Prices in it are for statistics: no money is
    /// computed from them.
    BidRow {
        event_id: Text as String, "auction_id, time and number of the row; the same row sent twice has the same id and is stored once";
        schema_version: Int as Option<u32>, "version of the record's layout; empty means 1";
        auction_id: Text as String, "the OpenRTB request id; joins auctions and render_events";
        page_view_id: Text as Option<String>, "the page view that asked, where the caller names it";
        started_at: Timestamp as i64, "when the call to the bidder began, server clock";
        imp_id: Text as String, "the imp, which is the slot's code";
        bidder: Text as String, "the bidder asked, in lower case; house for the publisher's own campaigns";
        seat: Text as Option<String>, "the buyer's seat in the answer";
        bid_id: Text as Option<String>, "the bidder's id of the bid";
        outcome: Text as String, "how it ended, one name of a closed list";
        non_bid_reason: Int as Option<u16>, "the field's number for that end; empty for a bid that took part";
        latency_ms: Float as f64, "from the call's start to the bidder's whole answer, or to giving up";
        cpm: Float as Option<f64>, "price per thousand in currency, after conversion";
        currency: Text as Option<String>, "ISO 4217 code of the auction";
        price_bucket: Text as Option<String>, "the value of hb_pb";
        floor: Float as Option<f64>, "the floor the bid had to meet, in currency";
        creative_size: Text as Option<String>, "width x height of the creative, such as 300x250";
        creative_id: Text as Option<String>, "the bidder's creative id";
        campaign_id: Text as Option<String>, "the bidder's campaign id; for bidder house the line item";
        deal_id: Text as Option<String>, "the deal the bid belongs to";
    }
}
