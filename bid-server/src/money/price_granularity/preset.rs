//! The five named granularities, and how they are scaled for a currency.

use rust_decimal::Decimal;

use super::{DEFAULT_PRECISION, Granularity, chain};

/// What the named granularities look like in a currency.
///
/// They were made for dollars: the highest bucket is 20. In a currency whose unit is worth a hundredth of a
/// dollar, all buckets have to be a hundred times as large to tell prices apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresetScale {
    /// The ends and steps of ranges are multiplied by this; more than 0.
    pub multiplier: Decimal,
    /// Decimal places.
    pub precision: u32,
}

impl Default for PresetScale {
    /// Unscaled.
    fn default() -> Self {
        Self {
            multiplier: Decimal::ONE,
            precision: DEFAULT_PRECISION,
        }
    }
}

/// Upper ends and steps in hundredths.
type Steps = &'static [(i64, i64)];

const MEDIUM: Steps = &[(2_000, 10)];

/// The granularity with that name.
pub(super) fn named(name: &str, scale: PresetScale) -> Option<Granularity> {
    let steps: Steps = match name {
        "low" => &[(500, 50)],
        "med" | "medium" => MEDIUM,
        "high" => &[(2_000, 1)],
        "auto" => &[(500, 5), (1_000, 10), (2_000, 50)],
        "dense" => &[(300, 1), (800, 5), (2_000, 50)],
        _ => return None,
    };
    Some(scaled(steps, scale))
}

/// The granularity if a request names none: `medium`.
pub(super) fn default(scale: PresetScale) -> Granularity {
    scaled(MEDIUM, scale)
}

fn scaled(steps: Steps, scale: PresetScale) -> Granularity {
    let hundredths = |amount: i64| Decimal::new(amount, 2) * scale.multiplier;
    let steps = steps.iter();
    Granularity {
        precision: scale.precision,
        ranges: chain(steps.map(|(max, step)| (hundredths(*max), hundredths(*step)))),
    }
}
