//! Rules for the bidders: each imp names a bidder, and every named bidder exists.

use std::collections::BTreeMap;
use std::fmt::Display;

use openrtb::{Imp, Members};
use serde_json::Value;

use crate::bidder_names;
use crate::request::KnownBidders;

/// Members of `imp.ext` that are never a bidder: `prebid` and names that the industry has agreed on.
const NO_BIDDERS: [&str; 16] = [
    "prebid",
    "context",
    "data",
    "gpid",
    "tid",
    "skadn",
    "ae",
    "igs",
    "is_rewarded_inventory",
    "dsa",
    "general",
    "all",
    "bidder",
    "earlybid",
    "divId",
    "adunitcode",
];

/// The bidders that a request can name.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownNames<'a> {
    pub(super) bidders: &'a dyn KnownBidders,
    /// Alias to bidder.
    pub(super) aliases: &'a BTreeMap<String, String>,
}

impl KnownNames<'_> {
    /// Whether a bidder with this code is configured, whatever the aliases say.
    pub(super) fn is_configured(&self, code: &str) -> bool {
        self.bidders.has(code)
    }

    pub(super) fn is_bidder(&self, name: &str) -> bool {
        bidder_names::find(self.aliases, name).is_some() || self.is_configured(name)
    }
}

/// Collects faults of the params of an imp; `path` leads to it.
pub(super) fn check(
    path: &dyn Display,
    imp: &Imp,
    known: &KnownNames<'_>,
    faults: &mut Vec<String>,
) {
    let Some(ext) = &imp.ext else { return };
    let Some(prebid) = &ext.prebid else { return };
    for name in prebid.bidder.keys() {
        if !known.is_bidder(name) {
            faults.push(unknown(&format_args!("{path}.ext.prebid.bidder.{name}")));
        }
    }
}

/// Collects faults of stored answers for bidders that the imp does not name; `path` leads to it.
pub(super) fn check_stored(
    path: &dyn Display,
    imp: &Imp,
    known: &KnownNames<'_>,
    faults: &mut Vec<String>,
) {
    let Some(ext) = &imp.ext else { return };
    let Some(prebid) = &ext.prebid else { return };
    let stored = prebid
        .other
        .get("storedbidresponse")
        .and_then(Value::as_array);
    for (position, stored) in stored.into_iter().flatten().enumerate() {
        let Some(bidder) = stored.get("bidder").and_then(Value::as_str) else {
            continue;
        };
        let older = ext.other.keys().filter(|name| known.is_bidder(name));
        let mut names = prebid.bidder.keys().chain(older);
        if !names.any(|name| bidder_names::same(name, bidder)) {
            let path = format!("{path}.ext.prebid.storedbidresponse[{position}].bidder");
            faults.push(format!("{path}: {bidder:?} is no bidder of the imp"));
        }
    }
}

/// The fault of naming a bidder that does not exist.
pub(super) fn unknown(path: &dyn Display) -> String {
    format!("{path}: unknown bidder")
}

/// Names in the older place that look like params of a bidder that does not exist.
pub(super) fn unknown_in_older_place<'a>(
    ext: &'a Members,
    known: &KnownNames<'_>,
) -> impl Iterator<Item = &'a str> {
    let strange = |(name, value): &(&'a String, &'a Value)| {
        value.is_object() && !NO_BIDDERS.contains(&name.as_str()) && !known.is_bidder(name)
    };
    let names: Vec<&str> = ext
        .iter()
        .filter(strange)
        .map(|(name, _)| name.as_str())
        .collect();
    names.into_iter()
}
