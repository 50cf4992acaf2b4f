//! `ext.prebid.bidadjustmentfactors`: factors that a bidder's prices are multiplied by, as they come.

use std::collections::BTreeMap;

use openrtb::Price;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::bidder_names;

/// The member that contains factors by media type; all others are bidders.
const BY_MEDIA: &str = "mediatypes";

/// Factors by [`bidder_names::key`].
type ByBidder = BTreeMap<String, Decimal>;

/// Factors of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Factors {
    all: ByBidder,
    by_media: BTreeMap<String, ByBidder>,
}

/// The path below `bidadjustmentfactors`, and what is wrong there.
type Fault = (String, String);

impl Factors {
    /// Reads factors; those that cannot be used are left out, each with a fault.
    pub(crate) fn read(value: &Value, is_bidder: impl Fn(&str) -> bool) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut factors = Self::default();
        let mut read = |path: &str, bidder: &str, value: &Value, into: &mut ByBidder| match factor(
            bidder, value, &is_bidder,
        ) {
            Ok(factor) => drop(into.insert(bidder_names::key(bidder), factor)),
            Err(problem) => faults.push((format!("{path}.{bidder}"), problem.to_owned())),
        };
        for (key, value) in members(value) {
            if key != BY_MEDIA {
                read("", key, value, &mut factors.all);
                continue;
            }
            for (media, bidders) in members(value) {
                let into = factors.by_media.entry(media.clone()).or_default();
                let path = format!(".{BY_MEDIA}.{media}");
                for (bidder, value) in members(bidders) {
                    read(&path, bidder, value, into);
                }
            }
        }
        if !value.is_object() {
            faults.push((String::new(), "must be an object".to_owned()));
        }
        (factors, faults)
    }

    /// The factor for a bid: that of its media type, else the bidder's, else 1.
    ///
    /// `media` is a name from [`super::media_name`]; a factor for `video` covers both kinds of it.
    pub(crate) fn of(&self, seat: &str, media: &str) -> Decimal {
        let plain = media.split('-').next().unwrap_or(media);
        let of_media = |media| bidder_names::find_by_key(self.by_media.get(media)?, seat);
        let factor = of_media(media)
            .or_else(|| of_media(plain))
            .or_else(|| bidder_names::find_by_key(&self.all, seat));
        factor.copied().unwrap_or(Decimal::ONE)
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn factor(
    bidder: &str,
    value: &Value,
    is_bidder: impl Fn(&str) -> bool,
) -> Result<Decimal, &'static str> {
    if !is_bidder(bidder) {
        return Err("no known bidder, and no alias of this request");
    }
    let factor = Price::deserialize(value).ok();
    let factor = factor.filter(|factor| factor.is_positive());
    factor.map(Price::amount).ok_or("must be a number above 0")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> (Factors, Vec<Fault>) {
        Factors::read(value, |code| code.eq_ignore_ascii_case("alpha"))
    }

    #[track_caller]
    fn check(value: &Value, seat: &str, media: &str, expected: &str) {
        let (factors, faults) = read(value);
        assert_eq!(faults, []);
        assert_eq!(factors.of(seat, media).to_string(), expected);
    }

    #[test]
    fn the_media_types_factor_goes_before_the_bidders() {
        let value = json!({"ALPHA": 0.9, "mediatypes": {"banner": {"Alpha": 0.8}, "video": {"alpha": 0.7}, "video-outstream": {"alpha": 0.6}}});
        check(&value, "alpha", "banner", "0.8");
        check(&value, "Alpha", "native", "0.9");
        check(&value, "alpha", "video-instream", "0.7");
        check(&value, "alpha", "video-outstream", "0.6");
        check(&value, "beta", "banner", "1");
    }

    #[test]
    fn each_fault_names_its_place() {
        let value =
            json!({"alpha": 0, "beta": 1, "mediatypes": {"banner": {"alpha": "x", "Alpha": -1}}});
        let (factors, faults) = read(&value);
        let paths: Vec<&str> = faults.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                ".alpha",
                ".beta",
                ".mediatypes.banner.alpha",
                ".mediatypes.banner.Alpha"
            ]
        );
        assert_eq!(factors.of("alpha", "banner"), Decimal::ONE);
        assert_eq!(read(&json!([])).1.len(), 1);
    }
}
