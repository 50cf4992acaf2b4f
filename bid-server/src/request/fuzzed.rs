//! For fuzz targets: requests without a server or a connection.

use std::sync::Arc;

use axum::http::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

use super::client::Peer;
use super::query::Query;
use super::{AuctionRequest, Caller, Parsed, Refusal, Server, amp, complete, parse, stored};
use crate::data::accounts::Account;

/// Reads the body of a request.
pub(crate) fn of_bytes(body: &[u8], server: Server<'_>) -> Result<AuctionRequest, Refusal> {
    whole(parse::parse(body)?, Account::default(), server)
}

/// A request laid over the same stored data wherever it names any.
pub(crate) fn laid_over(
    incoming: Value,
    below: Option<&Arc<Value>>,
    server: Server<'_>,
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
    whole(assembly.finish()?, Account::default(), server)
}

/// The request, read for this account.
pub(crate) fn of_account(
    request: Value,
    account: Account,
    server: Server<'_>,
) -> Result<AuctionRequest, Refusal> {
    whole(parse::typed(request), account, server)
}

/// The request, changed by a query: as an auction over GET, and as an AMP page.
pub(crate) fn of_query(
    query: &str,
    request: &Value,
    server: Server<'_>,
) -> [Result<AuctionRequest, Refusal>; 2] {
    let query = Query::parse(Some(query));
    let get = query.lay_over(parse::typed(request.clone()));
    let amp = amp::complete(&query, parse::typed(request.clone()));
    [get, amp].map(|parsed| whole(parsed, Account::default(), server))
}

fn whole(parsed: Parsed, account: Account, server: Server<'_>) -> Result<AuctionRequest, Refusal> {
    let caller = Caller {
        headers: &HeaderMap::new(),
        peer: Peer(None),
        arrived: Instant::now(),
    };
    complete(parsed, caller, server, account)
}
