//! Keeps rates and floors fresh, alongside the auctions, until the server stops.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::fetch::{FetchError, client, get};
use super::floor_rules::{Got, Job};
use super::rate_file::read as read_rates;
use super::{Market, MarketConfig, RateOrigin, RateSource, floor_file};
use crate::data::http_client::ClientError;
use crate::data::metrics::FetchMetrics;
use crate::data::tls::TlsConfig;
use crate::money::currency::RateTable;

/// The HTTP clients for this work.
#[derive(Debug)]
pub(crate) struct Clients {
    rates: Client,
    floors: Client,
    metrics: Arc<FetchMetrics>,
}

impl Clients {
    /// Builds them. `metrics` count every fetch.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub(crate) fn new(
        config: MarketConfig<'_>,
        tls: &TlsConfig,
        metrics: Arc<FetchMetrics>,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            rates: client(false, tls)?,
            floors: client(!config.floor_fetch.hosts.private, tls)?,
            metrics,
        })
    }

    async fn counted<T>(
        &self,
        data: &'static str,
        fetch: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let start = Instant::now();
        let fetched = fetch.await;
        let outcome = fetched
            .as_ref()
            .err()
            .map_or("fetched", FetchError::outcome);
        self.metrics.done(data, outcome, start.elapsed());
        fetched
    }
}

/// Fetches forever.
pub(crate) fn work(
    market: &Arc<Market>,
    config: MarketConfig<'_>,
    clients: Clients,
    tasks: &mut JoinSet<()>,
) {
    let clients = Arc::new(clients);
    if let Some(source) = config.currency.source.clone() {
        tasks.spawn(follow_rates(
            Arc::clone(market),
            source,
            Arc::clone(&clients),
        ));
    }
    if config.floor_fetch.enabled && !config.floor_fetch.hosts.names.is_empty() {
        let most = config.floor_fetch.max_concurrent;
        tasks.spawn(follow_floors(Arc::clone(market), most, clients));
    }
}

async fn follow_rates(market: Arc<Market>, source: RateSource, clients: Arc<Clients>) {
    loop {
        let fetched = clients.counted("rates", rates(&source, &clients.rates));
        match fetched.await {
            Ok(table) => market.rates.set(table, Instant::now()),
            Err(error) => {
                tracing::warn!(%error, "exchange rates cannot be fetched, what is known stays until it is stale");
            }
        }
        sleep(source.period).await;
    }
}

async fn rates(source: &RateSource, client: &Client) -> Result<RateTable, FetchError> {
    let file = match &source.origin {
        RateOrigin::Url(url) => {
            let file = get(client, url, source.timeout, source.max_bytes).await?;
            file.body
        }
        RateOrigin::File(path) => {
            let whole = tokio::fs::read(path).await;
            whole
                .map_err(|error| FetchError::Unusable(error.to_string()))?
                .into()
        }
    };
    read_rates(&file).map_err(FetchError::Unusable)
}

async fn follow_floors(market: Arc<Market>, most: usize, clients: Arc<Clients>) {
    let mut running = JoinSet::new();
    loop {
        let free = most.saturating_sub(running.len());
        let (jobs, next) = market.floors.due(Instant::now(), free);
        for job in jobs {
            running.spawn(fetch_floors(Arc::clone(&market), job, Arc::clone(&clients)));
        }
        // Without a file there is nothing to do until one is wanted.
        let next = next.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
        tokio::select! {
            () = market.floors.wanted.notified() => {}
            () = sleep_until(next), if running.len() < most => {}
            Some(_) = running.join_next() => {}
        }
    }
}

async fn fetch_floors(market: Arc<Market>, job: Job, clients: Arc<Clients>) {
    let fetched = clients.counted("floors", floors(&job, &clients.floors));
    let got = fetched.await.inspect_err(|error| {
        let host = job.url.host_str();
        tracing::warn!(host, %error, "floors cannot be fetched");
    });
    market.floors.done(&job, got.ok(), Instant::now());
}

async fn floors(job: &Job, client: &Client) -> Result<Got, FetchError> {
    let limit = Duration::from_millis(job.settings.timeout_ms);
    let cap = job.settings.max_file_size_kb.saturating_mul(1024);
    let file = get(client, &job.url, limit, cap).await?;
    let rules = floor_file::read(&file.body, job.limits()).map_err(FetchError::Unusable)?;
    Ok(Got {
        rules,
        bytes: file.body.len(),
        max_age: file.max_age,
    })
}

#[cfg(test)]
mod tests;
