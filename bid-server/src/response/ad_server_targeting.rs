//! Writes the key-values of `ext.prebid.adservertargeting` into a finished answer.

use std::collections::BTreeMap;

use openrtb::ext::ExtMessage;
use serde_json::{Value, json};

use super::wire::{Answer, AnswerBid};
use crate::remark::{GENERAL, code};
use crate::request::auction_request::key_form::KeyForm;
use crate::request::auction_request::{AdServerKey, ValueSource, find};

/// Stands for the bidder in keys.
const BIDDER: &str = "{{BIDDER}}";

/// Every bid gets every key that has a value for it; where it has none, a warning says so.
pub(super) fn write(response: &mut Answer, keys: &[AdServerKey], form: &KeyForm) {
    if keys.is_empty() {
        return;
    }
    let mut warnings = Vec::new();
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
                        let key = form.cut(&key.key.replace(BIDDER, &name));
                        found.insert(key, value);
                    }
                    Ok(None) => {}
                    Err(problem) => warnings.push(format!(
                        "adservertargeting {}: {problem}, bidder {name}, bid {}",
                        key.key, bid.id
                    )),
                }
            }
            add(bid, found);
        }
    }
    warn(response, warnings);
}

/// `Ok(None)` = not meant for this imp.
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

fn warn(response: &mut Answer, warnings: Vec<String>) {
    if warnings.is_empty() {
        return;
    }
    let ext = response.ext.get_or_insert_default();
    let general = ext.warnings.entry(GENERAL.to_owned()).or_default();
    general.extend(warnings.into_iter().map(|message| ExtMessage {
        code: code::AD_SERVER_TARGETING,
        message,
    }));
}
