//! Auctions as data: the request, the SSPs' replies, what SSPs were sent, and the expected response.
//!
//! A case is a JSON file in `tests/fixtures/auction/`: `exemplary` documents behaviour, `supplemental` covers
//! the edges. If the outcome differs, the test writes what it saw below `target/tmp`, ready to be compared
//! and, if it is right, put into the case.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What the case shows.
    about: String,
    /// Lines of TOML.
    #[serde(default)]
    config: Vec<String>,
    /// `GET` if `path` says so.
    #[serde(default = "post")]
    method: String,
    #[serde(default = "auction_path")]
    path: String,
    /// Headers of the request.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// The body; left out with GET.
    #[serde(default)]
    request: Value,
    #[serde(default)]
    replies: BTreeMap<String, CaseReply>,
    /// What SSPs must have been sent; other members are ignored.
    #[serde(default)]
    sent: BTreeMap<String, Value>,
    #[serde(default = "ok")]
    status: u16,
    /// Headers that the answer must have; others are ignored.
    #[serde(default)]
    response_headers: BTreeMap<String, String>,
    /// JSON, or the lines of a text.
    response: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseReply {
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    body: Value,
    /// Replaces `body`: text that is not JSON.
    text: Option<String>,
    #[serde(default)]
    hang: bool,
}

fn ok() -> u16 {
    200
}

fn post() -> String {
    "POST".to_owned()
}

fn auction_path() -> String {
    "/openrtb2/auction".to_owned()
}

impl From<CaseReply> for Reply {
    fn from(case: CaseReply) -> Self {
        if case.hang {
            return Self::Hang;
        }
        let body = if case.body.is_null() {
            String::new()
        } else {
            case.body.to_string()
        };
        Self::With(case.status, case.text.unwrap_or(body))
    }
}

#[tokio::test]
async fn exemplary_cases() {
    check_all("exemplary").await;
}

#[tokio::test]
async fn supplemental_cases() {
    check_all("supplemental").await;
}

async fn check_all(kind: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/auction")
        .join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut differing = Vec::new();
    for file in &files {
        if let Err(difference) = check(file).await {
            differing.push(difference);
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

async fn check(file: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut case: Case =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let replies = std::mem::take(&mut case.replies)
        .into_iter()
        .map(|(code, reply)| (code, reply.into()));
    let ssps = FakeSsps::start(replies.collect()).await;
    let server = Server::start(&(case.config.join("\n") + "\n" + &ssps.settings())).await;
    let seen = exchange(&server, &case).await;
    let mut sent = ssps.asked();
    sent.retain(|code, _| case.sent.contains_key(code));
    for request in sent.values_mut() {
        request["tmax"] = json!(0);
        normalise(request);
    }
    let expected = (case.status, &case.response_headers, &case.response);
    if (seen.status, &seen.headers, &seen.response) == expected && sent == case.sent {
        return Ok(());
    }
    let text = serde_json::to_string_pretty(&json!({
        "sent": sent, "status": seen.status, "response_headers": seen.headers, "response": seen.response,
    }));
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file.file_name().unwrap());
    std::fs::write(&seen, text.unwrap()).unwrap();
    Err(format!(
        "{} ({}): saw {}",
        file.display(),
        case.about,
        seen.display()
    ))
}

/// What came back, without anything that differs from run to run.
struct Seen {
    status: u16,
    headers: BTreeMap<String, String>,
    response: Value,
}

async fn exchange(server: &Server, case: &Case) -> Seen {
    let mut request = server.request(case.method.parse().unwrap(), &case.path);
    for (name, value) in &case.headers {
        request = request.header(name, value);
    }
    if !case.request.is_null() {
        request = request.body(case.request.to_string());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let mut headers = BTreeMap::new();
    for name in case.response_headers.keys() {
        let values = answer.headers().get_all(name).iter();
        let values: Vec<&str> = values.map(|value| value.to_str().unwrap()).collect();
        headers.insert(name.clone(), values.join(", "));
    }
    let text = answer.text().await.unwrap();
    let mut response =
        serde_json::from_str(&text).unwrap_or_else(|_| json!(text.lines().collect::<Vec<_>>()));
    check_adids(&response);
    normalise(&mut response);
    Seen {
        status,
        headers,
        response,
    }
}

/// `hb_adid` is the bid's own id, and no two bids share one.
fn check_adids(response: &Value) {
    let mut seen = std::collections::BTreeSet::new();
    for seat in response["seatbid"].as_array().into_iter().flatten() {
        for bid in seat["bid"].as_array().unwrap() {
            let prebid = &bid["ext"]["prebid"];
            assert!(seen.insert(prebid["bidid"].as_str().unwrap().to_owned()));
            if let Some(adid) = prebid["targeting"].get("hb_adid") {
                assert_eq!(adid, &prebid["bidid"]);
            }
        }
    }
}

/// Replaces what differs from run to run: fresh ids, times.
fn normalise(value: &mut Value) {
    match value {
        Value::String(text) if is_fresh_id(text) => *value = json!("<id>"),
        Value::Array(items) => items.iter_mut().for_each(normalise),
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), &mut *value) {
                    ("auctiontimestamp", value) => *value = json!(0),
                    ("responsetimemillis", Value::Object(times)) => {
                        times.values_mut().for_each(|time| *time = json!(0));
                    }
                    (_, value) => normalise(value),
                }
            }
        }
        _ => {}
    }
}

fn is_fresh_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
