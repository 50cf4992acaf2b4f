//! Test cases of adapter definitions as data: an auction, the calls it must become, replies, and the bids
//! that those must mean.
//!
//! Tests run the cases of the shipped definitions; `bid-server check-adapters` runs those of any folder.
//!
//! A case is a JSON file in `exemplary/` or `supplemental/` of a definition's folder; docs/adapters.md shows
//! one. The only I/O is reading the files and, when asked, writing them; nothing is called.

mod case;
mod difference;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use openrtb::Price;
use serde_json::{Map, Value, json};

use case::{Input, InputReply};
use difference::differences;

use crate::bidders::adapter::{Ask, HttpCall, Reply, SspBids};
use crate::bidders::alone;
use crate::bidders::bodies::Bodies;
use crate::bidders::registry::{Bidder, Registry};
use crate::config::Config;
use crate::data::market::Market;
use crate::request::{AuctionRequest, ImpIndex, Server};

/// The members of a case that hold the expected output.
const OUTPUT: [&str; 3] = ["faults", "refused", "calls"];

/// What a run over a folder of definitions found.
#[derive(Debug, Default)]
pub struct AdapterReport {
    /// One line for each definition and each fault.
    pub lines: Vec<String>,
    /// Whether anything is wrong.
    pub failed: bool,
}

/// Compiles every definition in a folder and runs its cases. With `accept`, the actual results are written
/// into the cases, for a person to review.
pub fn check_adapters(folder: &Path, accept: bool) -> io::Result<AdapterReport> {
    let mut report = AdapterReport::default();
    let mut found = false;
    for path in sorted(folder)? {
        let code = path.file_name().and_then(|name| name.to_str());
        if let Some(code) = code.filter(|_| path.join("adapter.toml").is_file()) {
            found = true;
            check_one(folder, &path, code, accept, &mut report)?;
        }
    }
    if !found {
        report.fail(format!(
            "{}: no folder in it has an adapter.toml",
            folder.display()
        ));
    }
    Ok(report)
}

impl AdapterReport {
    fn fail(&mut self, line: String) {
        self.failed = true;
        self.lines.push(line);
    }
}

fn check_one(
    folder: &Path,
    path: &Path,
    code: &str,
    accept: bool,
    report: &mut AdapterReport,
) -> io::Result<()> {
    let mut cases = Vec::new();
    for kind in ["exemplary", "supplemental"] {
        let files = path.join(kind);
        if files.is_dir() {
            cases.extend(sorted(&files)?);
        }
    }
    let before = report.lines.len();
    for case in &cases {
        let text = std::fs::read_to_string(case)?;
        match differs(folder, code, &text) {
            Ok(None) => {}
            Ok(Some(differs)) if accept => {
                std::fs::write(case, pretty(&differs.actual))?;
                report.lines.push(format!("{}: written", case.display()));
            }
            Ok(Some(differs)) => {
                let lines = differs.lines.join("\n  ");
                report.fail(format!("{}: differs:\n  {lines}", case.display()));
            }
            Err(problem) => report.fail(format!("{}: {problem}", case.display())),
        }
    }
    if cases.is_empty() {
        // A definition without cases has not been compiled yet.
        if let Err(problem) = config(folder, code, &BTreeMap::new(), &BTreeMap::new()) {
            report.fail(problem);
        }
        report.fail(format!("{code}: has no cases"));
    } else if report.lines.len() == before {
        report
            .lines
            .push(format!("{code}: {} cases as expected", cases.len()));
    }
    Ok(())
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// How a run differs from its case.
struct Differs {
    /// The case as it should be.
    actual: Value,
    /// One line for each value that differs.
    lines: Vec<String>,
}

/// `None` = the case matches.
fn differs(folder: &Path, code: &str, text: &str) -> Result<Option<Differs>, String> {
    let case: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let input = Input::read(&case)?;
    let config = config(folder, code, &input.host, &input.rates)?;
    let actual = run(code, &config, input)?;
    let mut lines = Vec::new();
    for name in OUTPUT {
        differences(name, case.get(name), actual.get(name), &mut lines);
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let mut whole = case;
    for name in OUTPUT {
        whole.shift_remove(name);
    }
    whole.extend(actual);
    Ok(Some(Differs {
        actual: Value::Object(whole),
        lines,
    }))
}

fn config(
    folder: &Path,
    code: &str,
    host: &BTreeMap<String, String>,
    rates: &BTreeMap<String, BTreeMap<String, Price>>,
) -> Result<Config, String> {
    let file = json!({
        "adapters": {"directories": [folder]},
        "currency": {"rates": rates},
        "bidders": {code: {"adapter": code, "host": host}},
        "log_output": {"enabled": false},
    });
    let text = toml::to_string(&file).map_err(|error| error.to_string())?;
    Config::parse(&text).map_err(|error| error.to_string())
}

fn run(code: &str, config: &Config, input: Input) -> Result<Map<String, Value>, String> {
    let server = Server {
        settings: config.request(),
        market: &Market::new(config.market()),
    };
    let request = alone::request(input.request, server)?;
    let registry = Registry::new(&config.bidders, &config.catalogue);
    let bidder = registry.get(code).ok_or("the bidder is not configured")?;
    let mut actual = Map::new();
    let faults = faults(code, config, &request);
    if !faults.is_empty() {
        actual.insert("faults".to_owned(), json!(faults));
        return Ok(actual);
    }
    let offers = alone::offers(code, &request);
    let ask = alone::ask(code, &request, &offers);
    let calls = bidder.adapter.calls(&ask, &mut Bodies::default());
    if !calls.refused.is_empty() {
        let refused = calls.refused.iter().map(
            |refused| json!({"imp": imp_id(&ask, refused.imp), "why": refused.why.to_string()}),
        );
        actual.insert("refused".to_owned(), refused.collect());
    }
    let mut replies = input.calls.into_iter().map(|call| call.reply);
    let calls = calls.calls.iter();
    let calls: Vec<Value> = calls
        .map(|call| actual_call(bidder, &ask, call, replies.next().flatten()))
        .collect();
    if !calls.is_empty() {
        actual.insert("calls".to_owned(), Value::Array(calls));
    }
    Ok(actual)
}

fn faults(code: &str, config: &Config, request: &AuctionRequest) -> Vec<String> {
    let schema = config
        .bidders
        .get(code)
        .and_then(|bidder| bidder.params_schema());
    let mut faults = Vec::new();
    for (index, imp) in request.imps.iter().enumerate() {
        if let (Some(schema), Some(params)) = (schema, imp.params.get(code)) {
            let path = format!("request.imp[{index}].ext.prebid.bidder.{code}");
            faults.extend(schema.faults(params, &path));
        }
    }
    faults
}

fn imp_id<'a>(ask: &Ask<'a>, position: ImpIndex) -> &'a str {
    position.of(ask.imps).map_or("", |imp| &imp.imp.id)
}

