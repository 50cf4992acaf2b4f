//! What the handlers of the HTTP input share.

use std::sync::Arc;

use super::config::HttpConfig;
use super::rate_limit::RateLimiter;
use crate::buffer::{Buffer, BufferMetrics, SealedQueue, Usage};
use crate::output::Statuses;
use crate::receive::memory::ReceiveMemory;
use crate::receive::metrics::ReceiveMetrics;
use crate::tag_pattern::TagSet;

/// One for all requests.
#[derive(Debug)]
pub(crate) struct HttpState {
    pub(crate) config: HttpConfig,
    /// Tags that only servers may send.
    pub(crate) server_tags: TagSet,
    pub(crate) buffer: Buffer,
    pub(crate) metrics: ReceiveMetrics,
    pub(crate) buffer_metrics: BufferMetrics,
    pub(crate) memory: ReceiveMemory,
    pub(crate) limiter: Option<RateLimiter>,
    pub(crate) usage: Arc<Usage>,
    pub(crate) sealed: Arc<SealedQueue>,
    pub(crate) max_buffer_bytes: u64,
    pub(crate) outputs: Statuses,
}
