//! `price_floors`: the dynamic floors of an account, and where they come from.

use serde::Deserialize;

/// `price_floors`
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of a file format that is given"
)]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PriceFloors {
    /// Whether floor rules are considered at all. Plain `imp.bidfloor` applies without them.
    pub(crate) enabled: bool,
    /// Percentage of auctions in which floors are enforced.
    pub(crate) enforce_floors_rate: u8,
    /// Whether a bidder whose bids are adjusted is asked for the floor before adjustment.
    pub(crate) adjust_for_bid_adjustment: bool,
    /// Whether floors apply to deals too, if the request asks for it.
    pub(crate) enforce_deal_floors: bool,
    /// Whether fetched rules take precedence over those of the request.
    pub(crate) use_dynamic_data: bool,
    /// The most rules of a model group in a request; 0 = any number.
    pub(crate) max_rules: usize,
    /// The most fields of a schema in a request; 0 = any number.
    pub(crate) max_schema_dims: usize,
    /// The account's own rules, for requests without any: the form of `ext.prebid.floors`.
    pub(crate) default_rules: Option<serde_json::Value>,
    /// Where rules are fetched from.
    pub(crate) fetch: FloorFetch,
}

/// `price_floors.fetch`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FloorFetch {
    /// Whether rules are fetched.
    pub(crate) enabled: bool,
    /// The address; left out = the one in `ext.prebid.floors.floorendpoint.url`.
    pub(crate) url: String,
    /// The longest time for one fetch.
    pub(crate) timeout_ms: u64,
    /// The largest file, in kilobytes of 1024 bytes.
    pub(crate) max_file_size_kb: usize,
    /// The most rules of a model group; 0 = any number.
    pub(crate) max_rules: usize,
    /// The most fields of a schema; 0 = any number.
    pub(crate) max_schema_dims: usize,
    /// How long fetched rules are used, in seconds; less if the answer's `Cache-Control: max-age` says so.
    pub(crate) max_age_sec: u64,
    /// Seconds between fetches; at least 300.
    pub(crate) period_sec: u64,
}

impl Default for PriceFloors {
    fn default() -> Self {
        Self {
            enabled: true,
            enforce_floors_rate: 100,
            adjust_for_bid_adjustment: true,
            enforce_deal_floors: false,
            use_dynamic_data: false,
            max_rules: 100,
            max_schema_dims: 3,
            default_rules: None,
            fetch: FloorFetch::default(),
        }
    }
}

impl Default for FloorFetch {
    fn default() -> Self {
        Self {
            enabled: false,
            url: String::new(),
            timeout_ms: 3000,
            max_file_size_kb: 100,
            max_rules: 1000,
            max_schema_dims: 0,
            max_age_sec: 86_400,
            period_sec: 3600,
        }
    }
}

/// Fetching more often than this would burden others.
const SHORTEST_PERIOD_SEC: u64 = 300;
/// Ten years: adding it to a point in time cannot overflow.
const LONGEST_AGE_SEC: u64 = 315_360_000;
/// A fetch that may take longer than the shortest period would never be finished.
const LONGEST_TIMEOUT_MS: u64 = SHORTEST_PERIOD_SEC * 1000;
/// A schema with more fields would have too many combinations of wildcards to look up.
pub(crate) const MOST_SCHEMA_DIMS: usize = 11;

impl PriceFloors {
    pub(crate) fn faults(&self) -> Vec<String> {
        let fetch = &self.fetch;
        let checks = [
            (
                self.enforce_floors_rate <= 100,
                "enforce_floors_rate",
                "must be 0 to 100",
            ),
            (
                self.max_schema_dims <= MOST_SCHEMA_DIMS,
                "max_schema_dims",
                "must be 0 to 11",
            ),
            (
                fetch.max_schema_dims <= MOST_SCHEMA_DIMS,
                "fetch.max_schema_dims",
                "must be 0 to 11",
            ),
            (
                fetch.timeout_ms > 0,
                "fetch.timeout_ms",
                "must be more than 0",
            ),
            (
                fetch.max_file_size_kb > 0,
                "fetch.max_file_size_kb",
                "must be more than 0",
            ),
            (
                fetch.period_sec >= SHORTEST_PERIOD_SEC,
                "fetch.period_sec",
                "must be at least 300",
            ),
            (
                fetch.max_age_sec >= fetch.period_sec,
                "fetch.max_age_sec",
                "must not be less than period_sec",
            ),
            (
                fetch.max_age_sec <= LONGEST_AGE_SEC,
                "fetch.max_age_sec",
                "must be at most 315360000",
            ),
            (
                fetch.timeout_ms <= LONGEST_TIMEOUT_MS,
                "fetch.timeout_ms",
                "must be at most 300000",
            ),
        ];
        let broken = checks.into_iter().filter(|(fine, ..)| !fine);
        broken
            .map(|(_, key, problem)| format!("price_floors.{key}: {problem}"))
            .collect()
    }
}
