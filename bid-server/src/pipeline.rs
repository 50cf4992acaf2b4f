//! [`Pipeline`]: takes an auction from its request to its rows, one step after the other.
//!
//! Each step is a module, in the order of [the list in the crate root](crate), and hands its own type to the
//! next: bytes → [`AuctionRequest`] → [`SspAnswers`](bidders::SspAnswers) →
//! [`HeldAuction`](auction::HeldAuction) → [`SettledAuction`](settle::SettledAuction) → [`Answer`]. The
//! pipeline lends each step what it works with.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use url::Url;

use crate::auction::{self, Rules};
use crate::bidders::registry::Registry;
use crate::bidders::ssp_client::{ConnectMetrics, SspClient};
use crate::bidders::{self, CallReport};
use crate::clock;
use crate::config::Config;
use crate::data::accounts::Accounts;
use crate::data::http_client::ClientError;
use crate::data::market::Market;
use crate::data::metrics::FetchMetrics;
use crate::data::stored::Store;
use crate::log_output::{AuctionMetrics, AuctionReport, Queue, QueueMetrics};
use crate::metrics;
use crate::request::{self, AuctionRequest, Caller, Refusal, RequestSources};
use crate::response::{self, wire::Answer};
use crate::settle;
use crate::settle::bid_notices::{BidNotices, Deliveries, NoticeLog, NoticeMetrics, NoticeSender};
use crate::settle::creative_cache::{CacheMetrics, CreativeCache, CreativeStore};

/// What auctions are held with. Nothing in it has to survive a restart.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) config: Config,
    /// The bidders that can be asked.
    pub(crate) registry: Registry,
    /// The one client for all SSPs.
    client: SspClient,
    /// What requests may name instead of sending it.
    pub(crate) stored: Arc<Store>,
    /// Whose auctions are held, and how.
    pub(crate) accounts: Arc<Accounts>,
    /// Exchange rates and fetched floors.
    pub(crate) market: Arc<Market>,
    /// Where we can be reached from outside.
    pub(crate) public_url: Url,
    /// The creatives that our own `/cache` serves.
    pub(crate) creatives: Arc<CreativeStore>,
    /// Where the creatives of auctions go.
    cache: CreativeCache,
    /// Notices for SSPs.
    pub(crate) notices: BidNotices,
    /// Rows on their way to log-ingest; `None` = no rows are wanted.
    pub(crate) rows: Option<Arc<Queue>>,
    auction_metrics: AuctionMetrics,
    /// Counts kept creatives.
    pub(crate) cache_metrics: Arc<CacheMetrics>,
    /// Counts events and notices.
    pub(crate) notice_metrics: Arc<NoticeMetrics>,
    /// Counts fetches of rates, floors and stored data.
    pub(crate) fetch_metrics: Arc<FetchMetrics>,
}

impl Pipeline {
    /// Read: bytes in; a checked request out, or every fault that was found.
    pub(crate) async fn read(
        &self,
        body: &[u8],
        caller: Caller<'_>,
    ) -> Result<AuctionRequest, Refusal> {
        request::receive(self.sources(), body, caller).await
    }

    /// Ask, hold, settle, write, tell. `send` gets the answer; rows are made once it is on its way.
    ///
    /// `gone` says that the client has gone away: we then stop waiting for anybody, and the rows say so.
    pub(crate) async fn run(
        &self,
        request: AuctionRequest,
        gone: &CancellationToken,
        send: impl FnOnce(Answer) + Send,
    ) {
        let started = clock::now();
        let answers = bidders::ask(self.asking(), &request, gone).await;
        let held = auction::hold(
            &request,
            answers,
            self.rules(),
            started,
            gone.is_cancelled(),
        );
        let as_json = |bid: &_| response::bid_json(bid, &request);
        let mut settled = settle::settle(self.settling(), &request, held, as_json).await;
        let report = AuctionReport::of(&request, &settled);
        report.count(&self.auction_metrics, &request, &settled.calls);
        send(response::write(self.writing(), &request, &mut settled));
        // The task that waits for the answer gets its turn before the rows do.
        tokio::task::yield_now().await;
        self.tell(&request, &report, &settled.calls);
    }

