//! Seeded randomness and the distributions of latency and price.
//!
//! `SplitMix64` in ten lines instead of a crate: what counts is that a draw depends on
//! nothing but the seed and the words it is mixed with, whatever versions are in use.

/// A stream of draws that belongs to one question, such as "SSP alpha, request r, imp i".
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Draw {
    /// Starts the stream of a seed and the words that name the question.
    pub fn new(seed: u64, words: &[&str]) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
        for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Self(hash)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        let top = u32::try_from(self.next() >> 32).unwrap_or(0);
        f64::from(top) / (f64::from(u32::MAX) + 1.0)
    }

    /// One of the choices; `None` if there are no choices.
    pub fn choose<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(choices.len()).ok().filter(|&n| n > 0)?;
        choices.get(usize::try_from(self.next() % count).ok()?)
    }

    /// From the standard normal distribution (Box-Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// A log-normal distribution, given by two of its quantiles.
#[derive(Debug, Clone, Copy)]
pub struct LogNormal {
    median: f64,
    sigma: f64,
}

impl LogNormal {
    /// From median and 95th percentile; none unless 0 < median <= p95.
    pub fn from_quantiles(median: f64, p95: f64) -> Option<Self> {
        /// The 95th percentile of the standard normal distribution.
        const Z95: f64 = 1.644_853_626_951;
        let sound = median > 0.0 && median <= p95 && p95.is_finite();
        sound.then(|| Self {
            median,
            sigma: (p95 / median).ln() / Z95,
        })
    }

    /// One value.
    pub fn sample(&self, draw: &mut Draw) -> f64 {
        self.median * (self.sigma * draw.normal()).exp()
    }
}

/// How an SSP sets its price, in units of its currency per thousand.
#[derive(Debug, Clone)]
pub enum Price {
    /// Always the same.
    Fixed(f64),
    /// Evenly between the two.
    Uniform {
        /// Lowest price.
        min: f64,
        /// Highest price.
        max: f64,
    },
    /// Mostly near the median, with a long tail, cut at the two ends.
    LogNormal {
        /// The distribution.
        shape: LogNormal,
        /// Lowest price.
        min: f64,
        /// Highest price.
        max: f64,
    },
}

impl Price {
    /// One price in whole cents.
    pub fn sample(&self, draw: &mut Draw) -> f64 {
        let cpm = match self {
            Self::Fixed(cpm) => *cpm,
            Self::Uniform { min, max } => min + (max - min) * draw.unit(),
            Self::LogNormal { shape, min, max } => shape.sample(draw).clamp(*min, *max),
        };
        cents(cpm)
    }
}

/// Rounds to whole cents, and never to nothing.
pub fn cents(cpm: f64) -> f64 {
    ((cpm * 100.0).round() / 100.0).max(0.01)
}

#[cfg(test)]
mod tests;
