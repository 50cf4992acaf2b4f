//! What is stored of a message and read back, depending on what its sender may do.

use std::ops::ControlFlow;

use bytes::Bytes;
use forward_protocol::{EventTime, Limits, PackedEntries, encode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CheckedMessage, Terms, check_now};
use crate::buffer::{Keying, encode_record};
use crate::read::read_segment;
use crate::record::Record;
use crate::tag_pattern::TagSet;

fn check(tag: &str, denied: &str) -> CheckedMessage {
    let mut entries = PackedEntries::new();
    for cpm in [1, 2] {
        let record = json!({ "cpm": cpm });
        entries.push(
            EventTime::from_micros(7_000_000),
            record.as_object().unwrap(),
        );
    }
    let frame = encode::packed_forward(tag, &entries, Some("c"));
    let terms = Terms {
        received_at_us: 5,
        limits: Limits::default(),
        keying: Keying::new(Uuid::nil()),
        json: false,
        denied: TagSet::check("k", &[denied.to_owned()]).unwrap(),
    };
    match check_now(Bytes::from(frame), &terms) {
        Ok(ControlFlow::Continue(checked)) => checked,
        other => panic!("{other:?}"),
    }
}

fn landed(checked: &CheckedMessage) -> Vec<Record> {
    let (mut bytes, mut records) = (Vec::new(), Vec::new());
    encode_record(&mut bytes, &checked.payload);
    let survey = read_segment(&bytes, |_| false, &mut |event| {
        records.push(event.record(&mut 0)?);
        Ok(ControlFlow::Continue(()))
    });
    assert_eq!(survey.unwrap().damaged, 0);
    records
}

#[test]
fn events_under_a_tag_that_the_sender_may_not_use_are_no_rows_of_it() {
    let checked = check("ads.bid", "ads.bid");
    assert_eq!(checked.ack.as_deref(), Some(&b"\x81\xa3ack\xa1c"[..]));
    let faults: Vec<_> = checked.tally.faults().collect();
    assert_eq!((checked.tally.events, faults), (0, vec![("denied_tag", 2)]));
    let records = landed(&checked);
    let texts: Vec<Option<&str>> = records
        .iter()
        .map(|record| record.fields.get("text").and_then(Value::as_str))
        .collect();
    assert_eq!(texts, [Some("{\"cpm\":1}"), Some("{\"cpm\":2}")]);
    assert!(
        records
            .iter()
            .all(|record| (record.fault, record.tag.as_str()) == (Some("denied_tag"), "ads.bid"))
    );
}

#[test]
fn other_tags_of_the_same_sender_are_events() {
    let checked = check("ads.render", "ads.bid");
    assert_eq!((checked.tally.events, checked.tally.fault_count()), (2, 0));
    assert!(landed(&checked).iter().all(|record| record.fault.is_none()));
}
