//! [`App`]: what all handlers share.

use std::sync::atomic::AtomicBool;

use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use url::Url;

use super::admission::Admission;
use super::metrics::HttpMetrics;
use super::overload::Lag;
use crate::config::Config;
use crate::data::http_client::ClientError;
use crate::metrics;
use crate::pipeline::Pipeline;
use crate::request::Refusal;
use crate::settle::bid_notices::NoticeSender;

/// The auctions, and what is needed to let them in and to stop.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) pipeline: Pipeline,
    /// A shutdown has begun.
    pub(crate) stopping: AtomicBool,
    /// How many auctions are held at the same time.
    pub(crate) admission: Admission,
    /// Auctions in progress; a shutdown waits for them.
    pub(crate) auctions: TaskTracker,
    /// How late the server runs.
    pub(crate) lag: Lag,
    pub(crate) metrics: HttpMetrics,
    /// Everything that `/metrics` shows.
    pub(crate) metrics_registry: metrics::Registry,
}

impl App {
    /// Builds what the settings ask for.
    ///
    /// `own_url` is the address of the public listener.
    pub(crate) fn new(config: Config, own_url: Url) -> Result<(Self, NoticeSender), ClientError> {
        let mut registry = metrics::Registry::default();
        let metrics = HttpMetrics::default();
        metrics.register(&mut registry);
        let admission = Admission::new(config.auction.max_open, config.auction.queue);
        let (pipeline, sender) = Pipeline::new(config, own_url, &mut registry)?;
        let app = Self {
            pipeline,
            stopping: AtomicBool::new(false),
            admission,
            lag: Lag::default(),
            auctions: TaskTracker::new(),
            metrics,
            metrics_registry: registry,
        };
        Ok((app, sender))
    }

    /// Why events of the account are not accepted, within the time that fetching stored data may take.
    pub(crate) async fn refuse_events(
        &self,
        account: &str,
    ) -> Result<Option<&'static str>, Refusal> {
        let pipeline = &self.pipeline;
        let until = Instant::now() + pipeline.config.stored_data.fetch_timeout;
        let refused = pipeline
            .accounts
            .refuse_events(account, &pipeline.stored, until);
        Ok(refused.await?)
    }
}
