//! [`CacheRequest`]: what a request asks to be kept: `ext.prebid.cache`.

/// What is to be kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CacheRequest {
    /// Whole bids.
    pub(crate) bids: Option<CacheTerms>,
    /// The VAST of video and audio bids.
    pub(crate) vast: Option<CacheTerms>,
    /// Those of winners only.
    pub(crate) winning_only: bool,
}

/// The terms for one kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CacheTerms {
    /// Whether the answer has the markup as well.
    pub(crate) return_creative: bool,
    /// Seconds to keep it, where neither imp nor bid says it.
    pub(crate) ttl: Option<i64>,
}
