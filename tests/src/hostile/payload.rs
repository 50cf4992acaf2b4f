//! What attackers send: a few bytes that cost much, and values that no table expects.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use forward_protocol::encode;
use serde_json::{Map, Value, json};

use crate::forward_sender::entries;

/// A few hundred bytes of these inflate to this many.
const BOMB_BYTES: usize = 64 << 20;

/// The payloads that are costly to make, made once.
#[derive(Debug, Clone)]
pub(super) struct Payloads {
    /// Inflates to spaces without end, within a document that never closes.
    pub(super) gzip_bomb: Bytes,
    pub(super) multiplying_auction: Bytes,
    pub(super) empty_imps: Bytes,
    pub(super) deep_json: Bytes,
    pub(super) wide_json: Bytes,
    pub(super) forged_rows: Bytes,
    pub(super) forward_bomb: Bytes,
}

impl Payloads {
    pub(super) fn make() -> Self {
        Self {
            gzip_bomb: gzip_bomb().into(),
            multiplying_auction: multiplying_auction().into(),
            empty_imps: empty_imps().into(),
            deep_json: deep_json().into(),
            wide_json: wide_json().into(),
            forged_rows: forged_rows().into(),
            forward_bomb: forward_bomb().into(),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    drop(encoder.write_all(bytes));
    encoder.finish().unwrap_or_default()
}

fn gzip_bomb() -> Vec<u8> {
    let mut body = b"[".to_vec();
    body.resize(BOMB_BYTES, b' ');
    gzip(&body)
}

/// Many imps, a long page, and key-values that copy it for each bid: the answer grows as their product.
fn multiplying_auction() -> Vec<u8> {
    let page = format!("http://recipes.example/{}", "x".repeat(50_000));
    let imps: Vec<Value> = (0..100)
        .map(|imp| json!({ "id": imp.to_string(), "banner": { "w": 300, "h": 250 }, "ext": { "prebid": { "storedrequest": { "id": "recipe-side" } } } }))
        .collect();
    let targeting: Vec<Value> = (0..200)
        .map(|key| json!({ "key": format!("copy_{key}"), "source": "bidrequest", "value": "site.page" }))
        .collect();
    let request = json!({
        "id": "multiplied", "imp": imps, "site": { "page": page }, "tmax": 1000,
        "ext": { "prebid": { "adservertargeting": targeting, "targeting": {} } },
    });
    gzip(request.to_string().as_bytes())
}

/// Each imp is a fault to be listed.
fn empty_imps() -> Vec<u8> {
    gzip(
        format!(
            "{{\"id\":\"faults\",\"imp\":[{}{{}}]}}",
            "{},".repeat(85_000)
        )
        .as_bytes(),
    )
}

/// Brackets within brackets.
fn deep_json() -> Vec<u8> {
    let depth = 100_000;
    format!("{}{}", "[".repeat(depth), "]".repeat(depth)).into_bytes()
}

/// A great many names in one object.
fn wide_json() -> Vec<u8> {
    let fields: Map<String, Value> = (0..20_000)
        .map(|field| (format!("field_{field}"), json!(field)))
        .collect();
    json!([fields]).to_string().into_bytes()
}

/// Events that are well-formed and mean nothing: numbers that no column holds, halves of characters, broken text.
pub(super) fn poisonous_events(number: u64) -> Bytes {
    let bodies: [&'static [u8]; 7] = [
        br#"{"event":"ad_rendered","page_view_id":"poison","slot":"top","elapsed_ms":1e16}"#,
        br#"{"event":"ad_rendered","page_view_id":"poison","slot":"top","elapsed_ms":1e400}"#,
        br#"{"event":"ad_rendered","page_view_id":"poison","slot":"top","seq":9223372036854775807,"cpm":1e308}"#,
        br#"{"event":"page_started","page_view_id":"caf\ud83d","elapsed_ms":-1e300}"#,
        b"{\"event\":\"page_started\",\"page_view_id\":\"\xff\xfe\"}",
        br#"{"event":"vital_measured","page_view_id":"poison","metric":"cls","value":"NaN","client_time":-9223372036854775808}"#,
        br#"{"event":{"event":["ad_rendered"]},"page_view_id":[[[]]],"elapsed_ms":{}}"#,
    ];
    let at = usize::try_from(number).unwrap_or_default() % bodies.len();
    Bytes::from_static(bodies[at])
}

/// Rows that only the bid server may write.
fn forged_rows() -> Vec<u8> {
    let row = json!({ "auction_id": "forged", "bidder": "house", "outcome": "won", "cpm": 100_000_000.0, "line_item": "autumn-knives" });
    json!(vec![row; 50]).to_string().into_bytes()
}

/// Kilobytes on the wire, megabytes of records.
fn forward_bomb() -> Vec<u8> {
    let record =
        json!({ "event": "page_started", "page_view_id": "bomb", "filler": " ".repeat(1 << 20) });
    let records: Vec<Map<String, Value>> = record
        .as_object()
        .into_iter()
        .cloned()
        .cycle()
        .take(16)
        .collect();
    encode::compressed_packed_forward("ads.render", &entries(&records), Some("bomb"))
}

/// Statements that take a stack, a processor or memory without end.
pub fn statement(number: u64) -> String {
    let doubled: String = (1..25)
        .map(|level| format!(", t{level} AS (SELECT a.x FROM t{0} a, t{0} b)", level - 1))
        .collect();
    let statements = [
        format!("SELECT {}1", "1+".repeat(1600)),
        format!("SELECT 1{}", "::bigint".repeat(1600)),
        format!("SELECT 1 {}", "UNION ALL SELECT 1 ".repeat(200)),
        format!("SELECT {}1{}", "(".repeat(5000), ")".repeat(5000)),
        format!("SELECT 1 FROM render_events WHERE {}FALSE", "event = 'a' OR ".repeat(1600)),
        "SELECT COUNT(*) FROM render_events a, render_events b, render_events c WHERE a.event_id < b.event_id".to_owned(),
        "SELECT array_length(generate_series(1, 1000000000))".to_owned(),
        "SELECT MAX(length(repeat('x', 10000000))) FROM generate_series(1, 1000)".to_owned(),
        format!("WITH t0 AS (SELECT 1 AS x UNION ALL SELECT 2){doubled} SELECT COUNT(*) FROM t24"),
    ];
    let at = usize::try_from(number).unwrap_or_default() % statements.len();
    statements.into_iter().nth(at).unwrap_or_default()
}
