//! How long something took, over many times.

use std::time::Duration;

/// Durations of the same thing.
#[derive(Debug, Default)]
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    pub(crate) fn add(&mut self, more: Vec<Duration>) {
        self.0.extend(more);
    }

    /// The duration that this share of them does not exceed, in milliseconds; nearest rank.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted
            .get(rank)
            .map_or(f64::NAN, |duration| duration.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Spread};

    #[test]
    fn takes_the_nearest_rank() {
        let mut spread = Spread::default();
        spread.add((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!(spread.percentile_ms(50).to_string(), "100");
        assert_eq!(spread.percentile_ms(95).to_string(), "190");
        assert_eq!(spread.percentile_ms(99).to_string(), "198");
    }
}
