//! Rules for `ext.prebid`: aliases and the cache. Data for single bidders is judged where it is read.

use openrtb::MediaType;
use openrtb::ext::RequestPrebid;
use serde_json::Value;

use super::bidders::KnownNames;
use crate::bidder_names;

const PATH: &str = "request.ext.prebid";

/// Collects the faults.
pub(super) fn check(prebid: &RequestPrebid, known: &KnownNames<'_>, faults: &mut Vec<String>) {
    check_aliases(prebid, known, faults);
    if let Some(controls) = prebid.other.get("biddercontrols") {
        check_controls(controls, faults);
    }
    if let Some(cache) = prebid.other.get("cache") {
        check_cache(cache, faults);
    }
}

fn check_aliases(prebid: &RequestPrebid, known: &KnownNames<'_>, faults: &mut Vec<String>) {
    for (alias, bidder) in &prebid.aliases {
        let path = format!("{PATH}.aliases.{alias}");
        if alias == bidder {
            faults.push(format!("{path}: an alias of itself"));
        } else if !known.is_configured(bidder) {
            faults.push(format!("{path}: unknown bidder {bidder:?}"));
        }
    }
    let ids = prebid.other.get("aliasgvlids").and_then(Value::as_object);
    for (alias, id) in ids.into_iter().flatten() {
        let path = format!("{PATH}.aliasgvlids.{alias}");
        if bidder_names::find(&prebid.aliases, alias).is_none() {
            faults.push(format!("{path}: not in aliases"));
        }
        if id.as_u64().is_none_or(|id| id == 0) {
            faults.push(format!("{path}: must be a whole number of 1 or more"));
        }
    }
}

fn check_controls(controls: &Value, faults: &mut Vec<String>) {
    let Some(controls) = controls.as_object() else {
        return faults.push(format!("{PATH}.biddercontrols: must be an object"));
    };
    for (bidder, of) in controls {
        let wrong = |name: &Value| name.as_str().and_then(MediaType::from_name).is_none();
        if of.get("prefmtype").is_some_and(wrong) {
            let path = format!("{PATH}.biddercontrols.{bidder}.prefmtype");
            faults.push(format!("{path}: must be banner, video, audio or native"));
        }
    }
}

fn check_cache(cache: &Value, faults: &mut Vec<String>) {
    let Some(cache) = cache.as_object() else {
        return faults.push(format!("{PATH}.cache: must be an object"));
    };
    let kinds = ["bids", "vastxml", "vastXml"];
    let mut present = kinds
        .iter()
        .filter_map(|kind| Some((kind, cache.get(*kind)?)));
    let wrong = present.clone().find(|(_, value)| !value.is_object());
    if let Some((kind, _)) = wrong {
        faults.push(format!("{PATH}.cache.{kind}: must be an object"));
    } else if present.next().is_none() {
        faults.push(format!("{PATH}.cache: bids or vastxml is needed"));
    }
}
