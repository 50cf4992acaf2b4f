//! Step 1, read: from the bytes of a request to an [`AuctionRequest`] that can be held without further checks.
//!
//! [`body`] reads and inflates under a size cap, [`parse`] turns the JSON into wire types, [`stored`] merges
//! it with the stored data that it names, [`defaults`] fills in what the HTTP request knows better,
//! [`validate`] collects every fault, [`auction_request`] splits what SSPs may see from what is meant for us,
//! [`bidder_requests`] gives single bidders what is meant for them alone, and [`tmax`] sets the one deadline.
//! Anything that cannot become an auction ends in a [`Refusal`].

mod adjusted_floors;
pub(crate) mod amp;
pub(crate) mod auction_request;
mod bidder_params;
mod bidder_requests;
pub(crate) mod body;
pub(crate) mod client;
mod config;
mod defaults;
mod eids;
mod fresh_ids;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzed;
mod imp_faults;
mod imp_index;
mod interstitial;
mod native;
mod parse;
pub(crate) mod query;
mod refusal;
mod settings;
pub(crate) mod stored;
pub(crate) mod tmax;
mod unfit_bidders;
mod validate;

use axum::http::{HeaderMap, HeaderValue};
use openrtb::{BidRequest, version};
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

use auction_request::Arrival;
pub(crate) use auction_request::{AuctionRequest, Server};
use client::Peer;
pub use config::AuctionConfig;
use imp_faults::ImpFaults;
pub(crate) use imp_faults::LeftOutImp;
pub(crate) use imp_index::ImpIndex;
use parse::Owner;
pub(crate) use parse::Parsed;
pub(crate) use refusal::Refusal;
pub(crate) use settings::{KnownBidders, RequestSettings};

use crate::data::accounts::{Account, Accounts};
use crate::data::market::Market;
use crate::data::stored::Store;
use crate::remark::{Remark, shortened};

/// What the HTTP request says besides the auction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    /// Its headers.
    pub(crate) headers: &'a HeaderMap,
    /// The other end of the connection.
    pub(crate) peer: Peer,
    /// When it began to arrive; the auction's time is counted from here.
    pub(crate) arrived: Instant,
}

/// What a request is read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestSources<'a> {
    /// The server's settings.
    pub(crate) settings: RequestSettings<'a>,
    /// What requests may name instead of sending it.
    pub(crate) stored: &'a Store,
    /// Whose auctions are held, and how.
    pub(crate) accounts: &'a Accounts,
    /// Exchange rates and floors as they stand now.
    pub(crate) market: &'a Market,
}

impl RequestSources<'_> {
    /// Until when stored data may be fetched. Even if the body took long to arrive, the auction's own limit applies.
    fn fetch_until(&self, arrived: Instant) -> Instant {
        let latest = arrived + self.settings.limits.max_tmax;
        latest.min(Instant::now() + self.settings.fetch_timeout)
    }
}

