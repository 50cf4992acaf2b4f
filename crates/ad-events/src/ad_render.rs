//! One slot render with all its steps in one row: table `ad_renders`.

use crate::declare::columns_of_a_page_view;
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

columns_of_a_page_view! {{
    slot: Text, "code of the slot";
    refresh_no: Int, "0 for the slot's first ad, then 1, 2, ...";
    auction_id: Text, "the auction it got its bids from";
} {
    t_loader_started: Float, "when loader_started was, ms since navigation start; empty = not reached";
    t_config_read: Float, "when config_read was, ms since navigation start; empty = not reached";
    t_wasm_fetched: Float, "when wasm_fetched was, ms since navigation start; empty = not reached";
    t_wasm_compiled: Float, "when wasm_compiled was, ms since navigation start; empty = not reached";
    t_sdk_ready: Float, "when sdk_ready was, ms since navigation start; empty = not reached";
    t_auction_requested: Float, "when auction_requested was, ms since navigation start; empty = not reached";
    t_auction_first_byte: Float, "when auction_first_byte was, ms since navigation start; empty = not reached";
    t_auction_last_byte: Float, "when auction_last_byte was, ms since navigation start; empty = not reached";
    t_bids_returned: Float, "when bids_returned was, ms since navigation start; empty = not reached";
    t_auction_timed_out: Float, "when auction_timed_out was, ms since navigation start; empty = not reached";
    t_no_bid: Float, "when no_bid was, ms since navigation start; empty = not reached";
    t_targeting_set: Float, "when targeting_set was, ms since navigation start; empty = not reached";
    t_ad_server_requested: Float, "when ad_server_requested was, ms since navigation start; empty = not reached";
    t_ad_server_responded: Float, "when ad_server_responded was, ms since navigation start; empty = not reached";
    t_slot_empty: Float, "when slot_empty was, ms since navigation start; empty = not reached";
    t_ad_rendered: Float, "when ad_rendered was, ms since navigation start; empty = not reached";
    t_creative_loaded: Float, "when creative_loaded was, ms since navigation start; empty = not reached";
    t_ad_viewable: Float, "when ad_viewable was, ms since navigation start; empty = not reached";
    t_ad_clicked: Float, "when ad_clicked was, ms since navigation start; empty = not reached";
    t_slot_removed: Float, "when slot_removed was, ms since navigation start; empty = not reached";
    d_wait_request: Float, "navigation start until the auction request left, ms; empty for a refresh";
    d_load_sdk: Float, "loader until SDK ready, ms; beside the auction, not after it";
    d_bidding: Float, "auction request until its answer, ms";
    d_first_byte: Float, "auction request until the first byte of its answer: network and bid server; a part of d_bidding, ms";
    d_transfer: Float, "first until last byte of the auction's answer; a part of d_bidding, ms";
    d_hand_over: Float, "last byte of the auction's answer until the page had it as text; a part of d_bidding, ms";
    d_targeting: Float, "answer until the slot's key-values were set, ms";
    d_ad_server_request: Float, "key-values until the ad server was asked, ms";
    d_ad_server: Float, "asking the ad server until its answer, ms";
    d_render: Float, "the last step before it until the creative was there, ms";
    d_creative_load: Float, "creative there until its scripts and images were, ms";
    d_to_viewable: Float, "creative there until viewable, ms";
    d_total: Float, "navigation start, or for a refresh its auction request, until the creative was there, ms";
    slowest_step: Text, "name of the longest of wait_request, bidding, targeting, ad_server_request, ad_server and render";
    last_step: Text, "the last step that was reached";
    filled: Bool, "a creative was rendered";
    viewable: Bool, "the viewability rule was met";
    visible_ms: Float, "time in which enough of the ad was on screen, ms; empty = not told";
    clicks: Int, "clicks into the ad";
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
    first_bid_ms: Float, "how long the first bid of an SSP took, ms";
    slowest_bidder: Text, "bidder that took longest";
    slowest_bidder_ms: Float, "how long it took, ms";
    errors: Int, "events error_raised";
}}
