//! The documentation lists exactly the metrics that there are.

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::{Metrics, Reason, Receiver};

#[test]
fn every_metric_and_label_is_in_the_documentation() {
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    metrics.received(Receiver::Forward, 1, 1);
    metrics.dropped(Reason::Damaged, 1);
    metrics.refused(Receiver::Http, Reason::Malformed);
    metrics.connection_refused(Receiver::Forward);
    let _connection = metrics.connection_opened(Receiver::Http);
    let mut page = String::new();
    encode(&mut page, &registry).unwrap();
    let documentation = include_str!("../../../../docs/forward-protocol.md");
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
