//! One page view in one row: table `page_views`.

use crate::declare::stored_columns;
use crate::table::{Source, Table};

/// One row per page view.
pub const PAGE_VIEWS: Table = Table {
    name: "page_views",
    source: Source::Derived,
    doc: "one page view; event_time is the start of the navigation, received_at the last of its events",
    time: None,
    sort: &["page_type", "device", "event_time"],
    keep_days: 180,
    columns: COLUMNS,
};

stored_columns! {
    page_view_id: Text, "the page view";
    site: Text, "the publisher's name for the site";
    page_type: Text, "the publisher's kind of page";
    variant: Text, "which way of loading ads the page uses";
    page_path: Text, "path of the page, without query";
    device: Text, "mobile or desktop";
    browser: Text, "class of the browser";
    os: Text, "class of the operating system";
    connection: Text, "effective connection type";
    sdk_version: Text, "version of the code that recorded the events";
    events: Int, "events that arrived";
    lost_events: Int, "numbers missing among those of its events";
    auctions: Int, "different auctions in it";
    slots: Int, "slots in it";
    slot_renders: Int, "slot renders, refreshes included";
    filled: Int, "slot renders with a creative";
    viewable: Int, "slot renders that became viewable";
    errors: Int, "events error_raised";
    t_auction_requested: Float, "first auction request, ms since navigation start";
    t_bids_returned: Float, "first answer of an auction, ms";
    t_targeting_set: Float, "first key-values, ms";
    t_ad_server_requested: Float, "first request to the ad server, ms";
    t_first_ad: Float, "first creative, ms";
    t_first_viewable: Float, "first viewable creative, ms";
    earned_cpm: Float, "sum of the rendered creatives' price per thousand";
    currency: Text, "ISO 4217 code of earned_cpm";
}
