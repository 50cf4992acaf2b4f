//! From a cpm to its price bucket, in exact decimals.
//!
//! A bucket is the price rounded down to a step that depends on the range it falls into. Computed
//! in binary floating point, one cent price in eight lands a step too low; decimals do not.

use openrtb::Price;
use openrtb::ext::{GranularityRange, PriceGranularity};
use rust_decimal::{Decimal, RoundingStrategy};

const MAX_PRECISION: u32 = 15;
const DEFAULT_PRECISION: u32 = 2;

/// Ranges with a step each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granularity {
    precision: u32,
    /// Ascending; each begins where the one before ends.
    ranges: Vec<Range>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    min: Decimal,
    max: Decimal,
    increment: Decimal,
}

impl Default for Granularity {
    /// `medium`: steps of 0.10 up to 20.
    fn default() -> Self {
        Self::of_cents(&[(2_000, 10)])
    }
}

impl Granularity {
    /// Reads a wish; the error says what is wrong with it.
    pub(crate) fn from_wire(wish: &PriceGranularity) -> Result<Self, String> {
        match wish {
            PriceGranularity::Preset(name) => {
                Self::preset(name).ok_or_else(|| format!("no granularity is called {name:?}"))
            }
            PriceGranularity::Custom { precision, ranges } => Self::custom(*precision, ranges),
        }
    }

    fn preset(name: &str) -> Option<Self> {
        match name {
            "low" => Some(Self::of_cents(&[(500, 50)])),
            "med" | "medium" => Some(Self::default()),
            "high" => Some(Self::of_cents(&[(2_000, 1)])),
            "auto" => Some(Self::of_cents(&[(500, 5), (1_000, 10), (2_000, 50)])),
            "dense" => Some(Self::of_cents(&[(300, 1), (800, 5), (2_000, 50)])),
            _ => None,
        }
    }

    /// Upper ends and steps, both in cents.
    fn of_cents(steps: &[(i64, i64)]) -> Self {
        let steps = steps
            .iter()
            .map(|(max, step)| (Decimal::new(*max, 2), Decimal::new(*step, 2)));
        Self {
            precision: DEFAULT_PRECISION,
            ranges: chain(steps),
        }
    }

    fn custom(precision: Option<u32>, ranges: &[GranularityRange]) -> Result<Self, String> {
        let precision = precision.unwrap_or(DEFAULT_PRECISION);
        if precision > MAX_PRECISION {
            return Err(format!("precision must be 0 to {MAX_PRECISION}"));
        }
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

    /// The bucket of a price; prices over the top fall to the top.
    pub(crate) fn bucket(&self, price: Price) -> Option<String> {
        let top = self.ranges.last()?.max;
        let price = price.amount().min(top);
        // Both ends of a range belong to it; where two meet, the upper one counts.
        let range = self.ranges.iter().rev().find(|range| price >= range.min)?;
        // A caller may ask for steps so small that there is no decimal for their number.
        let steps = price
            .checked_sub(range.min)?
            .checked_div(range.increment)?
            .floor();
        let bucket = steps.checked_mul(range.increment)?.checked_add(range.min)?;
        let mut bucket = bucket.round_dp_with_strategy(self.precision, RoundingStrategy::ToZero);
        bucket.rescale(self.precision);
        Some(bucket.to_string())
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
