//! Bid adjustments: what a bid is worth to the publisher, as opposed to what the bidder says.
//!
//! They come from `ext.prebid.bidadjustments` and from the account's setting of the same form: by media type,
//! bidder and deal, each of which may be `*`. Only the most specific matching rule is applied.

mod factors;

use std::collections::BTreeMap;

use openrtb::{Imp, MediaType, Price};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::Value;

pub(crate) use factors::Factors;

use crate::bidder_names;

/// All adjustments of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Adjustments {
    /// Applied to prices as they come.
    pub(crate) factors: Factors,
    /// Applied to prices in the auction's currency.
    pub(crate) rules: Rules,
}

/// Decimal places of an adjusted price.
const DECIMALS: u32 = 4;
/// A bid without a deal that is adjusted to zero or less competes with this: 0.1.
const LEAST: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
/// Multipliers must be less than this.
const MULTIPLIER_LIMIT: Decimal = Decimal::ONE_HUNDRED;
const ANY: &str = "*";

type ByDeal = BTreeMap<String, Vec<Adjustment>>;
type ByBidder = BTreeMap<String, ByDeal>;

/// Adjustments by media type, bidder and deal.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Rules {
    #[serde(default, alias = "mediaType")]
    mediatype: BTreeMap<String, ByBidder>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Adjustment {
    #[serde(alias = "adjType")]
    adjtype: AdjustmentKind,
    value: Price,
    #[serde(default)]
    currency: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AdjustmentKind {
    Multiplier,
    Cpm,
    Static,
}

/// What rules need to know about a bid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adjusted<'a> {
    pub(crate) media: &'a str,
    pub(crate) seat: &'a str,
    pub(crate) deal: Option<&'a str>,
}

impl Rules {
    /// Reads and checks rules; the error says what is wrong, and where.
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        let rules = Self::deserialize(value).map_err(|error| error.to_string())?;
        rules.check()?;
        Ok(rules)
    }

    /// Whether all values can be used; the error says what is wrong, and where.
    pub(crate) fn check(&self) -> Result<(), String> {
        for (media, bidders) in &self.mediatype {
            for (bidder, deals) in bidders {
                for (deal, list) in deals {
                    let path = || format!("mediatype.{media}.{bidder}.{deal}");
                    let broken = list.iter().find_map(|one| one.check().err());
                    if let Some(problem) = broken {
                        return Err(format!("{}: {problem}", path()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Lays these rules over others: if both have rules for the same bids, these count.
    pub(crate) fn over(self, mut below: Self) -> Self {
        for (media, bidders) in self.mediatype {
            let media = below.mediatype.entry(media).or_default();
            for (bidder, deals) in bidders {
                media.entry(bidder).or_default().extend(deals);
            }
        }
        below
    }

    /// The price after adjustment, in its original currency.
    ///
    /// `convert` converts an amount to that currency; if it cannot, the price stays as it is.
    pub(crate) fn apply(
        &self,
        price: Price,
        bid: Adjusted<'_>,
        convert: impl Fn(Price, &str) -> Option<Price>,
    ) -> Price {
        let Some(list) = self.list(bid) else {
            return price;
        };
        let adjusted = list
            .iter()
            .try_fold(price.amount(), |amount, one| one.apply(amount, &convert));
        let Some(amount) = adjusted else {
            return price;
        };
        let amount =
            amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero);
        Price::new(match bid.deal {
            Some(_) => amount.max(Decimal::ZERO),
            None if amount <= Decimal::ZERO => LEAST,
            None => amount.normalize(),
        })
    }

    /// The lowest price of a bid without a deal that reaches the floor after adjustment; `None` = the floor
    /// itself, because no rule matches, or no price would do.
    ///
    /// `convert` converts an amount to the floor's currency.
    pub(crate) fn before(
        &self,
        floor: Decimal,
        (media, seat): (&str, &str),
        convert: impl Fn(Price, &str) -> Option<Price>,
    ) -> Option<Decimal> {
        let deal = None;
        let list = self.list(Adjusted { media, seat, deal })?;
        let mut last_first = list.iter().rev();
        last_first.try_fold(floor, |floor, one| one.before(floor, &convert))
    }

    /// The most specific list of adjustments for a bid.
    fn list(&self, bid: Adjusted<'_>) -> Option<&Vec<Adjustment>> {
        let Adjusted { media, seat, deal } = bid;
        let named =
            |media, bidder, deal| bidder_names::find(self.mediatype.get(media)?, bidder)?.get(deal);
        let of_deal = |media, bidder| named(media, bidder, deal?);
        of_deal(media, seat)
            .or_else(|| named(media, seat, ANY))
            .or_else(|| of_deal(media, ANY))
            .or_else(|| of_deal(ANY, seat))
            .or_else(|| named(media, ANY, ANY))
            .or_else(|| named(ANY, seat, ANY))
            .or_else(|| of_deal(ANY, ANY))
            .or_else(|| named(ANY, ANY, ANY))
    }
}

impl Adjustment {
    fn check(&self) -> Result<(), &'static str> {
        if self.value.is_negative() {
            return Err("value must not be negative");
        }
        match self.adjtype {
            AdjustmentKind::Multiplier if self.value.amount() >= MULTIPLIER_LIMIT => {
                Err("a multiplier must be less than 100")
            }
            AdjustmentKind::Cpm | AdjustmentKind::Static if self.currency.is_empty() => {
                Err("currency is needed")
            }
            AdjustmentKind::Multiplier | AdjustmentKind::Cpm | AdjustmentKind::Static => Ok(()),
        }
    }

    fn apply(
        &self,
        amount: Decimal,
        convert: &impl Fn(Price, &str) -> Option<Price>,
    ) -> Option<Decimal> {
        match self.adjtype {
            AdjustmentKind::Multiplier => amount.checked_mul(self.value.amount()),
            AdjustmentKind::Cpm => {
                amount.checked_sub(convert(self.value, &self.currency)?.amount())
            }
            AdjustmentKind::Static => Some(convert(self.value, &self.currency)?.amount()),
        }
    }

    /// The amount that becomes this floor.
    fn before(
        &self,
        floor: Decimal,
        convert: &impl Fn(Price, &str) -> Option<Price>,
    ) -> Option<Decimal> {
        match self.adjtype {
            AdjustmentKind::Multiplier => floor.checked_div(self.value.amount()),
            AdjustmentKind::Cpm => floor.checked_add(convert(self.value, &self.currency)?.amount()),
            // Every bid becomes the same, whatever the floor is.
            AdjustmentKind::Static => None,
        }
    }
}

/// The name that rules use for the media type of a bid: video is instream or outstream.
pub(crate) fn media_name(media_type: MediaType, imp: &Imp) -> &'static str {
    if media_type != MediaType::Video {
        return media_type.name();
    }
    let plcmt = imp.video.as_ref().and_then(|video| video.plcmt);
    // AdCOM: 3 = interstitial, 4 = standalone; both play outside of content.
    if matches!(plcmt, Some(3 | 4)) {
        "video-outstream"
    } else {
        "video-instream"
    }
}

#[cfg(test)]
mod tests;
