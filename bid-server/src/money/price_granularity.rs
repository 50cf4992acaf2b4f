//! From a cpm to its price bucket, in exact decimals.
//!
//! A bucket is the price rounded down to a step that depends on the range it falls into. In binary floating
//! point, one cent price in eight would end up a step too low; decimals avoid that.

mod by_media;
mod preset;
mod rounding;

use openrtb::Price;
use openrtb::ext::{GranularityRange, PriceGranularity};
use rust_decimal::{Decimal, RoundingStrategy};

pub(crate) use by_media::Granularities;
pub use preset::PresetScale;
pub(crate) use rounding::BidRounding;

const MAX_PRECISION: u32 = 15;
const DEFAULT_PRECISION: u32 = 2;

/// Ranges, each with its own step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granularity {
    precision: u32,
    /// Ascending; each begins where the previous one ends.
    ranges: Vec<Range>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    min: Decimal,
    max: Decimal,
    increment: Decimal,
}

/// Where a price between two buckets goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// To the lower one.
    #[default]
    Down,
    /// To the upper one.
    Up,
    /// To the nearer one; from the middle, to the upper one.
    Nearest,
}

impl Granularity {
    /// Reads a granularity; presets are scaled for the auction's currency. The error says what is wrong.
    pub(crate) fn from_wire(wire: &PriceGranularity, scale: PresetScale) -> Result<Self, String> {
        match wire {
            PriceGranularity::Preset(name) => preset::named(name, scale)
                .ok_or_else(|| format!("no granularity is called {name:?}")),
            PriceGranularity::Custom { precision, ranges } => Self::custom(*precision, ranges),
        }
    }

    fn custom(precision: Option<i64>, ranges: &[GranularityRange]) -> Result<Self, String> {
        let precision = precision.map_or(Ok(DEFAULT_PRECISION), u32::try_from);
        let Some(precision) = precision.ok().filter(|digits| *digits <= MAX_PRECISION) else {
            return Err(format!("precision must be 0 to {MAX_PRECISION}"));
        };
        if ranges.is_empty() {
            return Err("ranges: at least one is needed".to_owned());
        }
        let mut end = Decimal::ZERO;
        for (index, range) in ranges.iter().enumerate() {
            if range.max.amount() <= end {
                return Err(format!(
                    "ranges[{index}].max must be more than the one before"
                ));
            }
            if !range.increment.is_positive() {
                return Err(format!("ranges[{index}].increment must be more than 0"));
            }
            end = range.max.amount();
        }
        let steps = ranges
            .iter()
            .map(|range| (range.max.amount(), range.increment.amount()));
        Ok(Self {
            precision,
            ranges: chain(steps),
        })
    }

    /// The bucket of a price; prices above the top get the top bucket.
    pub(crate) fn bucket(&self, price: Price, rounding: Rounding) -> Option<String> {
        let top = self.ranges.last()?.max;
        let price = price.amount();
        if price > top {
            return Some(self.show(top));
        }
        // A range includes both of its ends; where two ranges meet, the upper one counts.
        let range = self.ranges.iter().rev().find(|range| price >= range.min)?;
        Some(self.show(range.round(price, rounding)?))
    }

    fn show(&self, bucket: Decimal) -> String {
        let precision = self.precision;
        let mut bucket =
            bucket.round_dp_with_strategy(precision, RoundingStrategy::MidpointNearestEven);
        bucket.rescale(precision);
        bucket.to_string()
    }
}

impl Range {
    /// `None` if a caller asks for steps so small that their number is too large for a decimal.
    fn round(&self, price: Decimal, rounding: Rounding) -> Option<Decimal> {
        let above = price.checked_sub(self.min)?;
        let steps = above.checked_div(self.increment)?.floor();
        let lower = steps.checked_mul(self.increment)?;
        let rest = above.checked_sub(lower)?;
        let upwards = match rounding {
            Rounding::Down => false,
            Rounding::Up => rest > Decimal::ZERO,
            Rounding::Nearest => rest >= self.increment.checked_div(Decimal::TWO)?,
        };
        let lower = lower.checked_add(self.min)?;
        if !upwards {
            return Some(lower);
        }
        Some(lower.checked_add(self.increment)?.min(self.max))
    }
}

fn chain(steps: impl Iterator<Item = (Decimal, Decimal)>) -> Vec<Range> {
    let mut min = Decimal::ZERO;
    let ranges = steps.map(|(max, increment)| {
        let range = Range {
            min,
            max,
            increment,
        };
        min = max;
        range
    });
    ranges.collect()
}

#[cfg(test)]
mod tests;
