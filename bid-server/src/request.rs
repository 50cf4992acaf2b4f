//! Step 1, in: from the bytes of a request to an [`AuctionRequest`] that can be held without further checks.
//!
//! [`body`] reads and inflates under a cap, [`parse`] makes wire types of it, [`stored`] lays each
//! imp over the stored one that it names, [`defaults`] fills what the HTTP request knows better,
//! [`validate`] collects every fault, [`auction_request`] splits what SSPs may see from what is
//! meant for us, and [`tmax`] fixes the one deadline.

pub(crate) mod auction_request;
pub(crate) mod body;
mod defaults;
mod parse;
mod stored;
pub(crate) mod tmax;
mod validate;

use axum::http::HeaderMap;
use tokio::time::Instant;

pub(crate) use auction_request::AuctionRequest;

use crate::config::Config;
use crate::error::Refusal;

/// Bytes in, checked request out; or every fault that it has.
pub(crate) fn read(
    body: &[u8],
    headers: &HeaderMap,
    config: &Config,
    arrived: Instant,
) -> Result<AuctionRequest, Refusal> {
    let mut request = parse::parse(body)?;
    stored::resolve(&mut request.imp, &config.stored_imps)?;
    defaults::fill(&mut request, headers, &config.currency);
    validate::check(&request, config)?;
    Ok(AuctionRequest::new(request, config, arrived))
}
