//! Expands the substitution macros of OpenRTB 2.6 section 4.4 in notices and markup.
//!
//! Prebid.js fires `burl` and `nurl` as they are, so nobody after us would fill in the price. A macro whose
//! value is unknown is removed, as the specification requires; anything that is not an OpenRTB macro stays.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openrtb::Price;

use crate::auction::JudgedBid;

/// Every macro begins with this.
pub(crate) const PREFIX: &str = "${AUCTION_";

/// The values of macros that are not in the bid itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MacroValues<'a> {
    /// The auction.
    pub(crate) auction_id: &'a str,
    /// Why the bid lost (OpenRTB's list of loss reasons); 0 = it won.
    pub(crate) loss: Option<u16>,
    /// The price that would have won, in the bid's currency.
    pub(crate) min_to_win: Option<Price>,
    /// When the impression was seen.
    pub(crate) impression: ImpressionTime,
}

/// What happens to `${AUCTION_IMP_TS}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ImpressionTime {
    /// It is removed, because nobody will know the time.
    #[default]
    Unknown,
    /// It stays; [`expand_impression_time`] fills it in once the impression has been seen.
    FilledLater,
}

/// The text with every known macro expanded; `None` = it contains none. A first-price winner pays its own
/// price, in its own currency.
pub(crate) fn expand(text: &str, values: MacroValues<'_>, bid: &JudgedBid) -> Option<String> {
    replace(text, |name| value(name, values, bid))
}

/// Fills in the one macro that is known only when the impression has been seen, at this many milliseconds
/// since the Unix epoch.
pub(crate) fn expand_impression_time(text: &str, seen_at: i64) -> String {
    let value = |name: &str| (name == "AUCTION_IMP_TS").then(|| seen_at.to_string());
    replace(text, value).unwrap_or_else(|| text.to_owned())
}

fn replace(text: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    if !text.contains(PREFIX) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let named = after.split_once('}').and_then(|(name, tail)| {
            let value = match name.split_once(':') {
                Some((name, "B64")) => STANDARD.encode(value(name)?),
                _ => value(name)?,
            };
            Some((value, tail))
        });
        if let Some((value, tail)) = named {
            out.push_str(&value);
            rest = tail;
        } else {
            // It is not ours: other parties use macros of the same form.
            out.push_str("${");
            rest = after;
        }
    }
    out.push_str(rest);
    Some(out)
}

fn value(name: &str, values: MacroValues<'_>, bid: &JudgedBid) -> Option<String> {
    let text = |value: Option<&str>| Some(value.unwrap_or_default().to_owned());
    let number = |value: Option<String>| Some(value.unwrap_or_default());
    let won = values.loss == Some(0);
    match name {
        "AUCTION_ID" => text(Some(values.auction_id)),
        "AUCTION_BID_ID" => text(bid.bidid.as_deref()),
        "AUCTION_IMP_ID" => text(Some(&bid.bid.impid)),
        "AUCTION_SEAT_ID" => text(bid.buyer.as_deref()),
        "AUCTION_AD_ID" => text(bid.bid.adid.as_deref()),
        "AUCTION_PRICE" => number(bid.bid.price.map(|price| price.to_string())),
        "AUCTION_CURRENCY" => text(Some(&bid.bid_currency)),
        // The share of the bid that the market price amounts to: all of it, in a first-price auction.
        "AUCTION_MBR" => number(won.then(|| "1".to_owned())),
        "AUCTION_LOSS" => number(values.loss.map(|loss| loss.to_string())),
        "AUCTION_MIN_TO_WIN" => number(values.min_to_win.map(|price| price.to_string())),
        "AUCTION_MULTIPLIER" => number(won.then(|| "1".to_owned())),
        "AUCTION_IMP_TS" => match values.impression {
            ImpressionTime::Unknown => Some(String::new()),
            ImpressionTime::FilledLater => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, values: MacroValues<'_>, expected: &str) {
        let mut bid = JudgedBid::sample("a", "1.50");
        bid.bid.impid = "top".to_owned();
        bid.buyer = Some("buyer".to_owned());
        assert_eq!(expand(text, values, &bid).as_deref(), Some(expected));
    }

    #[test]
    fn expands_what_is_known_and_removes_the_rest() {
        let won = MacroValues {
            auction_id: "q",
            loss: Some(0),
            ..MacroValues::default()
        };
        check(
            "${AUCTION_ID}|${AUCTION_IMP_ID}|${AUCTION_SEAT_ID}|${AUCTION_AD_ID}|${AUCTION_PRICE}|${AUCTION_CURRENCY}",
            won,
            "q|top|buyer||1.5|USD",
        );
        check(
            "${AUCTION_MBR}|${AUCTION_LOSS}|${AUCTION_MIN_TO_WIN}|${AUCTION_MULTIPLIER}|${AUCTION_IMP_TS}|${AUCTION_BID_ID}",
            won,
            "1|0||1||",
        );
        let lost = MacroValues {
            loss: Some(102),
            min_to_win: "2.25".parse().ok(),
            ..MacroValues::default()
        };
        check(
            "${AUCTION_LOSS}|${AUCTION_MIN_TO_WIN}|${AUCTION_MBR}",
            lost,
            "102|2.25|",
        );
    }

    #[test]
    fn writes_base64_where_asked() {
        let values = MacroValues::default();
        check("${AUCTION_PRICE:B64}", values, "MS41");
        check(
            "${AUCTION_IMP_ID:B64}|${AUCTION_SEAT_ID:B64}",
            values,
            "dG9w|YnV5ZXI=",
        );
        check("${AUCTION_PRICE:HEX}", values, "${AUCTION_PRICE:HEX}");
    }

    #[test]
    fn leaves_other_macros_alone() {
        let values = MacroValues::default();
        check("${CLICK}${AUCTION_PRICE}${", values, "${CLICK}1.5${");
        check("${AUCTION_PRICE", values, "${AUCTION_PRICE");
        let bid = JudgedBid::sample("a", "1");
        assert_eq!(expand("${CLICK}", values, &bid), None);
    }

    #[test]
    fn time_of_the_impression_is_filled_later() {
        let values = MacroValues {
            impression: ImpressionTime::FilledLater,
            ..MacroValues::default()
        };
        check(
            "${AUCTION_PRICE}|${AUCTION_IMP_TS}",
            values,
            "1.5|${AUCTION_IMP_TS}",
        );
        assert_eq!(
            expand_impression_time("t=${AUCTION_IMP_TS}&u=${X}", 7),
            "t=7&u=${X}"
        );
    }
}
