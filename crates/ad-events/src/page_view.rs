//! One page view in one row: table `page_views`.

use crate::declare::columns_of_a_page_view;
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

/// The columns in which the tables of page views and slot renders say what kind of page it was; each
/// is one of `render_events` too.
pub const OF_THE_PAGE: &[&str] = &[
    "site",
    "page_type",
    "variant",
    "page_path",
    "device",
    "browser",
    "os",
    "connection",
    "viewport_width",
    "viewport_height",
    "sample_rate",
    "sdk_version",
];

columns_of_a_page_view! {{
} {
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
    clicks: Int, "clicks into ads";
    visible_ms: Float, "sum of the ads' time on screen, ms";
    fcp_ms: Float, "first contentful paint, ms since navigation start";
    lcp_ms: Float, "largest contentful paint, ms since navigation start";
    inp_ms: Float, "interaction to next paint, ms";
    cls: Float, "cumulative layout shift, a score";
    cls_ad_share: Float, "share of cls that ads caused, 0 to 1";
    long_tasks_ms: Float, "time in long tasks, ms";
    long_tasks_ad_share: Float, "share of long_tasks_ms that ads caused, 0 to 1";
    earned_cpm: Float, "sum of the rendered creatives' price per thousand";
    currency: Text, "ISO 4217 code of earned_cpm";
}}
