//! The documentation lists exactly the metrics that there are.

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::{MAX_TAGS, Metrics, Reason, Receiver};
use crate::tally::{Rejected, Tally};

#[test]
fn every_metric_and_label_is_in_the_documentation() {
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    let mut tally = Tally::of(1);
    tally.fault("bad_tag");
    metrics.received(Receiver::Forward, "t", &tally, 1);
    metrics.repeated(Receiver::Forward, "t", &tally);
    metrics.dropped(Reason::Damaged, 1);
    metrics.refused(Receiver::Http, Reason::Malformed, &Rejected::unread());
    metrics.connection_refused(Receiver::Forward);
    let _connection = metrics.connection_opened(Receiver::Http);
    let outputs = metrics.outputs();
    outputs.sent("o", 1);
    outputs.taken("o", 1, 1);
    outputs.failed("o");
    outputs.dropped("o", 1);
    outputs.lag("o", 1, 1);
    let mut page = String::new();
    encode(&mut page, &registry).unwrap();
    let documentation = [
        include_str!("../../../../docs/forward-protocol.md"),
        include_str!("../../../../docs/outputs.md"),
    ]
    .concat();
    let mut names = 0;
    for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        let suffix = if kind == "counter" { "_total" } else { "" };
        assert!(
            documentation.contains(&format!("`{name}{suffix}")),
            "{name}{suffix}"
        );
        names += 1;
    }
    assert_eq!(documentation.matches("| `log_ingest_").count(), names);
}

#[test]
fn what_is_refused_is_counted_by_tags_that_are_known() {
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    let tally = Tally::of(3);
    metrics.received(Receiver::Http, "known", &tally, 1);
    for tag in ["known", "made.up"] {
        let rejected = Rejected::of(tag, &tally);
        metrics.refused(Receiver::Http, Reason::Closing, &rejected);
    }
    metrics.refused(Receiver::Forward, Reason::Malformed, &Rejected::unread());
    metrics.refused(Receiver::Forward, Reason::Tls, &Rejected::default());
    let mut page = String::new();
    encode(&mut page, &registry).unwrap();
    let counts = [("known", 3), ("(other)", 3), ("(unknown)", 1)];
    for (tag, count) in counts {
        let line = format!("tag_events_total{{tag=\"{tag}\",outcome=\"rejected\"}} {count}");
        assert!(page.contains(&line), "{page}");
    }
}

#[test]
fn made_up_tags_are_counted_together() {
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    for number in 0..MAX_TAGS + 7 {
        metrics.received(Receiver::Http, &format!("t{number}"), &Tally::of(1), 1);
    }
    let mut page = String::new();
    encode(&mut page, &registry).unwrap();
    let line = "log_ingest_tag_events_total{tag=\"(other)\",outcome=\"accepted\"} 7";
    assert!(page.contains(line), "{page}");
    assert_eq!(
        page.matches("log_ingest_tag_events_total{").count(),
        MAX_TAGS + 1
    );
}