fn actual_call(
    bidder: &Bidder,
    ask: &Ask<'_>,
    call: &HttpCall,
    given: Option<InputReply>,
) -> Value {
    let mut actual = Map::new();
    let mut put = |name: &str, value: Value| actual.insert(name.to_owned(), value);
    put("method", json!(call.method.as_str()));
    put("url", json!(call.url.as_str()));
    put("headers", actual_headers(call));
    if call.gzip.is_some() {
        put("gzip", json!(true));
    }
    put(
        "imps",
        call.imps
            .iter()
            .map(|imp| json!(imp_id(ask, *imp)))
            .collect(),
    );
    if !call.body.is_empty() {
        put(
            "body",
            serde_json::from_slice(&call.body).unwrap_or_default(),
        );
    }
    if let Some(notice) = &call.timeout_notice {
        let body = notice.body.as_deref();
        let body = body.and_then(|body| serde_json::from_slice::<Value>(body).ok());
        put("timeout_notice", json!({"url": notice.url, "body": body}));
    }
    if let Some(given) = given {
        let status = given.status.unwrap_or(200);
        let mut shown = json!({"status": status});
        if let (Some(text), Value::Object(shown)) = (&given.text, &mut shown) {
            shown.insert("text".to_owned(), json!(text));
        } else if !given.body.is_null() {
            shown["body"] = given.body.clone();
        }
        if given.status.is_none() {
            shown = json!({"body": given.body});
        }
        put("reply", shown);
        let empty = given.body.is_null() && given.text.is_none();
        let json_text = if empty {
            String::new()
        } else {
            given.body.to_string()
        };
        let reply = Reply {
            status,
            body: given.text.unwrap_or(json_text).into(),
        };
        match bidder.adapter.bids(ask, call, &reply) {
            Ok(bids) => put("bids", actual_bids(&bids)),
            Err(error) => put("error", json!(error.to_string())),
        };
    }
    Value::Object(actual)
}

/// Lines with the same name stand together, as in HTTP.
fn actual_headers(call: &HttpCall) -> Value {
    let mut headers: Map<String, Value> = Map::new();
    for (name, value) in &call.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let whole = match headers.get(name.as_str()).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value,
        };
        headers.insert(name.as_str().to_owned(), Value::String(whole));
    }
    Value::Object(headers)
}

fn actual_bids(bids: &SspBids) -> Value {
    let actual = bids.bids.iter().map(|bid| {
        let mut actual = Map::new();
        if let Some(seat) = &bid.seat {
            actual.insert("seat".to_owned(), json!(seat));
        }
        actual.insert("currency".to_owned(), json!(bids.currency));
        actual.insert("bid".to_owned(), json!(bid.bid));
        Value::Object(actual)
    });
    actual.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_definitions_do_what_their_cases_say() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("adapters");
        let report = check_adapters(&folder, false).unwrap();
        assert!(!report.failed, "{}", report.lines.join("\n"));
        assert!(report.lines.len() >= 12);
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Value), expected: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("adapters");
        let file = folder.join("teads/exemplary/video.json");
        let mut case: Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        change(&mut case);
        let found = match differs(&folder, "teads", &case.to_string()) {
            Ok(None) => String::new(),
            Ok(Some(differs)) => differs.lines.join("|"),
            Err(problem) => problem,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_case_that_differs_shows_the_difference_alone() {
        check(|_| {}, "");
        check(
            |case| case["calls"][0]["method"] = json!("GET"),
            "calls[0].method: expected \"GET\", seen \"POST\"",
        );
        check(
            |case| case["refused"] = json!([]),
            "refused: expected [], seen nothing",
        );
    }

    #[test]
    fn members_that_a_case_does_not_have_are_refused() {
        check(|case| case["rate"] = json!({}), "unknown member \"rate\"");
        check(
            |case| case["calls"][0]["urls"] = json!([]),
            "calls[0]: unknown member \"urls\"",
        );
        check(
            |case| case["calls"][0]["reply"]["stauts"] = json!(204),
            "calls[0].reply: unknown member \"stauts\"",
        );
    }
}
