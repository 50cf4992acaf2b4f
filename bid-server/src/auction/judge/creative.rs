//! Rules for the creative: size, secure markup, blocked advertisers, categories and attributes.

use std::sync::LazyLock;

use ad_events::outcome::BidOutcome;
use openrtb::{Bid, BidRequest, Imp, MediaType, Word};
use serde_json::Value;

use super::{Court, Finding};
use crate::auction::offered_bid::OfferedBid;
use crate::data::accounts::{Enforcement, Validations};
use crate::remark::{Remark, code};
use crate::request::auction_request::offered_imp::OfferedImp;

/// The first rule that the creative breaks.
pub(super) fn check(
    offered: &OfferedBid,
    imp: &OfferedImp,
    court: &Court<'_>,
    finding: &mut Finding,
) -> Result<(), BidOutcome> {
    let bid = &offered.bid;
    let rules = &court.request.account.settings.validations;
    let (media_type, secure) = (finding.media_type, secure_markup(rules, court));
    let mut broken =
        |rule, outcome, what: String| enforce(rule, outcome, what, &offered.asked_as, finding);
    if media_type == MediaType::Banner && !fits(bid, imp, rules) {
        let size = bid.size().unwrap_or_default();
        let text = format!("bid {}: size {}x{} is not allowed", bid.id, size.0, size.1);
        let rule = rules.banner_creative_max_size;
        broken(rule, BidOutcome::SizeNotAllowed, text)?;
    }
    if imp.imp.secure == Some(1) && is_insecure(bid) {
        let text = format!("bid {}: its markup loads over plain HTTP", bid.id);
        broken(secure, BidOutcome::NotSecure, text)?;
    }
    check_blocked(bid, &imp.imp, &court.request.shared, media_type)
}

/// Rejects an answer in a currency that the request does not list, if the account requires it.
pub(super) fn check_currency(
    offered: &OfferedBid,
    court: &Court<'_>,
    finding: &mut Finding,
) -> Result<(), BidOutcome> {
    let currency = &*offered.currency;
    let listed = &court.request.shared.cur;
    if listed.iter().any(|code| code == currency) {
        return Ok(());
    }
    let rule = court.request.account.settings.validations.response_currency;
    let text = format!(
        "bid {}: {currency} is not among the currencies asked for",
        offered.bid.id
    );
    let seat = &offered.asked_as;
    enforce(rule, BidOutcome::NoConversionRate, text, seat, finding)
}

fn enforce(
    rule: Enforcement,
    outcome: BidOutcome,
    text: String,
    seat: &str,
    finding: &mut Finding,
) -> Result<(), BidOutcome> {
    match rule {
        Enforcement::Skip => Ok(()),
        Enforcement::Warn => {
            let remark = Remark::of_bidder(seat, code::UNKNOWN_WARNING, text);
            finding.remarks.push(remark);
            Ok(())
        }
        Enforcement::Enforce => Err(outcome),
    }
}

fn secure_markup(rules: &Validations, court: &Court<'_>) -> Enforcement {
    let of_host = if court.require_secure_markup {
        Enforcement::Enforce
    } else {
        Enforcement::Skip
    };
    rules.secure_markup.unwrap_or(of_host)
}

/// Whether the slot takes the size: no larger than the maximum if there is one, otherwise one of the slot's
/// own sizes. A slot without fixed sizes takes any.
fn fits(bid: &Bid, offered: &OfferedImp, rules: &Validations) -> bool {
    let most = (rules.max_creative_width, rules.max_creative_height);
    if most != (0, 0) {
        let within = |size: u32, most: u32| most == 0 || size <= most;
        let size = bid.size();
        return size.is_some_and(|size| within(size.0, most.0) && within(size.1, most.1));
    }
    let banner = offered.imp.banner.as_ref();
    let flexible =
        banner.is_some_and(|banner| banner.format.iter().any(|format| format.size().is_none()));
    let sizes = offered.sizes();
    flexible || sizes.is_empty() || bid.size().is_some_and(|size| sizes.contains(&size))
}

/// Whether it loads something over plain HTTP and nothing over HTTPS. HTTPS is looked for first: most markup has it near its
/// beginning, while all of the markup has to be read to find no plain HTTP.
fn is_insecure(bid: &Bid) -> bool {
    let Some(adm) = &bid.adm else {
        return false;
    };
    let [secure, plain] = &*SCHEMES;
    let has = |[written, escaped]: &[Word; 2]| adm.contains(written) || adm.contains(escaped);
    !has(secure) && has(plain)
}

/// HTTPS and HTTP, each as it is written and as a part of another address.
static SCHEMES: LazyLock<[[Word; 2]; 2]> = LazyLock::new(|| {
    [["https:", "https%3A"], ["http:", "http%3A"]].map(|forms| forms.map(Word::new))
});

fn check_blocked(
    bid: &Bid,
    imp: &Imp,
    request: &BidRequest,
    media_type: MediaType,
) -> Result<(), BidOutcome> {
    let domain = |domain: &String| {
        let mut blocked = request.badv.iter();
        blocked.any(|blocked| is_within(domain, blocked))
    };
    if bid.adomain.iter().any(domain) {
        return Err(BidOutcome::Blocked);
    }
    let app = bid.other.get("bundle").filter(|app| app.is_string());
    let apps = request.other.get("bapp").and_then(Value::as_array);
    if apps.is_some_and(|blocked| app.is_some_and(|app| blocked.contains(app))) {
        return Err(BidOutcome::Blocked);
    }
    let category = |category: &String| {
        let mut blocked = request.bcat.iter();
        blocked.any(|blocked| is_below(category, blocked))
    };
    if bid.cat.iter().any(category) {
        return Err(BidOutcome::CategoryBlocked);
    }
    let attributes = blocked_attributes(imp, media_type);
    if bid
        .attr
        .iter()
        .any(|attribute| attributes.contains(attribute))
    {
        return Err(BidOutcome::AttributeBlocked);
    }
    Ok(())
}

fn blocked_attributes(imp: &Imp, media_type: MediaType) -> Vec<i64> {
    let listed = |list: Option<&Value>| {
        let list = list.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_i64).collect()
    };
    let banner = imp.banner.as_ref();
    let of = |value: &Option<Value>| listed(value.as_ref().and_then(|value| value.get("battr")));
    match media_type {
        MediaType::Banner => banner
            .map(|banner| banner.battr.clone())
            .unwrap_or_default(),
        MediaType::Video => {
            let video = imp.video.as_ref();
            listed(video.and_then(|video| video.other.get("battr")))
        }
        MediaType::Audio => of(&imp.audio),
        MediaType::Native => of(&imp.native),
    }
}

/// Whether it is the category itself or one below it: `IAB7-1` is a part of `IAB7`.
fn is_below(category: &str, blocked: &str) -> bool {
    let rest = category.strip_prefix(blocked);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Whether it is the domain itself or a subdomain.
fn is_within(domain: &str, blocked: &str) -> bool {
    let (domain, blocked) = (domain.to_ascii_lowercase(), blocked.to_ascii_lowercase());
    domain == blocked
        || domain
            .strip_suffix(&blocked)
            .is_some_and(|rest| rest.ends_with('.'))
}
