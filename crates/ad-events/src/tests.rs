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
        let first: Vec<_> = table.columns.iter().take(3).map(|c| c.name).collect();
        assert_eq!(
            first,
            ["event_date", "event_time", "received_at"],
            "{}",
            table.name
        );
        for name in table.sort.iter().chain(&table.time) {
            assert!(table.column(name).is_some(), "{}.{name}", table.name);
        }
    }
}

#[test]
fn every_step_of_a_slot_is_a_column_of_the_wide_table() {
    // Steps of the whole page, or that come several times for a slot, where a figure in another column is what counts.
    let without = [
        Step::PageStarted,
        Step::AdSeen,
        Step::VitalMeasured,
        Step::ErrorRaised,
    ];
    for step in Step::ALL.iter().filter(|step| !without.contains(step)) {
        let name = format!("t_{}", step.name());
        assert!(
            crate::ad_render::AD_RENDERS.column(&name).is_some(),
            "{name}"
        );
    }
}

#[test]
fn what_is_told_of_the_page_is_in_all_its_tables() {
    use crate::{ad_render, page_view, render};
    for name in page_view::OF_THE_PAGE {
        for table in [
            render::RENDER_EVENTS,
            ad_render::AD_RENDERS,
            page_view::PAGE_VIEWS,
        ] {
            assert!(table.column(name).is_some(), "{}.{name}", table.name);
        }
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
    use crate::{auction, bid, notice, render};
    check_row::<render::RenderEventRow<'_>>(&render::RENDER_EVENTS);
    check_row::<auction::AuctionRow<'_>>(&auction::AUCTIONS);
    check_row::<bid::BidRow<'_>>(&bid::BIDS);
    check_row::<notice::NoticeRow<'_>>(&notice::BID_NOTICES);
}

/// A record with every field of the table comes back from the row type as it was.
#[cfg(feature = "rows")]
fn check_row<Row: serde::Serialize + serde::de::DeserializeOwned>(table: &Table) {
    use crate::table::ColumnType;
    let sent = table
        .columns
        .iter()
        .filter(|column| column.filled_by == FilledBy::Sender);
    let record: serde_json::Map<_, _> = sent
        .map(|column| {
            let value = match column.kind {
                ColumnType::Float => serde_json::json!(1.5),
                ColumnType::Int | ColumnType::Timestamp => serde_json::json!(7),
                ColumnType::Bool => serde_json::json!(true),
                ColumnType::Text | ColumnType::Date | ColumnType::Json => serde_json::json!("x"),
            };
            (column.name.to_owned(), value)
        })
        .collect();
    let record = serde_json::Value::Object(record);
    let row: Row = serde_json::from_value(record.clone()).unwrap();
    assert_eq!(serde_json::to_value(row).unwrap(), record, "{}", table.name);
}

#[cfg(feature = "rows")]
#[test]
fn empty_fields_are_left_out_of_a_record() {
    let row = serde_json::to_value(crate::render::RenderEventRow::default()).unwrap();
    let names: Vec<_> = row.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["page_view_id", "event", "elapsed_ms"]);
}

#[test]
fn the_document_names_every_outcome_with_its_number() {
    let document = include_str!("../../../docs/outcomes.md");
    for outcome in BidOutcome::ALL {
        let number = outcome.non_bid_reason();
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        let row = format!("| `{}` | {number} |", outcome.name());
        assert!(document.contains(&row), "{row}");
    }
    for outcome in crate::outcome::AuctionOutcome::ALL {
        let row = format!("| `{}` | ", outcome.name());
        assert!(document.contains(&row), "{row}");
    }
}