/// Bytes in; a checked request out, or every fault that was found.
pub(crate) async fn receive(
    sources: RequestSources<'_>,
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

/// Merges a request with the default request and the stored ones that it names.
pub(crate) async fn resolve(
    sources: RequestSources<'_>,
    incoming: Value,
    arrived: Instant,
) -> Result<Parsed, Refusal> {
    let default = sources.stored.in_memory().default_request().cloned();
    let most_imps = sources.settings.limits.max_imps;
    let mut assembly = stored::Assembly::new(incoming, default)?.limited_to(most_imps);
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

/// Turns a whole request, whichever way it came, into one that can be held.
pub(crate) async fn finish(
    sources: RequestSources<'_>,
    parsed: Parsed,
    caller: Caller<'_>,
) -> Result<AuctionRequest, Refusal> {
    let until = sources.fetch_until(caller.arrived);
    let (accounts, stored) = (sources.accounts, sources.stored);
    let account = accounts.of(&parsed.request, stored, until).await?;
    let others = parsed.owners.iter();
    let others = others.filter(|owner| account.id.as_ref() != Some(&owner.account));
    for Owner {
        item,
        account: other,
        always,
    } in others
    {
        // What an account has stored may only be used under that account's terms.
        if *always || accounts.knows(other, stored, until).await? {
            let fault = format!("{item} belongs to another account than the request names");
            return Err(Refusal::fault(fault));
        }
    }
    let server = Server {
        settings: sources.settings,
        market: sources.market,
    };
    complete(parsed, caller, server, account)
}

/// The most warnings about what the request asks for, and about what is wrong with it.
const MOST_WARNINGS: usize = 200;

fn complete(
    parsed: Parsed,
    caller: Caller<'_>,
    server: Server<'_>,
    account: Account,
) -> Result<AuctionRequest, Refusal> {
    let Parsed {
        mut request,
        mut faults,
        mut of_imps,
        found,
        ..
    } = parsed;
    of_imps.limit(&mut request.imp, server.settings.limits.max_imps);
    let mut warnings = Vec::from_iter(eids::in_both_places(&request));
    version::to_26(&mut request);
    warnings.extend(eids::leave_out(&mut request));
    fresh_ids::fill(&mut request);
    let settings = server.settings;
    let address = client::address(caller.headers, caller.peer, settings.trusted_proxies);
    defaults::fill(&mut request, caller.headers, address, settings.currency);
    bidder_params::fill(&mut request);
    for (index, imp) in request.imp.iter_mut().enumerate() {
        let before = faults.len();
        native::complete(&format_args!("request.imp[{index}]"), imp, &mut faults);
        of_imps.mark(index, before, &faults);
    }
    validate::check(&request, settings, &mut faults, &mut of_imps);
    interstitial::widen(&mut request, &mut faults);
    let (remarks, left_out) = leave_out(&mut request, settings, &of_imps, &mut faults);
    warnings.extend(remarks);
    Refusal::unless_empty(faults)?;
    let secret = settings.debug_secret;
    let shown = caller.headers.get("x-pbs-debug-override");
    let arrival = Arrival {
        at: caller.arrived,
        knows_secret: shown
            .is_some_and(|shown| secret.is_some_and(|secret| is_same(secret, shown))),
    };
    warnings.extend(validate::remarks(&request, settings));
    let mut request = AuctionRequest::new(request, found, server, account, arrival)?;
    request.warnings = shortened(request.warnings, MOST_WARNINGS);
    let warnings = shortened(warnings, MOST_WARNINGS);
    request.warnings.extend(warnings);
    request.left_out = left_out;
    Ok(request)
}

/// Leaves mistaken bidders and imps out, if nothing else is wrong and something remains to be asked for.
fn leave_out(
    request: &mut BidRequest,
    settings: RequestSettings<'_>,
    of_imps: &ImpFaults,
    faults: &mut Vec<String>,
) -> (Vec<Remark>, Vec<LeftOutImp>) {
    if faults.is_empty() || settings.limits.strict || !of_imps.are_all(faults, request.imp.len()) {
        return Default::default();
    }
    let mistaken = of_imps.outcomes();
    let remains = |imp: usize| !mistaken.contains_key(&imp);
    let Some(mut remarks) = unfit_bidders::leave_out(request, settings.bidders, remains) else {
        return Default::default();
    };
    let (of_the_imps, left_out) = of_imps.leave_out(request, faults);
    remarks.extend(of_the_imps);
    faults.clear();
    (remarks, left_out)
}

/// Compares in constant time, wherever the two differ.
fn is_same(secret: &str, shown: &HeaderValue) -> bool {
    secret.as_bytes().ct_eq(shown.as_bytes()).into()
}

/// For unit tests: no stored data, no connection, the default account.
#[cfg(test)]
pub(crate) fn read(
    body: &[u8],
    headers: &HeaderMap,
    config: &crate::config::Config,
    arrived: Instant,
) -> Result<AuctionRequest, Refusal> {
    let caller = Caller {
        headers,
        peer: Peer(None),
        arrived,
    };
    let market = &Market::new(config.market());
    let settings = config.request();
    let server = Server { settings, market };
    complete(parse::parse(body)?, caller, server, Account::default())
}
