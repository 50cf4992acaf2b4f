//! Batches as log-ingest will get them.

use super::{Creative, Event, FULL_BYTES, PageView, Report};
use crate::units::{Cpm, Elapsed};
use ad_events::render::Step;

fn report(path: &str) -> Report {
    let view = PageView {
        id: "ab".to_owned(),
        began_at: 1_700_000_000_000,
        path: path.to_owned(),
        browser: concat!(
            r#""device":"desktop","browser":"chrome","os":"linux","sample_rate":0.5,"#,
            r#""viewport_width":1000,"viewport_height":800,"schema_version":1"#
        )
        .to_owned(),
    };
    Report::new(view, ["recipes", "home", "early"])
}

fn add(report: &mut Report, event: &Event<'_>) -> Option<String> {
    let record = report.record(event);
    report.add(&record)
}

#[test]
fn a_record_has_the_columns_of_the_table() {
    let mut report = report("/early/");
    let creative = Creative {
        bidder: Some("delta".to_owned()),
        cpm: Some(Cpm(2_000_000)),
        currency: Some("USD".to_owned()),
        size: Some("728x90".to_owned()),
        source: "header_bidding",
    };
    add(
        &mut report,
        &Event {
            slot: Some(("div-top", 1)),
            auction_id: Some("cd"),
            creative: Some(&creative),
            fields: r#""visible_ms":1.5,"metric":"cls","value":0.1,"ad_share":0.5"#,
            ..Event::page(Step::AdRendered, Elapsed(1_234_560))
        },
    );
    let batch = report.take().unwrap();
    assert_eq!(
        batch.replace(env!("CARGO_PKG_VERSION"), "V"),
        concat!(
            r#"[{"event_id":"ab-0","seq":0,"event":"ad_rendered","elapsed_ms":1234.56,"client_time":1700000001234,"#,
            r#""page_view_id":"ab","site":"recipes","page_type":"home","variant":"early","page_path":"/early/","#,
            r#""sdk_version":"V","device":"desktop","browser":"chrome","os":"linux","sample_rate":0.5,"viewport_width":1000,"viewport_height":800,"schema_version":1,"auction_id":"cd","slot":"div-top","refresh_no":1,"#,
            r#""bidder":"delta","currency":"USD","creative_size":"728x90","source":"header_bidding","cpm":2,"visible_ms":1.5,"metric":"cls","value":0.1,"ad_share":0.5}]"#
        )
    );
    for column in ad_events::render::RENDER_EVENTS.columns {
        let sent_elsewhere = ["sent_at", "connection", "reason"];
        if column.filled_by == ad_events::table::FilledBy::Store {
            continue;
        }
        assert!(
            batch.contains(column.name) || sent_elsewhere.contains(&column.name),
            "{}",
            column.name
        );
    }
}

#[test]
fn leaves_when_twenty_have_come_together() {
    let mut report = report("/");
    let mut sent = Vec::new();
    for _ in 0..45 {
        sent.extend(add(&mut report, &Event::page(Step::SdkReady, Elapsed(0))));
    }
    sent.extend(report.take());
    let counts: Vec<_> = sent
        .iter()
        .map(|batch| batch.matches("event_id").count())
        .collect();
    assert_eq!(counts, [20, 20, 5]);
    assert_eq!(report.take(), None);
    assert!(
        sent.iter()
            .all(|batch| batch.starts_with("[{") && batch.ends_with("}]"))
    );
}

#[test]
fn stays_below_the_limit_of_a_page_that_goes_away() {
    let long = "ü".repeat(100_000);
    let mut report = report(&long);
    let mut sent = Vec::new();
    for _ in 0..100 {
        let event = Event {
            reason: Some(&long),
            ..Event::page(Step::ErrorRaised, Elapsed(0))
        };
        sent.extend(add(&mut report, &event));
    }
    sent.extend(report.take());
    assert!(sent.iter().all(|batch| batch.len() <= FULL_BYTES));
    assert_eq!(
        sent.iter()
            .map(|batch| batch.matches("event_id").count())
            .sum::<usize>(),
        100
    );
}

#[test]
fn numbers_leave_no_gap() {
    let mut report = report("/");
    for _ in 0..3 {
        add(&mut report, &Event::page(Step::SdkReady, Elapsed(0)));
        assert_eq!(report.is_fresh(), report.next == 1);
    }
    let batch = report.take().unwrap();
    for id in ["\"ab-0\"", "\"ab-1\"", "\"ab-2\""] {
        assert!(batch.contains(id));
    }
}

#[test]
fn another_page_view_counts_from_the_start() {
    let mut report = report("/");
    add(&mut report, &Event::page(Step::SdkReady, Elapsed(0)));
    report.take();
    report.begin("cd", 7, "/next");
    add(&mut report, &Event::page(Step::PageStarted, Elapsed(0)));
    let batch = report.take().unwrap();
    assert!(
        batch.starts_with(r#"[{"event_id":"cd-0","seq":0,"#),
        "{batch}"
    );
    assert!(batch.contains(r#""client_time":7,"page_view_id":"cd","site":"recipes""#));
    assert!(batch.contains(r#""page_path":"/next""#));
}

#[test]
fn types_and_documents_name_every_step() {
    let types = include_str!("../../js/index.d.ts");
    let document = include_str!("../../../docs/sdk/telemetry.md");
    for step in Step::ALL {
        let name = step.name();
        assert!(types.contains(&format!("| '{name}'")), "{name}");
        assert!(document.contains(&format!("`{name}`")), "{name}");
    }
}
