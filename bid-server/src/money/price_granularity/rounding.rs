//! The account's setting `bid_rounding`.

use serde::Deserialize;

use super::Rounding;

/// Where a price between two buckets goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BidRounding {
    /// To the lower one.
    #[default]
    Down,
    /// To the upper one.
    Up,
    /// To the nearer one; from the middle, to the upper one.
    True,
    /// To the lower one in half of the auctions, to the upper one in the other half.
    TimeSplit,
}

impl BidRounding {
    /// The rounding of one auction. `chance` draws a random number below its argument.
    pub(crate) fn draw(self, chance: impl FnOnce(u32) -> u32) -> Rounding {
        match self {
            Self::Down => Rounding::Down,
            Self::Up => Rounding::Up,
            Self::True => Rounding::Nearest,
            Self::TimeSplit if chance(2) == 0 => Rounding::Down,
            Self::TimeSplit => Rounding::Up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_split_goes_either_way() {
        let draw = |drawn| BidRounding::TimeSplit.draw(move |_| drawn);
        assert_eq!((draw(0), draw(1)), (Rounding::Down, Rounding::Up));
        assert_eq!(BidRounding::True.draw(|_| 0), Rounding::Nearest);
    }
}
