//! Units that must not be mixed up: prices, times and sizes.

use crate::json;

/// Price per thousand impressions, in millionths of its currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cpm(pub i64);

impl Cpm {
    /// Decimals kept.
    pub const DECIMALS: u32 = 6;

    /// As it is written in `${AUCTION_PRICE}`: `1.2`.
    pub fn text(self) -> String {
        let mut out = String::new();
        json::push_fixed(&mut out, self.0, Self::DECIMALS);
        out
    }
}

/// A time or a span in the page's monotonic clock, in microseconds since navigation start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Elapsed(pub i64);

impl Elapsed {
    /// Decimals of a millisecond that are kept.
    pub const DECIMALS: u32 = 3;

    /// A span of whole milliseconds.
    pub const fn millis(millis: u32) -> Self {
        Self(millis as i64 * 1000)
    }

    /// From the browser's milliseconds; anything that is not a number counts as 0.
    pub fn from_browser(millis: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "float to integer saturates"
        )]
        Self((millis * 1000.0).round() as i64)
    }

    /// Time from `earlier` to this, never negative.
    pub fn since(self, earlier: Self) -> Self {
        Self((self.0 - earlier.0).max(0))
    }

    /// Whole milliseconds, rounded up, for a timer.
    pub fn timer_millis(self) -> u32 {
        u32::try_from((self.0.max(0) + 999) / 1000).unwrap_or(u32::MAX)
    }
}

/// Width and height in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Size {
    /// A pair of sides; anything else, such as the word `fluid`, is not a size.
    pub(crate) fn read(value: &json::Value<'_>) -> Option<Self> {
        let mut sides = value.items().map(|side| side.number().unwrap_or_default());
        match (sides.next(), sides.next(), sides.next()) {
            (Some(width), Some(height), None) => Some(Self { width, height }),
            _ => None,
        }
    }

    /// As in `hb_size` and the tables: `300x250`.
    pub fn text(self) -> String {
        let mut out = String::new();
        json::push_integer(&mut out, u64::from(self.width));
        out.push('x');
        json::push_integer(&mut out, u64::from(self.height));
        out
    }

    /// Whether there is any area to show something in.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }
}
