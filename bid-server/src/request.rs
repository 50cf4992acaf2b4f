//! Step 1, in: from the bytes of a request to an [`AuctionRequest`] that can be held without further checks.
//!
//! [`body`] reads and inflates under a cap, [`parse`] makes wire types of it, [`stored`] lays it over
//! the stored data that it names, [`defaults`] fills what the HTTP request knows better, [`validate`]
//! collects every fault, [`auction_request`] splits what SSPs may see from what is meant for us, and
//! [`tmax`] fixes the one deadline.

pub(crate) mod auction_request;
pub(crate) mod body;
mod defaults;
mod parse;
pub(crate) mod stored;
pub(crate) mod tmax;
mod validate;

use axum::http::HeaderMap;
use openrtb::BidRequest;
use serde_json::Value;
use tokio::time::Instant;

pub(crate) use auction_request::AuctionRequest;

use crate::account::Account;
use crate::app::App;
use crate::config::Config;
use crate::error::Refusal;

/// Bytes in, checked request out; or every fault that it has.
pub(crate) async fn receive(
    app: &App,
    body: &[u8],
    headers: &HeaderMap,
    arrived: Instant,
) -> Result<AuctionRequest, Refusal> {
    let default = app.stored.in_memory().default_request().is_some();
    let request = if default || stored::names_any(body) {
        resolve(app, parse::value(body)?, arrived).await?
    } else {
        parse::parse(body)?
    };
    finish(app, request, headers, arrived)
}

/// Lays a request over the default and the stored ones that it names.
pub(crate) async fn resolve(
    app: &App,
    incoming: Value,
    arrived: Instant,
) -> Result<BidRequest, Refusal> {
    let default = app.stored.in_memory().default_request().cloned();
    let mut assembly = stored::Assembly::new(incoming, default)?;
    let until = arrived + app.config.stored_data.fetch_timeout;
    loop {
        let wanted = assembly.wanted()?;
        if wanted.is_empty() {
            return assembly.finish();
        }
        let found = app.stored.fetch(&wanted, until).await?;
        assembly.lay(found)?;
    }
}

/// From a whole request, whichever way it came, to one that can be held.
pub(crate) fn finish(
    app: &App,
    request: BidRequest,
    headers: &HeaderMap,
    arrived: Instant,
) -> Result<AuctionRequest, Refusal> {
    let account = app.accounts.of(&request)?;
    complete(request, headers, &app.config, account, arrived)
}

fn complete(
    mut request: BidRequest,
    headers: &HeaderMap,
    config: &Config,
    account: Account,
    arrived: Instant,
) -> Result<AuctionRequest, Refusal> {
    defaults::fill(&mut request, headers, &config.currency);
    validate::check(&request, config)?;
    Ok(AuctionRequest::new(request, config, account, arrived))
}

/// For unit tests: without stored data, for the default account.
#[cfg(test)]
pub(crate) fn read(
    body: &[u8],
    headers: &HeaderMap,
    config: &Config,
    arrived: Instant,
) -> Result<AuctionRequest, Refusal> {
    let request = parse::parse(body)?;
    complete(request, headers, config, Account::default(), arrived)
}
