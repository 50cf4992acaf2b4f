//! Rules for the request as a whole: where it comes from, who the user is, and which regulations apply.

use openrtb::{BidRequest, Members, Regs, Site, User};
use serde_json::Value;

use super::bidders::{KnownNames, unknown};

const BUYERUIDS: &str = "request.user.ext.prebid.buyeruids";

/// Collects faults of site, app, dooh, user and regs.
pub(super) fn check(request: &BidRequest, faults: &mut Vec<String>) {
    let site = request.site.as_ref();
    let places = [
        site.is_some(),
        request.app.is_some(),
        request.dooh.is_some(),
    ];
    if places.into_iter().filter(|present| *present).count() != 1 {
        faults.push("request: exactly one of site, app and dooh is needed".to_owned());
    }
    if let Some(site) = site {
        check_site(site, faults);
    }
    if let Some(user) = &request.user {
        check_user(user, faults);
    }
    if let Some(regs) = &request.regs {
        check_regs(regs, faults);
    }
}

fn check_site(site: &Site, faults: &mut Vec<String>) {
    let has = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if !has(&site.id) && !has(&site.page) {
        faults.push("request.site: id or page is needed".to_owned());
    }
    let amp = site.ext.as_ref().and_then(|ext| ext.get("amp"));
    if amp.is_some_and(|amp| !is_flag(amp)) {
        faults.push("request.site.ext.amp: must be 0 or 1".to_owned());
    }
}

fn is_flag(value: &Value) -> bool {
    matches!(value.as_i64(), Some(0 | 1))
}

fn check_user(user: &User, faults: &mut Vec<String>) {
    for name in ["consent", "eids"] {
        // Readable values have been moved to their own place.
        if in_ext(user.ext.as_ref(), name) {
            faults.push(format!("request.user.ext.{name}: has the wrong type"));
        }
    }
    let Some(prebid) = user.ext.as_ref().and_then(|ext| ext.get("prebid")) else {
        return;
    };
    if prebid.as_object().is_some_and(Members::is_empty) {
        faults.push("request.user.ext.prebid: buyeruids is needed; or leave it out".to_owned());
    }
    let Some(ids) = prebid.get("buyeruids") else {
        return;
    };
    let path = BUYERUIDS;
    match ids.as_object() {
        None => faults.push(format!("{path}: must be an object")),
        Some(ids) if ids.is_empty() => {
            faults.push(format!("{path}: must not be empty; leave it out"));
        }
        Some(ids) => {
            let broken = ids
                .iter()
                .filter(|(_, id)| id.as_str().is_none_or(str::is_empty));
            faults.extend(
                broken.map(|(bidder, _)| {
                    format!("{path}.{bidder}: must be a text that is not empty")
                }),
            );
        }
    }
}

/// Collects the faults of ids for bidders that do not exist: whoever sends them mistakes somebody else for a bidder.
pub(super) fn check_buyeruids(
    request: &BidRequest,
    known: &KnownNames<'_>,
    faults: &mut Vec<String>,
) {
    let ext = request.user.as_ref().and_then(|user| user.ext.as_ref());
    let prebid = ext.and_then(|ext| ext.get("prebid"));
    let ids = prebid.and_then(|prebid| prebid.get("buyeruids")?.as_object());
    let names = ids.into_iter().flat_map(Members::keys);
    let strange = names.filter(|name| !known.is_bidder(name));
    faults.extend(strange.map(|name| unknown(&format!("{BUYERUIDS}.{name}"))));
}

fn check_regs(regs: &Regs, faults: &mut Vec<String>) {
    if regs.gdpr.is_some_and(|gdpr| gdpr > 1) {
        faults.push("request.regs.gdpr: must be 0 or 1".to_owned());
    }
    if regs.coppa.is_some_and(|coppa| coppa > 1) {
        faults.push("request.regs.coppa: must be 0 or 1".to_owned());
    }
    if in_ext(regs.ext.as_ref(), "gdpr") {
        faults.push("request.regs.ext.gdpr: must be 0 or 1".to_owned());
    }
    for name in ["us_privacy", "gpp", "gpp_sid"] {
        if in_ext(regs.ext.as_ref(), name) {
            faults.push(format!("request.regs.ext.{name}: has the wrong type"));
        }
    }
}

fn in_ext(ext: Option<&Members>, name: &str) -> bool {
    ext.is_some_and(|ext| ext.contains_key(name))
}

/// An oddity: GDPR and the applicable GPP sections contradict each other. Section 2 is that of the EU.
pub(super) fn contradiction(request: &BidRequest) -> Option<&'static str> {
    let regs = request.regs.as_ref()?;
    let (gdpr, sections) = (regs.gdpr?, regs.gpp_sid.as_ref()?);
    let eu = sections.contains(&2);
    match (gdpr, eu) {
        (0, true) => Some("regs.gdpr is 0, but regs.gpp_sid names section 2 (EU TCF)"),
        (1, false) => Some("regs.gdpr is 1, but regs.gpp_sid does not name section 2 (EU TCF)"),
        _ => None,
    }
}
