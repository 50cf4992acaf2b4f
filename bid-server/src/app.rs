//! What all handlers share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ad_events::notice::NoticeRow;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::account::Accounts;
use crate::admission::Admission;
use crate::auction::{HeldAuction, Resources};
use crate::bidders::registry::Registry;
use crate::config::Config;
use crate::creative_cache::{CreativeCache, CreativeStore};
use crate::error::Refusal;
use crate::http_client::ClientError;
use crate::log_output::{Queue, Rows, report};
use crate::market::Market;
use crate::metrics::Metrics;
use crate::notices::{Ledger, Notices, Sender as NoticeSender};
use crate::request::{AuctionRequest, Sources};
use crate::ssp_client::SspClient;
use crate::stored::Store;

/// Shared handles; nothing in it cannot be lost.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) registry: Registry,
    /// A shutdown has begun.
    pub(crate) stopping: AtomicBool,
    /// The one client for all SSPs.
    pub(crate) client: SspClient,
    /// How many auctions are held at the same time.
    pub(crate) admission: Admission,
    /// Auctions that are held; a shutdown waits for them.
    pub(crate) auctions: TaskTracker,
    pub(crate) metrics: Arc<Metrics>,
    /// What requests may name in place of sending it.
    pub(crate) stored: Arc<Store>,
    /// Whose auctions are held, and how.
    pub(crate) accounts: Arc<Accounts>,
    /// Where the outside reaches us.
    pub(crate) public_url: Url,
    /// What stands behind our own `/cache`.
    pub(crate) creatives: Arc<CreativeStore>,
    /// Where creatives of auctions go.
    pub(crate) cache: CreativeCache,
    /// Notices for SSPs.
    pub(crate) notices: Notices,
    /// Exchange rates and floors that are fetched.
    pub(crate) market: Arc<Market>,
    /// Rows on their way to log-ingest; `None` = not wanted.
    pub(crate) rows: Option<Arc<Queue>>,
}

impl App {
    /// Builds what the settings ask for.
    ///
    /// `own_url` is the address of the public listener.
    pub(crate) fn new(config: Config, own_url: Url) -> Result<(Self, NoticeSender), ClientError> {
        let currency = &config.currency.default;
        let metrics = Arc::new(Metrics::new(config.metrics.max_accounts, currency));
        let public_url = config.public_url.clone().unwrap_or(own_url);
        let creatives = Arc::new(CreativeStore::new(&config.cache, &metrics.cache));
        let (kept, counted) = (Arc::clone(&creatives), Arc::clone(&metrics.cache));
        let rows = config.log_output.as_ref();
        let rows = rows.map(|output| {
            let (bytes, chunk) = (output.queue_bytes, output.chunk_bytes);
            Arc::new(Queue::new(bytes, chunk, Arc::clone(&metrics)))
        });
        let ledger = Ledger::new(Arc::clone(&metrics), rows.clone());
        let (notices, sender) = Notices::new(&config.notices, ledger, &config.tls)?;
        let app = Self {
            notices,
            registry: Registry::new(&config),
            admission: Admission::new(config.auction.max_open, config.auction.queue),
            auctions: TaskTracker::new(),
            client: SspClient::new(
                &config.ssp_client,
                &config.tls,
                Arc::clone(&metrics.connects),
            )?,
            rows,
            cache: CreativeCache::new(&config, &public_url, kept, counted)?,
            stopping: AtomicBool::new(false),
            creatives,
            public_url,
            stored: Arc::new(Store::connect(&config, &metrics.fetches)?),
            metrics,
            accounts: Arc::new(Accounts::new(&config.accounts)),
            market: Arc::new(Market::new(&config)),
            config,
        };
        Ok((app, sender))
    }

    /// What a request is read with.
    pub(crate) fn sources(&self) -> Sources<'_> {
        Sources {
            config: &self.config,
            stored: &self.stored,
            accounts: &self.accounts,
            market: &self.market,
        }
    }

    /// Why no events of the account are taken, by the time that stored data may take.
    pub(crate) async fn refuse_events(
        &self,
        account: &str,
    ) -> Result<Option<&'static str>, Refusal> {
        let until = Instant::now() + self.config.stored_data.fetch_timeout;
        let accounts = &self.accounts;
        accounts.refuse_events(account, &self.stored, until).await
    }

    /// What an auction is held with.
    pub(crate) fn resources(&self) -> Resources<'_> {
        Resources {
            config: &self.config,
            registry: &self.registry,
            client: &self.client,
        }
    }

    /// Queues a row about a notice.
    pub(crate) fn tell(&self, row: &NoticeRow<'_>) {
        if let Some(rows) = &self.rows {
            rows.push(Rows::of_notice(row));
        }
    }

    /// Counts an auction and queues its rows; takes no time worth mentioning.
    pub(crate) fn record(&self, request: &AuctionRequest, held: &HeldAuction) {
        let outcome = report::outcome(held);
        self.metrics.observe(request, held, outcome);
        tracing::debug!(
            auction.id = request.shared.id,
            account.id = request.account.id,
            outcome = outcome.name(),
            bidders = held.calls.len(),
            duration_ms = request.budget.arrived.elapsed().as_secs_f64() * 1000.0,
            "auction held"
        );
        if let Some(rows) = &self.rows {
            rows.push(report::rows(request, held, outcome));
        }
    }
}
