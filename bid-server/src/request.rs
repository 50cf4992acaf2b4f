//! Step 1, in: from the bytes of a request to an [`AuctionRequest`] that can be held without further checks.
//!
//! [`body`] reads and inflates under a cap, [`parse`] makes wire types of it, [`stored`] lays it over
//! the stored data that it names, [`defaults`] fills what the HTTP request knows better, [`validate`]
//! collects every fault, [`auction_request`] splits what SSPs may see from what is meant for us,
//! [`views`] gives single bidders what is meant for them alone, and [`tmax`] fixes the one deadline.

pub(crate) mod amp;
pub(crate) mod auction_request;
pub(crate) mod body;
pub(crate) mod client;
mod defaults;
mod fresh_ids;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzed;
mod interstitial;
mod native;
mod parse;
pub(crate) mod query;
pub(crate) mod stored;
pub(crate) mod tmax;
mod validate;
mod views;

use axum::http::{HeaderMap, HeaderValue};
use openrtb::version;
use serde_json::Value;
use tokio::time::Instant;

use auction_request::Arrival;
pub(crate) use auction_request::{AuctionRequest, Server};
use client::Peer;
pub(crate) use parse::Parsed;

use crate::account::{Account, Accounts};
use crate::config::Config;
use crate::error::Refusal;
use crate::market::Market;
use crate::stored::Store;

/// What the HTTP request tells beside the auction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    /// Its headers.
    pub(crate) headers: &'a HeaderMap,
    /// Who holds the other end of the connection.
    pub(crate) peer: Peer,
    /// When it began to arrive; the auction's time counts from here.
    pub(crate) arrived: Instant,
}

/// What a request is read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// The server's settings.
    pub(crate) config: &'a Config,
    /// What requests may name in place of sending it.
    pub(crate) stored: &'a Store,
    /// Whose auctions are held, and how.
    pub(crate) accounts: &'a Accounts,
    /// Exchange rates and floors as they stand now.
    pub(crate) market: &'a Market,
}

impl Sources<'_> {
    /// The body may have taken long; the auction's own limit holds all the same.
    fn fetch_until(&self, arrived: Instant) -> Instant {
        let latest = arrived + self.config.auction.max_tmax;
        latest.min(Instant::now() + self.config.stored_data.fetch_timeout)
    }
}

/// Bytes in, checked request out; or every fault that it has.
pub(crate) async fn receive(
    sources: Sources<'_>,
    body: &[u8],
    caller: Caller<'_>,
) -> Result<AuctionRequest, Refusal> {
    let default = sources.stored.in_memory().default_request().is_some();
    let parsed = if default || stored::names_any(body) {
        resolve(sources, parse::value(body)?, caller.arrived).await?
    } else {
        parse::parse(body)?
    };
    finish(sources, parsed, caller).await
}

/// Lays a request over the default and the stored ones that it names.
pub(crate) async fn resolve(
    sources: Sources<'_>,
    incoming: Value,
    arrived: Instant,
) -> Result<Parsed, Refusal> {
    let default = sources.stored.in_memory().default_request().cloned();
    let mut assembly = stored::Assembly::new(incoming, default)?;
    let until = sources.fetch_until(arrived);
    loop {
        let wanted = assembly.wanted()?;
        if wanted.is_empty() {
            return assembly.finish();
        }
        let found = sources.stored.fetch(&wanted, until).await?;
        assembly.lay(found)?;
    }
}

/// From a whole request, whichever way it came, to one that can be held.
pub(crate) async fn finish(
    sources: Sources<'_>,
    parsed: Parsed,
    caller: Caller<'_>,
) -> Result<AuctionRequest, Refusal> {
    let until = sources.fetch_until(caller.arrived);
    let (accounts, stored) = (sources.accounts, sources.stored);
    let account = accounts.of(&parsed.request, stored, until).await?;
    let server = Server {
        config: sources.config,
        market: sources.market,
    };
    complete(parsed, caller, server, account)
}

fn complete(
    parsed: Parsed,
    caller: Caller<'_>,
    server: Server<'_>,
    account: Account,
) -> Result<AuctionRequest, Refusal> {
    let Parsed {
        mut request,
        mut faults,
        found,
    } = parsed;
    version::to_26(&mut request);
    fresh_ids::fill(&mut request);
    let config = server.config;
    let address = client::address(caller.headers, caller.peer, &config.listen.trusted_proxies);
    defaults::fill(&mut request, caller.headers, address, &config.currency);
    for (index, imp) in request.imp.iter_mut().enumerate() {
        native::complete(&format!("request.imp[{index}]"), imp, &mut faults);
    }
    validate::check(&request, config, &mut faults);
    interstitial::widen(&mut request, &mut faults);
    Refusal::unless_empty(faults)?;
    let secret = config.debug.override_secret.as_deref();
    let shown = caller.headers.get("x-pbs-debug-override");
    let arrival = Arrival {
        at: caller.arrived,
        knows_secret: shown
            .is_some_and(|shown| secret.is_some_and(|secret| is_same(secret, shown))),
    };
    let remarks = validate::remarks(&request, config);
    let mut request = AuctionRequest::new(request, found, server, account, arrival)?;
    request.warnings.extend(remarks);
    Ok(request)
}

/// Takes the same time wherever the two differ.
fn is_same(secret: &str, shown: &HeaderValue) -> bool {
    let (secret, shown) = (secret.as_bytes(), shown.as_bytes());
    let differences = secret
        .iter()
        .zip(shown)
        .fold(0, |all, (a, b)| all | (a ^ b));
    secret.len() == shown.len() && differences == 0
}

/// For unit tests: without stored data and connection, for the default account.
#[cfg(test)]
pub(crate) fn read(
    body: &[u8],
    headers: &HeaderMap,
    config: &Config,
    arrived: Instant,
) -> Result<AuctionRequest, Refusal> {
    let caller = Caller {
        headers,
        peer: Peer(None),
        arrived,
    };
    let market = &Market::new(config);
    let server = Server { config, market };
    complete(parse::parse(body)?, caller, server, Account::default())
}
