//! The account's setting `bid_rounding`.

use serde::Deserialize;

use super::Rounding;

/// To which of its two neighbours a price between two buckets goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BidRounding {
    /// The lower one.
    #[default]
    Down,
    /// The upper one.
    Up,
    /// The nearer one; from the middle, the upper one.
    True,
    /// Either, in half of the auctions each.
    TimeSplit,
}

impl BidRounding {
    /// The rounding of one auction. `chance` draws a number below the one that it gets.
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
