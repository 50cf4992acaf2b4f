//! Every rule that a request must keep; each broken one is a line of the 400.

mod imp;
mod money;
mod params;
mod targeting;

use std::collections::BTreeSet;

use openrtb::BidRequest;

use crate::config::Config;

/// Collects all faults.
pub(super) fn check(request: &BidRequest, config: &Config, faults: &mut Vec<String>) {
    check_top(request, config, faults);
    check_place(request, faults);
    check_privacy(request, faults);
    check_imp_ids(request, faults);
    for (index, imp) in request.imp.iter().enumerate() {
        imp::check(&format!("request.imp[{index}]"), imp, faults);
        params::check(
            &format!("request.imp[{index}]"),
            imp,
            request,
            config,
            faults,
        );
    }
    if let Some(prebid) = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref()) {
        targeting::check(prebid, faults);
        money::check(prebid, config, faults);
        for (alias, bidder) in &prebid.aliases {
            if !config.bidders.contains_key(bidder) {
                faults.push(format!(
                    "request.ext.prebid.aliases.{alias}: unknown bidder {bidder:?}"
                ));
            }
        }
    }
}

fn check_top(request: &BidRequest, config: &Config, faults: &mut Vec<String>) {
    if request.id.is_empty() {
        faults.push("request.id: missing".to_owned());
    }
    if request.imp.is_empty() {
        faults.push("request.imp: at least one is needed".to_owned());
    }
    let most = config.auction.max_imps;
    if request.imp.len() > most {
        faults.push(format!("request.imp: more than {most}"));
    }
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

fn check_place(request: &BidRequest, faults: &mut Vec<String>) {
    let site = request.site.as_ref();
    let places = [
        site.is_some(),
        request.app.is_some(),
        request.dooh.is_some(),
    ];
    if places.into_iter().filter(|present| *present).count() != 1 {
        faults.push("request: exactly one of site, app and dooh is needed".to_owned());
    }
    if site.is_some_and(|site| site.id.is_none() && site.page.is_none()) {
        faults.push("request.site: id or page is needed".to_owned());
    }
}

fn check_privacy(request: &BidRequest, faults: &mut Vec<String>) {
    let gdpr = request.regs.as_ref().and_then(|regs| regs.gdpr());
    if gdpr.is_some_and(|gdpr| !matches!(gdpr, 0 | 1)) {
        faults.push("request.regs.gdpr: must be 0 or 1".to_owned());
    }
}

fn check_imp_ids(request: &BidRequest, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for (index, imp) in request.imp.iter().enumerate() {
        if imp.id.is_empty() {
            faults.push(format!("request.imp[{index}].id: missing"));
        } else if !seen.insert(&imp.id) {
            faults.push(format!(
                "request.imp[{index}].id: {:?} is there twice",
                imp.id
            ));
        }
    }
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}
