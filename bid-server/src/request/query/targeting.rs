//! `targeting`: first-party data of the page as JSON.

use openrtb::Members;
use serde_json::{Value, json};

use super::{Query, imps, object, set};
use crate::data::merge_patch::lay_over;

/// `site` and `user` go to their `ext.data`, `bidders` says who may see it, and everything else describes the imp.
pub(super) fn apply(query: &Query, request: &mut Value, faults: &mut Vec<String>) {
    let Some(text) = query.text(&["targeting"]) else {
        return;
    };
    let Ok(Value::Object(mut data)) = serde_json::from_str(text) else {
        return faults.push("query.targeting: not a JSON object".to_owned());
    };
    for name in ["site", "user"] {
        if let Some(first_party @ Value::Object(_)) = data.shift_remove(name) {
            add(object(request, name), first_party);
        }
    }
    if let Some(bidders @ Value::Array(_)) = data.shift_remove("bidders") {
        set(request, &["ext", "prebid", "data", "bidders"], bidders);
    }
    if data.is_empty() {
        return;
    }
    for imp in imps(request) {
        add(imp, Value::Object(Members::clone(&data)));
    }
}

fn add(place: &mut Value, data: Value) {
    let ext = object(place, "ext");
    if !ext.get("data").is_some_and(Value::is_object) {
        ext["data"] = json!({});
    }
    lay_over(&mut ext["data"], data);
}
