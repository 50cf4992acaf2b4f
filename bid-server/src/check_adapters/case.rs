//! [`Input`]: the input of a case. Unknown members are taken for typos and refused.

use std::collections::BTreeMap;

use openrtb::Price;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The input of a case. The rest of the file is the expected output.
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    #[expect(dead_code, reason = "for people who read the file")]
    about: String,
    #[serde(default)]
    pub(super) host: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) rates: BTreeMap<String, BTreeMap<String, Price>>,
    pub(super) request: Value,
    #[serde(default)]
    pub(super) calls: Vec<InputCall>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InputCall {
    #[serde(default)]
    pub(super) reply: Option<InputReply>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InputReply {
    pub(super) status: Option<u16>,
    #[serde(default)]
    pub(super) body: Value,
    pub(super) text: Option<String>,
}

const CASE: [&str; 7] = [
    "about", "host", "rates", "request", "calls", "faults", "refused",
];
const CALL: [&str; 10] = [
    "method",
    "url",
    "headers",
    "gzip",
    "imps",
    "body",
    "timeout_notice",
    "reply",
    "bids",
    "error",
];
const REPLY: [&str; 3] = ["status", "body", "text"];

impl Input {
    /// Reads the file of a case.
    pub(super) fn read(case: &Map<String, Value>) -> Result<Self, String> {
        known(case, &CASE, "")?;
        let calls = case.get("calls").and_then(Value::as_array);
        for (index, call) in calls.into_iter().flatten().enumerate() {
            let Value::Object(call) = call else { continue };
            let path = format!("calls[{index}]");
            known(call, &CALL, &format!("{path}: "))?;
            if let Some(Value::Object(reply)) = call.get("reply") {
                known(reply, &REPLY, &format!("{path}.reply: "))?;
            }
        }
        Self::deserialize(Value::Object(case.clone())).map_err(|error| error.to_string())
    }
}

fn known(members: &Map<String, Value>, names: &[&str], place: &str) -> Result<(), String> {
    let unknown = members.keys().find(|name| !names.contains(&name.as_str()));
    match unknown {
        Some(name) => Err(format!("{place}unknown member {name:?}")),
        None => Ok(()),
    }
}
