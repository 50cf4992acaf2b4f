//! Every rule that a request must follow; each broken rule is a line of the 400.

mod bidders;
mod ids;
mod imp;
mod media;
mod money;
mod numbers;
mod params;
mod place;
mod prebid;
mod targeting;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use openrtb::BidRequest;
use serde_json::Value;

use super::imp_faults::ImpFaults;
use bidders::KnownNames;

use crate::remark::{Remark, code};
use crate::request::{KnownBidders, RequestSettings};

/// Collects all faults.
pub(super) fn check(
    request: &BidRequest,
    settings: RequestSettings<'_>,
    faults: &mut Vec<String>,
    of_imps: &mut ImpFaults,
) {
    check_top(request, faults);
    let most = settings.limits.max_imps;
    if request.imp.len() > most {
        let before = faults.len();
        faults.push(format!("request.imp: more than {most}"));
        of_imps.mark_beyond(most, before, faults);
    }
    check_values(request, faults);
    ids::check(request, faults);
    place::check(request, faults);
    numbers::check(request, faults);
    check_imp_ids(request, faults, of_imps);
    let prebid = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
    let none = BTreeMap::new();
    let known = KnownNames {
        bidders: settings.bidders,
        aliases: prebid.map_or(&none, |prebid| &prebid.aliases),
    };
    for (index, imp) in request.imp.iter().enumerate() {
        if of_imps.is_closed(index) {
            continue;
        }
        let path = format_args!("request.imp[{index}]");
        let before = faults.len();
        imp::check(&path, imp, faults);
        bidders::check_stored(&path, imp, &known, faults);
        of_imps.mark(index, before, faults);
        let before = faults.len();
        bidders::check(&path, imp, &known, faults);
        params::check(&path, imp, &known, faults);
        of_imps.mark_bidders(before, faults);
    }
    place::check_buyeruids(request, &known, faults);
    if let Some(prebid) = prebid {
        targeting::check(prebid, faults);
        money::check(prebid, settings.bidders, faults);
        prebid::check(prebid, &known, faults);
    }
}

/// Harmless oddities of a request without faults.
pub(super) fn remarks(request: &BidRequest, settings: RequestSettings<'_>) -> Vec<Remark> {
    let bidders = settings.bidders;
    let prebid = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
    let none = BTreeMap::new();
    let known = KnownNames {
        bidders,
        aliases: prebid.map_or(&none, |prebid| &prebid.aliases),
    };
    let exts = request.imp.iter().filter_map(|imp| imp.ext.as_ref());
    let names = exts.flat_map(|ext| bidders::unknown_in_older_place(&ext.other, &known));
    let names: BTreeSet<&str> = names.collect();
    let unknown = names
        .into_iter()
        .map(|name| Remark::of_bidder(name, code::UNKNOWN_WARNING, "unknown bidder, not asked"));
    let odd = place::contradiction(request);
    let odd = odd.map(|text| Remark::general(code::PRIVACY, text));
    let currencies = money::strange_currencies(request, settings.currency);
    unknown.chain(odd).chain(currencies).collect()
}

fn check_top(request: &BidRequest, faults: &mut Vec<String>) {
    if request.id.is_empty() {
        faults.push("request.id: missing".to_owned());
    }
    if request.imp.is_empty() {
        faults.push("request.imp: at least one is needed".to_owned());
    }
}

fn check_values(request: &BidRequest, faults: &mut Vec<String>) {
    if request.tmax.is_some_and(|tmax| tmax < 0) {
        faults.push("request.tmax: must not be negative".to_owned());
    }
    for (index, code) in request.cur.iter().enumerate() {
        if !is_currency(code) {
            faults.push(format!(
                "request.cur[{index}]: not a currency code: {code:?}"
            ));
        }
    }
}

fn check_imp_ids(request: &BidRequest, faults: &mut Vec<String>, of_imps: &mut ImpFaults) {
    let mut known_ids = BTreeSet::new();
    for (index, imp) in request.imp.iter().enumerate() {
        if of_imps.is_closed(index) {
            continue;
        }
        let before = faults.len();
        if imp.id.is_empty() {
            faults.push(format!("request.imp[{index}].id: missing"));
        } else if imp.id.len() > ids::LONGEST {
            let longest = ids::LONGEST;
            faults.push(format!(
                "request.imp[{index}].id: longer than {longest} bytes"
            ));
        } else if !known_ids.insert(&imp.id) {
            faults.push(format!(
                "request.imp[{index}].id: {:?} is there twice",
                imp.id
            ));
        }
        of_imps.mark(index, before, faults);
    }
}

/// What is wrong with naming a bidder; `path` leads to its params.
pub(super) fn fault_of_bidder(
    name: &str,
    path: &dyn Display,
    bidders: &dyn KnownBidders,
    aliases: &BTreeMap<String, String>,
) -> Option<String> {
    let known = KnownNames { bidders, aliases };
    (!known.is_bidder(name)).then(|| bidders::unknown(path))
}

/// What is wrong with the params of a bidder; `path` leads to them.
pub(super) fn faults_of_params(
    name: &str,
    params: &Value,
    path: &dyn Display,
    bidders: &dyn KnownBidders,
    aliases: &BTreeMap<String, String>,
) -> Vec<String> {
    params::faults(name, params, path, &KnownNames { bidders, aliases })
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}
