//! Every event ends in exactly one counted outcome: what was sent, what the metrics say and what SQL
//! counts are the same numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use forward_protocol::encode;
use serde_json::{Map, Value, json};
use system_tests::forward_sender::{ForwardSender, entries};
use system_tests::stack::{Plan, Stack};
use system_tests::wait;

/// Messages of each input.
const MESSAGES: u64 = 30;
/// Records in a message.
const RECORDS: u64 = 12;

/// What becomes of a record that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Good,
    OfAnotherTable,
    Repeated,
    ImpossibleTime,
    WrongType,
    Unusable,
    NoEvent,
}

const KINDS: [Kind; 7] = [
    Kind::Good,
    Kind::OfAnotherTable,
    Kind::Repeated,
    Kind::ImpossibleTime,
    Kind::WrongType,
    Kind::Unusable,
    Kind::NoEvent,
];

/// How often each kind was sent, and what else there was.
#[derive(Debug, Default)]
struct Sent {
    kinds: BTreeMap<Kind, u64>,
    unknown_tags: u64,
    chunks_again: u64,
    refused: u64,
}

impl Sent {
    fn of(&self, kind: Kind) -> u64 {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }

    fn count(&mut self, kind: Kind) {
        *self.kinds.entry(kind).or_default() += 1;
    }

    fn all(&self) -> u64 {
        self.kinds.values().sum::<u64>() + self.unknown_tags
    }
}

fn render(kind: Kind, number: u64) -> Value {
    let id = format!("e{number}");
    match kind {
        Kind::Repeated => json!({ "event_id": "again", "event": "sdk_ready" }),
        Kind::ImpossibleTime => {
            json!({ "event_id": id, "event": "sdk_ready", "client_time": 1_000 })
        }
        Kind::WrongType => json!({ "event_id": id, "event": "sdk_ready", "elapsed_ms": [1] }),
        Kind::Unusable => json!({ "of": "nobody", "number": number }),
        Kind::NoEvent => json!(number),
        Kind::Good | Kind::OfAnotherTable => json!({ "event_id": id, "event": "sdk_ready" }),
    }
}

/// The kind of each record follows from its number: all come, in a changing order.
fn kind(number: u64) -> Kind {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    KINDS[usize::try_from(mixed % 7).unwrap()]
}

async fn send_all(stack: &Stack) -> Sent {
    let mut sent = Sent::default();
    let address = stack.log().unwrap().address("forward");
    let mut forward = ForwardSender::connect(address).await.unwrap();
    for message in 0..MESSAGES {
        let first = message * 2 * RECORDS;
        send_over_http(stack, first..first + RECORDS, &mut sent).await;
        let records = entries_from(first + RECORDS..first + 2 * RECORDS, &mut sent);
        let chunk = format!("chunk-{message}");
        let bytes = encode::packed_forward("ads.render", &entries(&records), Some(&chunk));
        forward.send(&bytes, &chunk).await.unwrap();
        if message % 5 == 0 {
            forward.send(&bytes, &chunk).await.unwrap();
            sent.chunks_again += RECORDS;
        }
    }
    send_odd(stack, &mut sent).await;
    sent
}

async fn send_over_http(stack: &Stack, numbers: Range<u64>, sent: &mut Sent) {
    let (mut renders, mut bids) = (Vec::new(), Vec::new());
    for number in numbers {
        let kind = kind(number);
        sent.count(kind);
        match kind {
            Kind::OfAnotherTable => bids.push(json!({
                "event_id": format!("b{number}"), "auction_id": "a", "bidder": "beta",
            })),
            _ => renders.push(render(kind, number)),
        }
    }
    for (tag, records) in [("ads.render", renders), ("ads.bid", bids)] {
        if !records.is_empty() {
            let (status, answer) = post(stack, tag, json!(records).to_string()).await;
            assert!(matches!(status, 202 | 204), "{status} {answer}");
        }
    }
}

/// This sender cannot pack an entry that is not a map.
fn entries_from(numbers: Range<u64>, sent: &mut Sent) -> Vec<Map<String, Value>> {
    let records = numbers.map(|number| {
        let kind = match kind(number) {
            Kind::NoEvent | Kind::OfAnotherTable => Kind::Good,
            other => other,
        };
        sent.count(kind);
        render(kind, number).as_object().unwrap().clone()
    });
    records.collect()
}

/// Records that no table takes, and bodies that are refused.
async fn send_odd(stack: &Stack, sent: &mut Sent) {
    for number in 0..7 {
        post(stack, "app.other", json!({ "n": number }).to_string()).await;
        sent.unknown_tags += 1;
    }
    for garbage in ["{\"event\": ", "", "\u{1}\u{2}\u{3}"] {
        let (status, _) = post(stack, "ads.render", garbage.to_owned()).await;
        assert_eq!(status, 400, "{garbage:?}");
        sent.refused += 1;
    }
}

/// Posts as a program on this machine: rows of servers are not taken from pages.
async fn post(stack: &Stack, tag: &str, body: String) -> (u16, String) {
    let url = stack.log().unwrap().url("http", &format!("/{tag}"));
    stack.client.post_as_program(&url, body).await.unwrap()
}

