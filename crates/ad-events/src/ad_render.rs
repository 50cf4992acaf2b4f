//! One slot render with all its steps in one row: table `ad_renders`.

use crate::declare::stored_columns;
use crate::table::{Source, Table};

/// One row per slot render.
pub const AD_RENDERS: Table = Table {
    name: "ad_renders",
    source: Source::Derived,
    doc: "one slot of one page view, once more for each refresh, with every step and duration; event_time is the start of the navigation or, for a refresh, its first step; received_at is that of its last event",
    time: None,
    sort: &["page_type", "device", "slot", "event_time"],
    keep_days: 180,
    columns: COLUMNS,
};

stored_columns! {
    page_view_id: Text, "the page view";
    slot: Text, "code of the slot";
    refresh_no: Int, "0 for the slot's first ad, then 1, 2, ...";
    auction_id: Text, "the auction it got its bids from";
    site: Text, "the publisher's name for the site";
    page_type: Text, "the publisher's kind of page";
    variant: Text, "which way of loading ads the page uses";
    page_path: Text, "path of the page, without query";
    device: Text, "mobile or desktop";
    browser: Text, "class of the browser";
    os: Text, "class of the operating system";
    connection: Text, "effective connection type";
    sdk_version: Text, "version of the code that recorded the events";
    t_loader_started: Float, "when loader_started was, ms since navigation start; empty = not reached";
    t_sdk_ready: Float, "when sdk_ready was, ms since navigation start; empty = not reached";
    t_auction_requested: Float, "when auction_requested was, ms since navigation start; empty = not reached";
    t_bids_returned: Float, "when bids_returned was, ms since navigation start; empty = not reached";
    t_auction_timed_out: Float, "when auction_timed_out was, ms since navigation start; empty = not reached";
    t_targeting_set: Float, "when targeting_set was, ms since navigation start; empty = not reached";
    t_ad_server_requested: Float, "when ad_server_requested was, ms since navigation start; empty = not reached";
    t_ad_server_responded: Float, "when ad_server_responded was, ms since navigation start; empty = not reached";
    t_slot_empty: Float, "when slot_empty was, ms since navigation start; empty = not reached";
    t_ad_rendered: Float, "when ad_rendered was, ms since navigation start; empty = not reached";
    t_ad_viewable: Float, "when ad_viewable was, ms since navigation start; empty = not reached";
    d_wait_request: Float, "navigation start until the auction request left, ms; empty for a refresh";
    d_load_sdk: Float, "loader until SDK ready, ms; beside the auction, not after it";
    d_bidding: Float, "auction request until its answer, ms";
    d_targeting: Float, "answer until the slot's key-values were set, ms";
    d_ad_server_request: Float, "key-values until the ad server was asked, ms";
    d_ad_server: Float, "asking the ad server until its answer, ms";
    d_render: Float, "the last step before it until the creative was there, ms";
    d_to_viewable: Float, "creative there until viewable, ms";
    d_total: Float, "navigation start, or for a refresh its auction request, until the creative was there, ms";
    slowest_step: Text, "name of the longest of wait_request, bidding, targeting, ad_server_request, ad_server and render";
    last_step: Text, "the last step that was reached";
    filled: Bool, "a creative was rendered";
    viewable: Bool, "the viewability rule was met";
    failed: Bool, "something of ours failed in the slot";
    reason: Text, "why it is empty, late or failed";
    bidder: Text, "whose creative was rendered";
    cpm: Float, "price per thousand of the rendered creative, in currency";
    currency: Text, "ISO 4217 code of cpm";
    creative_size: Text, "width x height of the creative";
    source: Text, "who sold the creative: header_bidding, network or house";
    winner: Text, "bidder that won the auction for the slot on the server";
    win_cpm: Float, "its price per thousand";
    bidders: Int, "bidders that were offered the slot";
    bidder_timeouts: Int, "those that gave no answer in time";
    slowest_bidder: Text, "bidder that took longest";
    slowest_bidder_ms: Float, "how long it took, ms";
    errors: Int, "events error_raised";
}
