//! What happened, in words that the writers and readers of telemetry share.
//!
//! Three programs write events and one stores them, so every name lives here and nowhere else:
//!
//! ```text
//! SDK, demo pages ── ads.render ──┐
//! bid-server ─────── ads.auction ─┼──▶ log-ingest: the table with that tag
//!            ├────── ads.bid ─────┤
//!            └── ads.bid_notice ──┘
//! ```
//!
//! * [`table`]: how a table is described: its tag, its columns, what each column means.
//! * [`render`]: the steps of a page view, in the order in which they happen.
//! * [`auction`] and [`bid`]: what the bid server says about each auction and each bidder call.
//! * [`notice`]: what pages and players report, and SSPs are told, about a bid after its auction.
//! * [`outcome`]: the closed list of ends that a bidder call or a bid can come to.
//! * [`ad_render`], [`page_view`], [`latency`] and [`house`]: what log-ingest derives from those.
//! * [`load`]: what came in, counted; [`quarantine`]: what no other table can hold.
//!
//! A table is declared once, as a list of columns: its schema, the checks at landing, its page in
//! docs/tables.md and the senders' row types are made from that list.
//!
//! The crate does no I/O and, without its `rows` feature, has no dependency, so that the SDK can
//! use the names at no cost in bytes.

pub mod ad_render;
pub mod auction;
pub mod bid;
mod declare;
pub mod house;
pub mod latency;
pub mod load;
pub mod notice;
pub mod outcome;
pub mod page_view;
pub mod quarantine;
pub mod render;
pub mod table;

/// Every table of the lake, in the order in which a reader meets them.
pub const TABLES: &[&table::Table] = &[
    &render::RENDER_EVENTS,
    &ad_render::AD_RENDERS,
    &page_view::PAGE_VIEWS,
    &auction::AUCTIONS,
    &bid::BIDS,
    &notice::BID_NOTICES,
    &house::HOUSE_DELIVERY,
    &latency::LATENCY_HIST,
    &latency::LATENCY_HIST_MINUTE,
    &load::TABLE_LOADS,
    &quarantine::QUARANTINE,
];

/// The table that takes the records of a tag, if one does.
pub fn table_for_tag(tag: &str) -> Option<&'static table::Table> {
    TABLES
        .iter()
        .copied()
        .find(|table| table.tag() == Some(tag))
}

#[cfg(test)]
mod tests;
