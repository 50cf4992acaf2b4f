//! Parts are cut by tag and size, the same every time, and hold what came in.

use forward_protocol::{EventTime, PackedEntries};
use serde_json::{Map, json};

use super::{Cut, Format, Packer, Part};

use crate::read::{Event, EventBody, Posted};
use crate::tag_pattern::Pattern;

fn cut(patterns: &[&str], format: Format, part_bytes: usize) -> Cut {
    Cut {
        patterns: patterns
            .iter()
            .map(|text| Pattern::parse(text).unwrap())
            .collect(),
        format,
        part_bytes,
    }
}

fn lines() -> Format {
    Format::Lines {
        time_key: Some("time".to_owned()),
    }
}

/// Posted events, received at 1 s, 2 s, …
fn pack(cut: &Cut, events: &[(&str, &str)]) -> Vec<Part> {
    let (mut packer, extra, mut parts) = (Packer::new(cut), Map::new(), Vec::new());
    for (number, (tag, record)) in (1..).zip(events) {
        let event = Event {
            index: 0,
            tag,
            received_at_us: number * 1_000_000,
            body: EventBody::Posted(Posted {
                record: record.as_bytes(),
                msgpack: false,
                given: None,
                extra: &extra,
            }),
        };
        if packer.wants(&event) {
            parts.extend(packer.add(&event).unwrap());
        }
    }
    parts.extend(std::iter::from_fn(|| packer.rest()));
    parts
}

fn summary(part: &Part) -> (u64, &str, u32, i64, &str) {
    let text = std::str::from_utf8(&part.bytes).unwrap();
    (part.number, &part.tag, part.events, part.first_us, text)
}

#[test]
fn lines_of_each_wanted_tag_with_the_time() {
    let cut = cut(&["a.*", "b"], lines(), 1000);
    let parts = pack(
        &cut,
        &[
            ("a.x", r#"{"n":1,"time":1700000000.123456}"#),
            ("c", r#"{"n":2}"#),
            ("b", r#"{"n":3}"#),
            ("a.x", r#"{"n":4,"time":"noon"}"#),
        ],
    );
    let summaries: Vec<_> = parts.iter().map(summary).collect();
    assert_eq!(
        summaries,
        [
            (
                0,
                "a.x",
                2,
                1_000_000,
                "{\"n\":1,\"time\":1700000000.123456}\n{\"n\":4,\"time\":\"noon\"}\n"
            ),
            (1, "b", 1, 3_000_000, "{\"n\":3,\"time\":3.0}\n"),
        ]
    );
}

#[test]
fn a_part_ends_with_the_event_that_fills_it_and_many_tags_do_not_pile_up() {
    let cut = cut(&["**"], lines(), 50);
    let record = r#"{"n":1,"time":1}"#;
    let full = pack(&cut, &[("a", record); 8]);
    assert_eq!(
        full.iter().map(|part| part.events).collect::<Vec<_>>(),
        [3, 3, 2]
    );
    let tags = ["a", "b", "c", "d", "e", "f", "a"];
    let parts = pack(&cut, &tags.map(|tag| (tag, record)));
    let events: u32 = parts.iter().map(|part| part.events).sum();
    assert_eq!((events, parts.len()), (7, 6), "{parts:?}");
}

#[test]
fn entries_are_passed_on_byte_for_byte() {
    let cut = cut(&["**"], Format::Entries, 1000);
    let mut packer = Packer::new(&cut);
    let time = EventTime {
        seconds: 7,
        nanoseconds: 1,
    };
    // Bytes that are not text, and a key that is not text.
    let record = b"\x82\xc4\x01\xff\xc4\x02\xfe\xff\x01\xa1\xff";
    for time in [Some(time), None] {
        let event = Event {
            index: 0,
            tag: "t",
            received_at_us: 9_000_000,
            body: EventBody::Entry { time, record },
        };
        assert!(packer.wants(&event));
        assert_eq!(packer.add(&event), Ok(None));
    }
    let mut expected = PackedEntries::new();
    expected.push_encoded(time, record);
    expected.push_encoded(EventTime::from_micros(9_000_000), record);
    assert_eq!(packer.rest().unwrap().bytes, expected.as_bytes());
    let posted = pack(&cut, &[("t", r#"{"n":1,"time":3.5}"#)]);
    let mut expected = PackedEntries::new();
    let fields = json!({"n": 1});
    expected.push(
        EventTime::from_micros(3_500_000),
        fields.as_object().unwrap(),
    );
    assert_eq!(posted.first().unwrap().bytes, expected.as_bytes());
}

#[test]
fn faults_stay_here_and_settings_change_the_shape() {
    let cut = cut(&["**"], Format::Entries, 1000);
    let event = Event {
        index: 0,
        tag: "t",
        received_at_us: 1,
        body: EventBody::Fault {
            code: "c",
            error: "e",
            bytes: b"",
        },
    };
    assert!(!Packer::new(&cut).wants(&event));
    let other = Cut {
        part_bytes: 1001,
        ..cut.clone()
    };
    let again = self::cut(&["**"], Format::Entries, 1000);
    assert_eq!(cut.shape(), again.shape());
    assert_ne!(cut.shape(), other.shape());
}
