//! How the publisher's own campaigns are delivered: table `house_delivery`.

use crate::declare::stored_columns;
use crate::table::{Source, Table};

/// One row per line item and hour.
pub const HOUSE_DELIVERY: Table = Table {
    name: "house_delivery",
    source: Source::Derived,
    doc: "one line item of the publisher's own in one hour; event_time is the start of the hour",
    time: None,
    sort: &["line_item", "event_time"],
    keep_days: 800,
    columns: COLUMNS,
};

stored_columns! {
    line_item: Text, "the line item: campaign_id of its bids";
    creative_id: Text, "its creative";
    slot: Text, "code of the slot";
    offers: Int, "imps for which it stood in the auction";
    wins: Int, "auctions it won";
    rendered: Int, "creatives rendered in the page";
    viewable: Int, "of those, viewable";
    won_cpm: Float, "sum of its prices per thousand over the wins";
    currency: Text, "ISO 4217 code of won_cpm";
}
