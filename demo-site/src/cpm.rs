//! Price per thousand impressions, exact in decimal; used by the ad server and by the tables' reader.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Serialize, Serializer};

/// A price per thousand, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cpm(Decimal);

impl Cpm {
    /// Nothing earned.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// From a number on the wire or in the configuration; `None` if it is negative or not finite.
    pub fn from_number(number: f64) -> Option<Self> {
        let decimal = Decimal::try_from(number).ok()?;
        (decimal >= Decimal::ZERO).then_some(Self(decimal))
    }

    /// From a price bucket such as `1.20`.
    pub fn from_bucket(bucket: &str) -> Option<Self> {
        let decimal: Decimal = bucket.trim().parse().ok()?;
        (decimal >= Decimal::ZERO).then_some(Self(decimal))
    }

    /// The number to put into JSON.
    pub fn as_number(self) -> f64 {
        self.0.to_f64().unwrap_or_default()
    }
}

impl fmt::Display for Cpm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.normalize())
    }
}

impl Serialize for Cpm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_number())
    }
}

#[cfg(test)]
mod tests {
    use super::Cpm;

    #[test]
    fn reads_buckets_and_numbers_alike() {
        assert_eq!(Cpm::from_bucket("1.20"), Cpm::from_number(1.2));
        assert!(Cpm::from_bucket("2.00") > Cpm::from_number(1.2));
    }

    #[test]
    fn refuses_what_is_not_a_price() {
        for text in ["", "abc", "-1", "NaN"] {
            assert_eq!(Cpm::from_bucket(text), None, "{text}");
        }
        assert_eq!(Cpm::from_number(f64::NAN), None);
        assert_eq!(Cpm::from_number(-0.5), None);
    }
}
