//! The documentation lists exactly the metrics that exist.

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::Metrics;
use crate::buffer::DamagedPart;
use crate::land::Loss;
use crate::receive::{Input, Reason, Rejected, Tally};

#[test]
fn every_metric_and_label_is_in_the_documentation() {
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    let mut tally = Tally::of(1);
    tally.fault("bad_tag");
    metrics.receive.received(Input::Forward, "t", &tally, 1);
    metrics.receive.repeated(Input::Forward, "t", &tally);
    metrics.buffer.damaged(DamagedPart::File, 1);
    metrics.land.dropped(Loss::Damaged, 1);
    metrics
        .receive
        .refused(Input::Http, Reason::Malformed, &Rejected::unread());
    metrics.receive.connection_refused(Input::Forward);
    let _connection = metrics.receive.connection_opened(Input::Http);
    let outputs = metrics.outputs;
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