/// All metrics: name with labels, and value.
struct Metrics(Vec<(String, f64)>);

impl Metrics {
    async fn of(stack: &Stack) -> Self {
        let url = stack.log().unwrap().url("sql", "/metrics");
        let text = stack.client.get(&url).await.unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let values = lines.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Self(values.collect())
    }

    /// Sum of the counter over all labels that contain the text.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of a test"
    )]
    fn sum(&self, name: &str, label: &str) -> u64 {
        let full = format!("log_ingest_{name}_total");
        let wanted = self.0.iter().filter(|(key, _)| {
            let (base, labels) = key.split_once('{').unwrap_or((key, ""));
            base == full && labels.contains(label)
        });
        wanted.map(|(_, value)| *value as u64).sum()
    }
}

async fn by_name(stack: &Stack, sql: &str) -> BTreeMap<String, u64> {
    let rows = stack.client.sql(stack.log().unwrap(), sql).await.unwrap();
    let pairs = rows.iter().map(|row| {
        let name = row["name"].as_str().unwrap().to_owned();
        (name, row["n"].as_u64().unwrap())
    });
    pairs.collect()
}

#[tokio::test]
async fn what_was_sent_is_what_is_counted_and_what_is_there() {
    let stack = Stack::start(Plan::worked_example()).await.unwrap();
    let sent = send_all(&stack).await;
    let metrics = wait::until("all events to end somewhere", async || {
        let metrics = Metrics::of(&stack).await;
        let ends = ["stored_events", "duplicate_events", "quarantined_events"];
        let sum: u64 = ends.iter().map(|name| metrics.sum(name, "")).sum();
        Ok((sum == sent.all()).then_some(metrics))
    });
    let metrics = metrics.await.unwrap();
    check_the_door(&metrics, &sent);
    check_the_tables(&stack, &metrics, &sent).await;
    check_the_quarantine(&stack, &metrics, &sent).await;
}

fn check_the_door(metrics: &Metrics, sent: &Sent) {
    assert_eq!(metrics.sum("received_events", ""), sent.all());
    let of_tags = |outcome: &str| metrics.sum("tag_events", &format!("outcome=\"{outcome}\""));
    assert_eq!(of_tags("duplicate"), sent.chunks_again);
    assert_eq!(metrics.sum("repeated_events", ""), sent.chunks_again);
    assert_eq!(metrics.sum("rejected_events", ""), sent.refused);
    assert_eq!(of_tags("rejected"), sent.refused);
    assert_eq!(of_tags("quarantined"), sent.of(Kind::NoEvent));
    assert_eq!(of_tags("accepted"), sent.all() - sent.of(Kind::NoEvent));
    assert_eq!(metrics.sum("faulty_events", ""), sent.of(Kind::NoEvent));
    assert_eq!(metrics.sum("dropped_events", ""), 0);
}

/// All but one of the repeated events are duplicates.
async fn check_the_tables(stack: &Stack, metrics: &Metrics, sent: &Sent) {
    let events = sent.of(Kind::Good) + sent.of(Kind::WrongType) + 1;
    let bids = sent.of(Kind::OfAnotherTable);
    assert_eq!(metrics.sum("stored_events", ""), events + bids);
    let repeated = sent.of(Kind::Repeated) - 1;
    assert_eq!(metrics.sum("duplicate_events", ""), repeated);
    assert_eq!(metrics.sum("duplicate_rows", ""), repeated);
    assert_eq!(metrics.sum("misfit_fields", ""), sent.of(Kind::WrongType));
    let tables = by_name(
        stack,
        "SELECT 'render_events' AS name, COUNT(*) AS n FROM render_events UNION ALL \
         SELECT 'bids', COUNT(*) FROM bids UNION ALL SELECT 'quarantine', COUNT(*) FROM quarantine",
    )
    .await;
    let loads = "SELECT table_name AS name, SUM(stored) AS n FROM table_loads GROUP BY 1";
    assert_eq!(by_name(stack, loads).await, tables);
    for (table, rows) in &tables {
        let label = format!("table=\"{table}\"");
        assert_eq!(metrics.sum("landed_rows", &label), *rows, "{table}");
    }
    assert_eq!((tables["render_events"], tables["bids"]), (events, bids));
}

async fn check_the_quarantine(stack: &Stack, metrics: &Metrics, sent: &Sent) {
    let sql = "SELECT reason AS name, COUNT(*) AS n FROM quarantine GROUP BY 1";
    let reasons = by_name(stack, sql).await;
    for (reason, rows) in &reasons {
        let label = format!("reason=\"{reason}\"");
        assert_eq!(metrics.sum("quarantined_rows", &label), *rows, "{reason}");
    }
    assert_eq!(reasons["unknown_tag"], sent.unknown_tags);
    assert_eq!(reasons["impossible_time"], sent.of(Kind::ImpossibleTime));
    assert_eq!(reasons["unusable_record"], sent.of(Kind::Unusable));
    let all = reasons.values().sum::<u64>();
    assert_eq!(metrics.sum("quarantined_events", ""), all);
}
