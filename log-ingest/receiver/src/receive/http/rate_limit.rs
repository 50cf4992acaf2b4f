//! A token bucket for each client, in a table that never grows.
//!
//! The table has a fixed number of places. A client looks at a few of them, chosen by a keyed hash of its address, and takes
//! one that is free or whose bucket is full again, which is as good as free. Where all are in use it shares one: under a
//! flood of made-up addresses the limit gets stricter, never looser, and the table never takes more memory.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::config::RateLimit;
use crate::receive::client_network::client_network;

const PLACES: usize = 1 << 14;
/// Places that a client looks at.
const WAYS: usize = 4;

/// All buckets.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limit: RateLimit,
    hash: RandomState,
    buckets: Mutex<Vec<Option<Bucket>>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    client: u64,
    tokens: f64,
    filled: Instant,
}

impl RateLimiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            hash: RandomState::new(),
            buckets: Mutex::new(vec![None; PLACES]),
        }
    }

    /// Takes one token, or says how long the client must wait for one.
    pub(crate) fn admit(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let client = self.hash.hash_one(client_network(address));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let first = usize::try_from(client % (PLACES / WAYS) as u64).unwrap_or(0) * WAYS;
        let Some(set) = buckets.get_mut(first..first + WAYS) else {
            return Ok(());
        };
        for bucket in set.iter_mut().flatten() {
            bucket.fill(&self.limit, now);
        }
        let full = f64::from(self.limit.burst);
        let own = set
            .iter()
            .position(|place| place.is_some_and(|bucket| bucket.client == client));
        let free = || {
            set.iter()
                .position(|place| place.is_none_or(|bucket| bucket.tokens >= full))
        };
        let (place, new) = match own {
            Some(place) => (place, false),
            None => free().map_or((0, false), |place| (place, true)),
        };
        let fresh = Bucket {
            client,
            tokens: full,
            filled: now,
        };
        let Some(place) = set.get_mut(place) else {
            return Ok(());
        };
        let bucket = if new {
            place.insert(fresh)
        } else {
            place.get_or_insert(fresh)
        };
        bucket.take(&self.limit)
    }
}

impl Bucket {
    fn fill(&mut self, limit: &RateLimit, now: Instant) {
        let seconds = now.saturating_duration_since(self.filled).as_secs_f64();
        let tokens = self.tokens + seconds * f64::from(limit.per_second);
        self.tokens = tokens.min(f64::from(limit.burst));
        self.filled = now;
    }

    fn take(&mut self, limit: &RateLimit) -> Result<(), Duration> {
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        let seconds = (1.0 - self.tokens) / f64::from(limit.per_second);
        Err(Duration::from_secs_f64(seconds))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{RateLimit, RateLimiter};

    fn limiter(per_second: u32, burst: u32) -> RateLimiter {
        RateLimiter::new(RateLimit { per_second, burst })
    }

    #[test]
    fn a_client_gets_its_burst_and_then_its_rate() {
        let (limiter, start) = (limiter(2, 3), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        let [one, other]: [IpAddr; 2] =
            ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        for _ in 0..3 {
            assert_eq!(limiter.admit(one, at(0)), Ok(()));
        }
        let wait = Duration::from_millis(500);
        assert_eq!(limiter.admit(one, at(0)), Err(wait));
        assert_eq!(limiter.admit(other, at(0)), Ok(()));
        assert_eq!(limiter.admit(one, at(500)), Ok(()));
        assert_eq!(limiter.admit(one, at(500)), Err(wait));
        let admitted = (0..10).filter(|_| limiter.admit(one, at(100_000)).is_ok());
        assert_eq!(admitted.count(), 3);
    }

    #[test]
    fn addresses_of_one_customer_share_a_bucket() {
        let (limiter, now) = (limiter(1, 1), Instant::now());
        let admit = |address: &str| limiter.admit(address.parse().unwrap(), now).is_ok();
        assert!(admit("2001:db8::1"));
        assert!(!admit("2001:db8::ffff:2"));
        assert!(admit("2001:db8:0:1::1"));
    }

    #[test]
    fn a_flood_of_addresses_does_not_reset_a_client() {
        let (limiter, now) = (limiter(1, 1), Instant::now());
        let client: IpAddr = "192.0.2.1".parse().unwrap();
        assert!(limiter.admit(client, now).is_ok());
        for number in 0..100_000 {
            let other = Ipv4Addr::from_bits(0x0a00_0000 + number);
            limiter.admit(other.into(), now).ok();
        }
        assert!(limiter.admit(client, now).is_err());
    }
}
