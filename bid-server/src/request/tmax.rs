//! The one deadline of an auction, computed once from `tmax` and passed down.

use std::time::Duration;

use tokio::time::Instant;

use super::AuctionConfig;

/// How long an auction may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// When the request arrived.
    pub(crate) arrived: Instant,
    /// The time that it is allowed.
    pub(crate) tmax: Duration,
    /// SSPs are waited for until then; what is left is for the answer.
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
        // Even a very short tmax leaves most of its time to the SSPs.
        let reserve = limits.answer_reserve.min(tmax / 4);
        Self {
            arrived,
            tmax,
            wait_until: arrived + tmax - reserve,
        }
    }

    /// Takes time from the SSPs for what follows; even a very short tmax leaves most of its time to them.
    pub(crate) fn keep_back(&mut self, time: Duration) {
        let wait = self.wait_until.saturating_duration_since(self.arrived);
        self.wait_until -= time.min(wait / 4);
    }

    /// The time that SSPs have at `now`.
    pub(crate) fn for_ssps(&self, now: Instant, limits: &AuctionConfig) -> TimeForSsps {
        TimeForSsps {
            remains: self.wait_until.saturating_duration_since(now),
            network: limits.ssp_network,
            least: limits.min_ssp,
        }
    }
}

/// What is left of an auction's time when its SSPs are asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeForSsps {
    remains: Duration,
    network: Duration,
    least: Duration,
}

impl TimeForSsps {
    /// The tmax that one SSP sees: what remains, or the SSP's own timeout if that is shorter, less the
    /// network round trip and the SSP's own deduction. `None` = too little to ask it at all.
    pub(crate) fn for_one(&self, deduction: Duration, own: Option<Duration>) -> Option<i64> {
        let remains = own.map_or(self.remains, |own| own.min(self.remains));
        let allowed = remains.saturating_sub(self.network.min(remains / 4));
        let allowed = allowed.saturating_sub(deduction);
        let least = own.map_or(self.least, |own| self.least.min(own / 2));
        let enough = allowed >= least;
        Some(whole_ms(allowed)).filter(|ms| enough && *ms > 0)
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
    fn keeps_time_back_for_what_follows() {
        let limits = Config::parse("").unwrap().auction;
        let now = Instant::now();
        let mut budget = Budget::new(Some(500), now, &limits);
        budget.keep_back(Duration::from_millis(50));
        assert_eq!(budget.wait_until - now, Duration::from_millis(440));
        budget.keep_back(Duration::from_secs(5));
        assert_eq!(budget.wait_until - now, Duration::from_millis(330));
    }

    #[track_caller]
    fn check_for_one(spent: u64, deduction: u64, own: Option<u64>, expected: Option<i64>) {
        let limits = Config::parse("").unwrap().auction;
        let now = Instant::now();
        let budget = Budget::new(Some(500), now, &limits);
        let time = budget.for_ssps(now + Duration::from_millis(spent), &limits);
        let own = own.map(Duration::from_millis);
        let allowed = time.for_one(Duration::from_millis(deduction), own);
        assert_eq!(allowed, expected);
    }

    #[test]
    fn tells_ssps_what_remains() {
        check_for_one(90, 0, None, Some(380));
        check_for_one(90, 100, None, Some(280));
        check_for_one(90, 0, Some(200), Some(180));
        check_for_one(400, 0, Some(200), Some(70));
    }

    #[test]
    fn asks_nobody_who_could_not_answer_in_time() {
        check_for_one(464, 0, None, None);
        check_for_one(455, 0, None, Some(26));
        check_for_one(0, 460, None, None);
        check_for_one(9000, 0, None, None);
        // An SSP that always gets this little knows how to cope with it.
        check_for_one(0, 0, Some(15), Some(11));
    }
}
