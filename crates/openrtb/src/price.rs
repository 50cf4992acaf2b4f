//! [`Price`]: a cpm as an exact decimal, read from and written to JSON numbers.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::exact::MARK;

/// A price per thousand impressions; its currency is stated next to it.
///
/// A JSON number such as `0.30` reaches us as the nearest binary float. The float's shortest decimal form is
/// the text that the sender wrote, so that is what we parse; from then on all arithmetic is decimal. (The
/// alternative, serde's arbitrary precision, breaks flattened structs.)
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(Decimal);

/// Why a text or number is not a price.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a price: {0}")]
pub struct PriceError(String);

impl Price {
    /// Zero.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Wraps a decimal.
    pub const fn new(amount: Decimal) -> Self {
        Self(amount)
    }

    /// The amount, for calculations.
    pub const fn amount(self) -> Decimal {
        self.0
    }

    /// Whether it is more than zero.
    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// Whether it is less than zero.
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }

    /// The price that a float stands for, by its shortest decimal form.
    ///
    /// # Errors
    /// If it is not finite or too large for a decimal.
    pub fn from_f64(value: f64) -> Result<Self, PriceError> {
        if let Some(short) = short_form(value) {
            return Ok(Self(short));
        }
        // `Display` prints the shortest digits that give the same float, without an exponent.
        value.to_string().parse()
    }

    /// The nearest float; for wire formats only, never for calculations.
    pub fn to_f64(self) -> f64 {
        let (digits, scale) = (self.0.mantissa(), self.0.scale());
        let power = usize::try_from(scale)
            .ok()
            .and_then(|scale| POWERS.get(scale));
        if let (Ok(digits), Some(power)) = (i32::try_from(digits), power) {
            // Both are exact, so their quotient is the nearest float.
            return f64::from(digits) / power;
        }
        // A decimal always prints as a number that parses as a float.
        self.0.normalize().to_string().parse().unwrap_or(0.0)
    }
}

/// The powers of ten that prices of the usual length need; a float holds each of them exactly.
const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

/// The shortest decimal that gives this float, if it has only a few digits.
///
/// Two decimals of up to 15 digits never give the same float, so the one that is found is the one that was written.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole, and within the limits of an i32"
)]
fn short_form(value: f64) -> Option<Decimal> {
    for (scale, power) in (0..).zip(POWERS) {
        let digits = (value * power).round();
        if !(1.0..=f64::from(i32::MAX)).contains(&digits) {
            continue;
        }
        // Exactly the same bits, not just nearly.
        if (digits / power).to_bits() == value.to_bits() {
            return Some(Decimal::new(digits as i64, scale));
        }
    }
    None
}

impl FromStr for Price {
    type Err = PriceError;

    fn from_str(text: &str) -> Result<Self, PriceError> {
        text.trim()
            .parse::<Decimal>()
            .map(Self)
            .map_err(|_| PriceError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

impl From<Decimal> for Price {
    fn from(amount: Decimal) -> Self {
        Self(amount)
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PriceVisitor)
    }
}

struct PriceVisitor;

impl Visitor<'_> for PriceVisitor {
    type Value = Price;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a price")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Price, E> {
        Price::from_f64(value).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Price, E> {
        Ok(Price(Decimal::from(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Price, E> {
        Ok(Price(Decimal::from(value)))
    }

    // Some SSPs quote their numbers, and long ones are protected.
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Price, E> {
        let digits = value.strip_prefix(MARK).unwrap_or(value);
        digits.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cent_price_reads_exactly() {
        for cents in 1..=2_000_i64 {
            let text = Decimal::new(cents, 2).to_string();
            let price: Price = serde_json::from_str(&text).unwrap();
            assert_eq!(price.amount(), Decimal::new(cents, 2));
        }
    }

    #[test]
    fn writes_the_number_that_it_read() {
        for text in ["0.3", "1.05", "0.000125", "19.99", "12345.678"] {
            let price: Price = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&price).unwrap(), text);
        }
    }

    #[test]
    fn the_short_way_leads_where_the_long_one_does() {
        let mut seed: u64 = 7;
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let digits = i64::try_from(seed >> 33).unwrap();
            let scale = u32::try_from(seed >> 8 & 7).unwrap();
            let text = Decimal::new(digits, scale).normalize().to_string();
            let float: f64 = text.parse().unwrap();
            let price = Price::from_f64(float).unwrap();
            assert_eq!(price.to_string(), text);
            assert_eq!(price.to_f64().to_bits(), float.to_bits(), "{text}");
        }
    }

    #[test]
    fn reads_whole_and_quoted_numbers() {
        assert_eq!(serde_json::from_str::<Price>("2").unwrap().to_string(), "2");
        assert_eq!(
            serde_json::from_str::<Price>("\"1.50\"")
                .unwrap()
                .to_string(),
            "1.5"
        );
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for text in ["1e300", "\"\"", "\"abc\"", "true", "[]"] {
            assert!(serde_json::from_str::<Price>(text).is_err(), "{text}");
        }
        assert!(Price::from_f64(f64::NAN).is_err());
    }
}