    /// Queues the rows of an auction.
    fn tell(&self, request: &AuctionRequest, report: &AuctionReport, calls: &[CallReport]) {
        if let Some(rows) = &self.rows {
            rows.push(report.rows(request, calls));
        }
    }

    /// What a request is read with.
    pub(crate) fn sources(&self) -> RequestSources<'_> {
        RequestSources {
            settings: self.config.request(),
            stored: &self.stored,
            accounts: &self.accounts,
            market: &self.market,
        }
    }

    fn asking(&self) -> bidders::CallResources<'_> {
        bidders::CallResources {
            registry: &self.registry,
            client: &self.client,
            limits: &self.config.auction,
            max_response_bytes: self.config.ssp_client.max_response_bytes,
        }
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            line_items: &self.config.line_items,
            require_secure_markup: self.config.auction.require_secure_markup,
        }
    }

    fn settling(&self) -> settle::SettleResources<'_> {
        settle::SettleResources {
            registry: &self.registry,
            cache: &self.cache,
            cache_config: &self.config.cache,
            notices: Some(&self.notices).filter(|_| self.config.notices.enabled),
            public_url: &self.public_url,
        }
    }

    fn writing(&self) -> response::WriteResources<'_> {
        response::WriteResources {
            registry: &self.registry,
            cache: &self.cache,
            debug: &self.config.debug,
        }
    }

    /// Builds what the settings ask for, and the task that sends notices. Registers all metrics.
    pub(crate) fn new(
        config: Config,
        own_url: Url,
        registry: &mut metrics::Registry,
    ) -> Result<(Self, NoticeSender), ClientError> {
        let auction_metrics = AuctionMetrics::new(config.metrics, &config.currency.default);
        let connect_metrics: Arc<ConnectMetrics> = Arc::default();
        let cache_metrics: Arc<CacheMetrics> = Arc::default();
        let notice_metrics: Arc<NoticeMetrics> = Arc::default();
        let fetch_metrics: Arc<FetchMetrics> = Arc::default();
        let queue_metrics: Arc<QueueMetrics> = Arc::default();
        auction_metrics.register(registry);
        connect_metrics.register(registry);
        cache_metrics.register(registry);
        notice_metrics.register(registry);
        fetch_metrics.register(registry);
        queue_metrics.register(registry);
        let public_url = config.public_url.clone().unwrap_or(own_url);
        let creatives = Arc::new(CreativeStore::new(&config.cache, &cache_metrics));
        let rows = config.log_output.as_ref();
        let rows = rows.map(|output| Arc::new(Queue::new(output, queue_metrics)));
        let log = rows.clone().map(|rows| -> Arc<dyn NoticeLog> { rows });
        let deliveries = Deliveries::new(Arc::clone(&notice_metrics), log);
        let (notices, sender) = BidNotices::new(&config.notices, deliveries, &config.tls)?;
        let pipeline = Self {
            registry: Registry::new(&config.bidders, &config.catalogue),
            client: SspClient::new(&config.ssp_client, &config.tls, connect_metrics)?,
            stored: Arc::new(Store::connect(
                &config.stored,
                config.stored_data.http.as_ref(),
                &config.tls,
                &fetch_metrics,
            )?),
            accounts: Arc::new(Accounts::new(&config.accounts)),
            market: Arc::new(Market::new(config.market())),
            cache: CreativeCache::new(
                (&config.cache, &config.tls),
                &public_url,
                Arc::clone(&creatives),
                Arc::clone(&cache_metrics),
            )?,
            public_url,
            creatives,
            notices,
            rows,
            auction_metrics,
            cache_metrics,
            notice_metrics,
            fetch_metrics,
            config,
        };
        Ok((pipeline, sender))
    }
}
