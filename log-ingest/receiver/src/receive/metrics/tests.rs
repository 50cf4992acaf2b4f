//! What is counted under which tag.

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::{Input, MAX_TAGS, Reason, ReceiveMetrics};
use crate::receive::tally::{Rejected, Tally};

fn registered(registry: &mut Registry) -> ReceiveMetrics {
    let metrics = ReceiveMetrics::default();
    metrics.register(registry);
    metrics
}

#[test]
fn what_is_refused_is_counted_by_tags_that_are_known() {
    let mut registry = Registry::default();
    let metrics = registered(&mut registry);
    let tally = Tally::of(3);
    metrics.received(Input::Http, "known", &tally, 1);
    for tag in ["known", "made.up"] {
        let rejected = Rejected::of(tag, &tally);
        metrics.refused(Input::Http, Reason::Closing, &rejected);
    }
    metrics.refused(Input::Forward, Reason::Malformed, &Rejected::unread());
    metrics.refused(Input::Forward, Reason::Tls, &Rejected::default());
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
    let metrics = registered(&mut registry);
    for number in 0..MAX_TAGS + 7 {
        metrics.received(Input::Http, &format!("t{number}"), &Tally::of(1), 1);
    }
    let mut page = String::new();
    encode(&mut page, &registry).unwrap();
    let line = "tag_events_total{tag=\"(other)\",outcome=\"accepted\"} 7";
    assert!(page.contains(line), "{page}");
    assert_eq!(page.matches("tag_events_total{").count(), MAX_TAGS + 1);
}
