//! What the handlers of the HTTP input share.

use std::sync::Arc;

use super::memory::ReceiveMemory;
use super::rate_limit::RateLimiter;
use crate::buffer::{Buffer, SealedQueue, Usage};
use crate::config::HttpConfig;
use crate::metrics::Metrics;
use crate::output::Statuses;

/// One for all requests.
#[derive(Debug)]
pub(crate) struct HttpState {
    pub(crate) config: HttpConfig,
    pub(crate) buffer: Buffer,
    pub(crate) metrics: Metrics,
    pub(crate) memory: ReceiveMemory,
    pub(crate) limiter: Option<RateLimiter>,
    pub(crate) usage: Arc<Usage>,
    pub(crate) sealed: Arc<SealedQueue>,
    pub(crate) max_buffer_bytes: u64,
    pub(crate) outputs: Statuses,
}
