//! [`CacheRequest`]: what a request asks us to keep, from `ext.prebid.cache`.

/// What is to be kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CacheRequest {
    /// Whole bids.
    pub(crate) bids: Option<CacheTerms>,
    /// The VAST of video and audio bids.
    pub(crate) vast: Option<CacheTerms>,
    /// Only the creatives of winners.
    pub(crate) winning_only: bool,
}

/// The terms for one kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CacheTerms {
    /// Whether the answer contains the markup as well.
    pub(crate) return_creative: bool,
    /// Seconds to keep it if neither the imp nor the bid sets a time.
    pub(crate) ttl: Option<i64>,
}
