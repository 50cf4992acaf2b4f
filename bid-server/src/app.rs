//! What all handlers share.

use thiserror::Error;
use tokio_util::task::TaskTracker;

use crate::account::Accounts;
use crate::admission::Admission;
use crate::auction::HeldAuction;
use crate::bidders::call;
use crate::bidders::registry::Registry;
use crate::config::Config;
use crate::log_output::{Queue, report};
use crate::metrics::Metrics;
use crate::request::AuctionRequest;
use crate::stored::Store;
use std::sync::Arc;

/// Shared handles; nothing in it cannot be lost.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) registry: Registry,
    /// The one client for all SSPs.
    pub(crate) client: reqwest::Client,
    /// How many auctions are held at the same time.
    pub(crate) admission: Admission,
    /// Auctions that are held; a shutdown waits for them.
    pub(crate) auctions: TaskTracker,
    pub(crate) metrics: Arc<Metrics>,
    /// What requests may name in place of sending it.
    pub(crate) stored: Arc<Store>,
    /// Whose auctions are held, and how.
    pub(crate) accounts: Arc<Accounts>,
    /// Rows on their way to log-ingest; `None` = not wanted.
    pub(crate) rows: Option<Arc<Queue>>,
}

/// The HTTP client cannot be built.
#[derive(Debug, Error)]
#[error("the HTTP client for SSPs cannot be set up")]
pub struct ClientError(#[from] reqwest::Error);

impl App {
    /// Builds what the settings ask for.
    pub(crate) fn new(config: Config) -> Result<Self, ClientError> {
        let metrics = Arc::new(Metrics::default());
        let rows = config.log_output.as_ref();
        Ok(Self {
            registry: Registry::new(&config),
            admission: Admission::new(config.auction.max_open, config.auction.queue),
            auctions: TaskTracker::new(),
            client: call::client(&config.ssp_client)?,
            rows: rows.map(|output| Arc::new(Queue::new(output.queue_bytes, Arc::clone(&metrics)))),
            metrics,
            stored: Arc::new(Store::connect(&config)?),
            accounts: Arc::new(Accounts::new(&config.accounts)),
            config,
        })
    }

    /// Counts an auction and queues its rows; takes no time worth mentioning.
    pub(crate) fn record(&self, request: &AuctionRequest, held: &HeldAuction) {
        let report = report::of(request, held);
        self.metrics.observe(request, held, report.outcome);
        tracing::debug!(
            auction.id = request.shared.id,
            account.id = request.account.id,
            outcome = report.outcome.name(),
            bidders = held.calls.len(),
            duration_ms = report.auction.duration_ms,
            "auction held"
        );
        if let Some(rows) = &self.rows {
            rows.push(report);
        }
    }
}
