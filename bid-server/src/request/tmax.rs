//! The one deadline of an auction, computed once from `tmax` and passed down.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::AuctionConfig;

/// How long an auction may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// When the request was there.
    pub(crate) arrived: Instant,
    /// What it is allowed.
    pub(crate) tmax: Duration,
    /// Until then SSPs are waited for; what is left is for the answer.
    pub(crate) wait_until: Instant,
}

impl Budget {
    /// No tmax, or 0, means the default; more than the maximum means the maximum.
    pub(crate) fn new(tmax: Option<i64>, arrived: Instant, limits: &AuctionConfig) -> Self {
        let asked = tmax
            .and_then(|ms| u64::try_from(ms).ok())
            .filter(|ms| *ms > 0);
        let tmax = asked.map_or(limits.default_tmax, Duration::from_millis);
        let tmax = tmax.min(limits.max_tmax);
        // A very short tmax still leaves most of itself to the SSPs.
        let reserve = limits.answer_reserve.min(tmax / 4);
        Self {
            arrived,
            tmax,
            wait_until: arrived + tmax - reserve,
        }
    }

    /// The tmax that SSPs are told at `now`: what remains less the way there and back.
    pub(crate) fn for_ssps(&self, now: Instant, network: Duration) -> i64 {
        let remains = self.wait_until.saturating_duration_since(now);
        let told = remains.saturating_sub(network.min(remains / 4));
        whole_ms(told).max(1)
    }
}

/// Milliseconds, rounded down.
pub(crate) fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[track_caller]
    fn check(tmax: Option<i64>, allowed: u64, waited: u64) {
        let limits = Config::parse("").unwrap().auction;
        let now = Instant::now();
        let budget = Budget::new(tmax, now, &limits);
        assert_eq!(budget.tmax, Duration::from_millis(allowed));
        assert_eq!(budget.wait_until - now, Duration::from_millis(waited));
    }

    #[test]
    fn clamps_tmax_and_keeps_a_reserve() {
        check(None, 700, 690);
        check(Some(0), 700, 690);
        check(Some(500), 500, 490);
        check(Some(99_999), 5000, 4990);
        check(Some(20), 20, 15);
    }

    #[test]
    fn tells_ssps_what_remains() {
        let limits = Config::parse("").unwrap().auction;
        let now = Instant::now();
        let budget = Budget::new(Some(500), now, &limits);
        let later = now + Duration::from_millis(90);
        assert_eq!(budget.for_ssps(later, limits.ssp_network), 380);
        let too_late = now + Duration::from_secs(9);
        assert_eq!(budget.for_ssps(too_late, limits.ssp_network), 1);
    }
}
