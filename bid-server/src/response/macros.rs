//! Expands the substitution macros of OpenRTB 2.6 section 4.4 in notices and markup.
//!
//! Prebid.js fires `burl` and `nurl` as they are, so nobody after us would fill in the price.

use std::borrow::Cow;

use crate::auction::JudgedBid;

/// Every macro begins so.
const PREFIX: &str = "${AUCTION_";

/// The text with every known macro expanded. A first-price winner pays its own price, in its own currency.
pub(super) fn expand<'a>(text: &'a str, auction_id: &str, bid: &JudgedBid) -> Cow<'a, str> {
    if !text.contains(PREFIX) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let named = after
            .split_once('}')
            .and_then(|(name, tail)| Some((value(name, auction_id, bid)?, tail)));
        if let Some((value, tail)) = named {
            out.push_str(&value);
            rest = tail;
        } else {
            // Not ours: other parties have macros of the same form.
            out.push_str("${");
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn value(name: &str, auction_id: &str, bid: &JudgedBid) -> Option<String> {
    let text = |value: Option<&str>| Some(value.unwrap_or_default().to_owned());
    match name {
        "AUCTION_ID" => text(Some(auction_id)),
        "AUCTION_BID_ID" => text(bid.bidid.as_deref()),
        "AUCTION_IMP_ID" => text(Some(&bid.bid.impid)),
        "AUCTION_SEAT_ID" => text(bid.buyer.as_deref()),
        "AUCTION_AD_ID" => text(bid.bid.adid.as_deref()),
        "AUCTION_PRICE" => text(bid.bid.price.map(|price| price.to_string()).as_deref()),
        "AUCTION_CURRENCY" => text(Some(&bid.bid_currency)),
        // Of a lost auction only, or not known to us: removed, as the specification asks.
        "AUCTION_MBR" | "AUCTION_LOSS" | "AUCTION_MIN_TO_WIN" | "AUCTION_MULTIPLIER"
        | "AUCTION_IMP_TS" => text(None),
        _ => None,
    }
}
