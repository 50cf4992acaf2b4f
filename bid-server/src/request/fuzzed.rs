//! For fuzz targets: requests without a server and a connection.

use std::sync::Arc;

use axum::http::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

use super::client::Peer;
use super::query::Query;
use super::{AuctionRequest, Caller, Parsed, Server, amp, complete, parse, stored};
use crate::account::Account;
use crate::config::Config;
use crate::error::Refusal;
use crate::market::Market;

/// The body of a request.
pub(crate) fn of_bytes(body: &[u8], config: &Config) -> Result<AuctionRequest, Refusal> {
    whole(parse::parse(body)?, Account::default(), config)
}

/// A request laid over the same stored data wherever it names any.
pub(crate) fn laid_over(
    incoming: Value,
    below: Option<&Arc<Value>>,
    config: &Config,
) -> Result<AuctionRequest, Refusal> {
    let mut assembly = stored::Assembly::new(incoming, below.cloned())?;
    loop {
        let wanted = assembly.wanted()?;
        if wanted.is_empty() {
            break;
        }
        let found = wanted.into_iter();
        let found = found.filter_map(|key| Some((key, below.cloned()?)));
        assembly.lay(found.collect())?;
    }
    whole(assembly.finish()?, Account::default(), config)
}

/// The request, held for this account.
pub(crate) fn of_account(
    request: Value,
    account: Account,
    config: &Config,
) -> Result<AuctionRequest, Refusal> {
    whole(parse::typed(request), account, config)
}

/// The request, changed by a query: that of an auction over GET, and that of an AMP page.
pub(crate) fn of_query(
    query: &str,
    request: &Value,
    config: &Config,
) -> [Result<AuctionRequest, Refusal>; 2] {
    let query = Query::parse(Some(query));
    let get = query.lay_over(parse::typed(request.clone()));
    let amp = amp::complete(&query, parse::typed(request.clone()));
    [get, amp].map(|parsed| whole(parsed, Account::default(), config))
}

fn whole(parsed: Parsed, account: Account, config: &Config) -> Result<AuctionRequest, Refusal> {
    let caller = Caller {
        headers: &HeaderMap::new(),
        peer: Peer(None),
        arrived: Instant::now(),
    };
    let market = &Market::new(config);
    complete(parsed, caller, Server { config, market }, account)
}
