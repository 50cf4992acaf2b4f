//! The descriptions agree with each other and with the rows.

use std::collections::HashSet;

use crate::outcome::BidOutcome;
use crate::render::Step;
use crate::table::{FilledBy, Table};
use crate::{TABLES, table_for_tag};

#[test]
fn columns_are_named_once_and_documented() {
    for table in TABLES {
        let mut seen = HashSet::new();
        for column in table.columns {
            assert!(
                seen.insert(column.name),
                "{}.{} twice",
                table.name,
                column.name
            );
            assert!(!column.doc.is_empty(), "{}.{}", table.name, column.name);
        }
        let first: Vec<_> = table.columns.iter().take(2).map(|c| c.name).collect();
        assert_eq!(first, ["event_date", "received_at"], "{}", table.name);
    }
}

#[test]
fn each_tag_leads_to_its_table() {
    assert_eq!(
        table_for_tag("ads.render").map(|t| t.name),
        Some("render_events")
    );
    assert_eq!(
        table_for_tag("ads.auction").map(|t| t.name),
        Some("auctions")
    );
    assert_eq!(table_for_tag("ads.bid").map(|t| t.name), Some("bids"));
    assert_eq!(
        table_for_tag("ads.bid_notice").map(|t| t.name),
        Some("bid_notices")
    );
    assert!(table_for_tag("ads").is_none());
}

#[test]
fn names_of_steps_and_outcomes_are_distinct() {
    let steps: HashSet<_> = Step::ALL.iter().map(|step| step.name()).collect();
    assert_eq!(steps.len(), Step::ALL.len());
    let outcomes: HashSet<_> = BidOutcome::ALL.iter().map(|o| o.name()).collect();
    assert_eq!(outcomes.len(), BidOutcome::ALL.len());
}

#[cfg(feature = "rows")]
#[test]
fn rows_have_the_columns_of_their_tables() {
    let bid = crate::bid::BidRow {
        page_view_id: Some(String::new()),
        seat: Some(String::new()),
        bid_id: Some(String::new()),
        non_bid_reason: Some(0),
        cpm: Some(0.0),
        currency: Some(String::new()),
        price_bucket: Some(String::new()),
        floor: Some(0.0),
        creative_size: Some(String::new()),
        creative_id: Some(String::new()),
        deal_id: Some(String::new()),
        ..Default::default()
    };
    check_row(&crate::bid::BIDS, &serde_json::to_value(bid).unwrap());

    let notice = crate::notice::NoticeRow {
        vast_event: Some(String::new()),
        auction_id: Some(String::new()),
        bid_id: Some(String::new()),
        bidder: Some(String::new()),
        account: Some(String::new()),
        auctioned_at: Some(0),
        integration: Some(String::new()),
        status: Some(0),
        ..Default::default()
    };
    check_row(
        &crate::notice::BID_NOTICES,
        &serde_json::to_value(notice).unwrap(),
    );

    let auction = crate::auction::AuctionRow {
        auction_id: String::new(),
        page_view_id: Some(String::new()),
        started_at: 0,
        account: Some(String::new()),
        channel: Some(String::new()),
        page_domain: Some(String::new()),
        page_path: Some(String::new()),
        imps: 0,
        bidders: 0,
        bids: 0,
        imps_won: 0,
        tmax_ms: 0,
        duration_ms: 0.0,
        winning_cpm: 0.0,
        currency: String::new(),
        outcome: String::new(),
    };
    check_row(
        &crate::auction::AUCTIONS,
        &serde_json::to_value(auction).unwrap(),
    );
}

#[cfg(feature = "rows")]
fn check_row(table: &Table, row: &serde_json::Value) {
    let sent: HashSet<_> = row
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected: HashSet<_> = table
        .columns
        .iter()
        .filter(|column| column.filled_by == FilledBy::Sender)
        .map(|column| column.name)
        .collect();
    assert_eq!(sent, expected, "{}", table.name);
}
