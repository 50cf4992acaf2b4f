//! Writes the key-values of `ext.prebid.adservertargeting` into a finished answer.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::wire::{Answer, AnswerBid};
use crate::request::auction_request::key_form::KeyForm;
use crate::request::auction_request::{AdServerKey, ValueSource, find};

/// A placeholder in keys for the bidder.
const BIDDER: &str = "{{BIDDER}}";

/// The most bytes of keys and values in one answer: how many there are is a product of what the caller and
/// the SSPs send.
const MOST_BYTES: usize = 256 << 10;
/// More of the same would help nobody.
const MOST_WARNINGS: usize = 50;

/// Every bid gets each key that has a value for it; a missing value gives one of the returned warnings.
pub(super) fn write(response: &mut Answer, keys: &[AdServerKey], form: &KeyForm) -> Vec<String> {
    let mut warnings = Vec::new();
    if keys.is_empty() {
        return warnings;
    }
    let mut left = MOST_BYTES;
    let ext = serde_json::to_value(&response.ext).unwrap_or_default();
    let top = json!({
        "id": response.id, "bidid": response.bidid, "cur": response.cur, "nbr": response.nbr, "ext": ext,
    });
    for seat in &mut response.seatbid {
        let name = seat.seat.clone().unwrap_or_default();
        for bid in &mut seat.bid {
            let mut found = BTreeMap::new();
            for key in keys {
                match value(&key.source, bid, &top) {
                    Ok(Some(value)) => {
                        let key = form.cut(key.key.replace(BIDDER, &name));
                        let Some(rest) = left.checked_sub(key.len() + value.len()) else {
                            add(bid, found);
                            warnings.push(format!(
                                "adservertargeting ends with bid {}: more than {MOST_BYTES} bytes",
                                bid.id
                            ));
                            return warnings;
                        };
                        left = rest;
                        found.insert(key, value);
                    }
                    Ok(None) => {}
                    Err(_) if warnings.len() >= MOST_WARNINGS => {}
                    Err(problem) => warnings.push(format!(
                        "adservertargeting {}: {problem}, bidder {name}, bid {}",
                        key.key, bid.id
                    )),
                }
            }
            add(bid, found);
        }
    }
    warnings
}

/// `Ok(None)` = it is not meant for this imp.
fn value(source: &ValueSource, bid: &AnswerBid, top: &Value) -> Result<Option<String>, String> {
    match source {
        ValueSource::Fixed(value) => Ok(Some(value.clone())),
        ValueSource::ByImp(values) => {
            let mut values = values.iter();
            let own = values.find(|(imp, _)| *imp == bid.impid);
            Ok(own.map(|(_, value)| value.clone()))
        }
        ValueSource::Answer(path) => match path.strip_prefix("seatbid.bid.") {
            Some(path) => find(&serde_json::to_value(bid).unwrap_or_default(), path).map(Some),
            None => find(top, path).map(Some),
        },
    }
}

fn add(bid: &mut AnswerBid, found: BTreeMap<String, String>) {
    if let Some(ext) = &mut bid.ext {
        ext.prebid.targeting.extend(found);
    }
}
