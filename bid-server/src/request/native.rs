//! `imp.native.request`: JSON inside JSON. It is checked, asset ids are filled in, and it is written back.
//!
//! OpenRTB Native 1.2. Members that are not named here are written back as they came.

mod assets;

use std::fmt::Display;

use openrtb::{Imp, Members, exact};
use serde_json::Value;

/// Values from 500 on are the exchange's own; lower ones must be in the list of the OpenRTB Native version.
const OWN_VALUES: i64 = 500;

/// Fills in the asset ids of an imp's native request and collects its faults; `path` leads to the imp.
pub(super) fn complete(path: &dyn Display, imp: &mut Imp, faults: &mut Vec<String>) {
    let Some(native) = &mut imp.native else {
        return;
    };
    let Some(native) = native.as_object_mut() else {
        return faults.push(format!("{path}.native: must be an object"));
    };
    let path = format!("{path}.native.request");
    let Some(text) = native.get("request").and_then(Value::as_str) else {
        return faults.push(format!("{path}: missing, or no text"));
    };
    match completed(&path, text, faults) {
        Some(text) => {
            native.insert("request".to_owned(), Value::from(text));
        }
        None if faults.is_empty() => faults.push(format!("{path}: cannot be read")),
        None => {}
    }
}

/// The request with ids; `None` = it is not a JSON object.
fn completed(path: &str, text: &str, faults: &mut Vec<String>) -> Option<String> {
    let text = exact::protect(text.as_bytes());
    let mut whole: Value = match serde_json::from_slice(&text) {
        Ok(whole) => whole,
        Err(error) => {
            faults.push(format!("{path}: not JSON: {error}"));
            return None;
        }
    };
    // Version 1.0 wraps the request in an object of its own.
    let request = match whole.get("native") {
        Some(Value::Object(_)) => whole.get_mut("native"),
        _ => Some(&mut whole),
    };
    let Some(request) = request.and_then(Value::as_object_mut) else {
        faults.push(format!("{path}: not a JSON object"));
        return None;
    };
    check_context(path, request, faults);
    check_trackers(path, request, faults);
    assets::complete(path, request, faults);
    let written = serde_json::to_vec(&whole).ok()?;
    String::from_utf8(exact::restore_owned(written)).ok()
}

fn check_context(path: &str, request: &Members, faults: &mut Vec<String>) {
    let context = in_list(path, request, "context", 3, faults);
    in_list(path, request, "plcmttype", 4, faults);
    let Some(sub) = number(request.get("contextsubtype")) else {
        return;
    };
    // 10 to 15 are content, 20 to 22 social, 30 to 32 products.
    let fits = match context {
        Some(1) => (10..=15).contains(&sub),
        Some(2) => (20..=22).contains(&sub),
        Some(3) => (30..=32).contains(&sub),
        _ => (10..=32).contains(&sub),
    };
    if !fits && sub != 0 && sub < OWN_VALUES {
        faults.push(format!(
            "{path}.contextsubtype: {sub} does not belong to the context"
        ));
    }
}

fn check_trackers(path: &str, request: &Members, faults: &mut Vec<String>) {
    let trackers = request.get("eventtrackers").and_then(Value::as_array);
    for (index, tracker) in trackers.into_iter().flatten().enumerate() {
        let path = format!("{path}.eventtrackers[{index}]");
        if !number(tracker.get("event")).is_some_and(|event| listed(event, 4)) {
            faults.push(format!("{path}.event: must be 1 to 4, or 500 or more"));
        }
        let methods = tracker.get("methods").and_then(Value::as_array);
        let method = |method: &Value| number(Some(method)).is_some_and(|method| listed(method, 2));
        if !methods.is_some_and(|methods| !methods.is_empty() && methods.iter().all(method)) {
            faults.push(format!(
                "{path}.methods: must be a list of 1, 2, or 500 or more"
            ));
        }
    }
}

/// The value of a member whose list of values starts at 1; 0 counts as left out.
fn in_list(
    path: &str,
    members: &Members,
    name: &str,
    last: i64,
    faults: &mut Vec<String>,
) -> Option<i64> {
    let value = members.get(name).filter(|value| !value.is_null())?;
    let read = number(Some(value));
    if !read.is_some_and(|value| value == 0 || listed(value, last)) {
        faults.push(format!(
            "{path}.{name}: must be 1 to {last}, or {OWN_VALUES} or more"
        ));
    }
    read.filter(|value| *value > 0)
}

fn listed(value: i64, last: i64) -> bool {
    (1..=last).contains(&value) || value >= OWN_VALUES
}

fn number(value: Option<&Value>) -> Option<i64> {
    value.and_then(Value::as_i64)
}

#[cfg(test)]
mod tests;
