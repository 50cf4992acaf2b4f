//! [`AuctionRequest`]: a checked request, split into what SSPs may see and what is meant for us.

mod ad_server_targeting;
mod bid_options;
mod cache_request;
pub(crate) mod key_form;
mod money;
mod multi_bid;
pub(crate) mod offered_imp;
mod options;
mod preferred_types;
mod stored_answers;

use openrtb::ext::{RequestExt, RequestPrebid};
use openrtb::{BidRequest, Imp};
use std::collections::BTreeSet;

use serde_json::Value;
use tokio::time::Instant;

pub(crate) use ad_server_targeting::{AdServerKey, ValueSource, find};
pub(crate) use bid_options::{BidOptions, Debug as DebugLevel, resolved};
pub(crate) use cache_request::{CacheRequest, CacheTerms};
pub(crate) use options::{Options, TargetingOptions};

use offered_imp::OfferedImp;

use super::adjusted_floors::{self, AdjustedFloors};
use super::bidder_requests::{BidderData, BidderRequests, BidderView, leave_out_unfit};
use super::tmax::Budget;
use super::{ImpIndex, LeftOutImp, Refusal, RequestSettings};
use crate::bidder_names;
use crate::data::accounts::Account;
use crate::data::market::Market;
use crate::data::stored::Found;
use crate::money::adjust::Adjustments;
use crate::money::currency::Exchange;
use crate::money::floors::FloorPlan;
use crate::remark::Remark;

/// The parts of the server that a request is read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Server<'a> {
    pub(crate) settings: RequestSettings<'a>,
    pub(crate) market: &'a Market,
}

/// A request that is ready to be held.
#[derive(Debug)]
pub(crate) struct AuctionRequest {
    /// What every SSP may see, without imps and tmax.
    pub(crate) shared: BidRequest,
    /// The imps on offer.
    pub(crate) imps: Vec<OfferedImp>,
    /// What the caller asks of us.
    pub(crate) options: Options,
    /// What the caller asks for about its bids.
    pub(crate) bids: BidOptions,
    /// The request as it was understood, for debugging callers.
    pub(crate) resolved: Option<Value>,
    /// The currency in which bids compete and the answer is given.
    pub(crate) currency: String,
    /// Rates between currencies.
    pub(crate) exchange: Exchange,
    /// The floors that bids must reach.
    pub(crate) floors: FloorPlan,
    /// The adjustments that turn a bid into what it is worth to the publisher.
    pub(crate) adjustments: Adjustments,
    /// Oddities of the request that do no harm.
    pub(crate) warnings: Vec<Remark>,
    /// Imps of the request that take no part.
    pub(crate) left_out: Vec<LeftOutImp>,
    /// What bidders see if the request treats them differently from the rest.
    pub(crate) bidder_requests: BidderRequests,
    /// Imps for the bidders that see different floors.
    pub(crate) adjusted_floors: AdjustedFloors,
    /// Stored answers that the imps name.
    pub(crate) stored: Found,
    /// The account that it belongs to.
    pub(crate) account: Account,
    /// The time for the auction, with its deadline.
    pub(crate) budget: Budget,
}

/// When a request arrived, and whether its caller knows the debug secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    /// When it arrived.
    pub(crate) at: Instant,
    /// The caller has shown the secret that enables all debugging.
    pub(crate) knows_secret: bool,
}

impl AuctionRequest {
    /// Splits a request that has passed validation.
    ///
    /// # Errors
    /// If data meant for single bidders does not fit the request; the faults name its path.
    pub(crate) fn new(
        mut request: BidRequest,
        stored: Found,
        server: Server<'_>,
        account: Account,
        arrival: Arrival,
    ) -> Result<Self, Refusal> {
        let Server { settings, market } = server;
        let bids = BidOptions::new(&request, &account.settings, arrival.knows_secret);
        let budget = budget(request.tmax, &arrival, &bids, settings);
        let resolved = resolved(&request, &bids);
        let mut warnings = Vec::new();
        let currency = money::currency(&mut request, settings.currency, &mut warnings);
        let by_currency = settings.currency;
        let options = Options::new(&request, by_currency, &account.settings, &mut warnings);
        let prebid = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
        let exchange = money::exchange(prebid, market.rates.tables(arrival.at));
        let adjustments = money::adjustments(prebid, &account.settings, &mut warnings);
        let floors = money::floors(
            &mut request,
            (market, &account.settings),
            &exchange,
            &mut warnings,
        );
        let imps = std::mem::take(&mut request.imp);
        let imps = offered(imps, settings, &options, &mut warnings);
        let mut faults = Vec::new();
        stored_answers::check(&imps, &mut faults);
        let data = BidderData::take(&mut request, settings.host_schain_node, &mut faults);
        request.ext = request.ext.and_then(shown_ext);
        // SSPs see the time that remains, not what the caller allowed.
        request.tmax = None;
        let names = imps.iter().flat_map(|imp| imp.params.keys());
        let names: BTreeSet<&str> = names.map(String::as_str).collect();
        let bidders = names.iter().copied();
        let bidder_requests = BidderRequests::new((&request, &imps), bidders, &data, &mut faults);
        Refusal::unless_empty(faults)?;
        let sees = |name: &str| bidder_requests.of(name, (&request, &imps)).1;
        let adjusted_floors = if floors.adjusted {
            adjusted_floors::of_all(&names, sees, &adjustments, &exchange)
        } else {
            AdjustedFloors::new()
        };
        Ok(Self {
            adjusted_floors,
            currency,
            exchange,
            adjustments,
            floors,
            warnings,
            left_out: Vec::new(),
            resolved,
            bids,
            shared: request,
            imps,
            options,
            bidder_requests,
            stored,
            account,
            budget,
        })
    }

    /// The imp at a position; `None` only for a position that belongs to another request.
    pub(crate) fn imp(&self, index: ImpIndex) -> Option<&OfferedImp> {
        index.of(&self.imps)
    }

    /// Every imp with its position.
    pub(crate) fn indexed_imps(&self) -> impl Iterator<Item = (ImpIndex, &OfferedImp)> {
        let imps = self.imps.iter().enumerate();
        imps.map(|(position, imp)| (ImpIndex::new(position), imp))
    }

    /// The request as the bidder that is asked under this name sees it.
    pub(crate) fn view_of(&self, name: &str) -> BidderView<'_> {
        let (shared, imps) = self.bidder_requests.of(name, (&self.shared, &self.imps));
        (
            shared,
            self.adjusted_floors.get(name).map_or(imps, Vec::as_slice),
        )
    }
}

/// The imps, split. Bidders for which an imp makes no sense are left out of it, unless the server is strict.
fn offered(
    imps: Vec<Imp>,
    settings: RequestSettings<'_>,
    options: &Options,
    warnings: &mut Vec<Remark>,
) -> Vec<OfferedImp> {
    let is_bidder = |code: &str| {
        settings.bidders.has(code) || bidder_names::find(&options.aliases, code).is_some()
    };
    let imps = imps.into_iter();
    let mut imps: Vec<OfferedImp> = imps.map(|imp| OfferedImp::new(imp, is_bidder)).collect();
    if !settings.limits.strict {
        warnings.extend(leave_out_unfit(&mut imps));
    }
    imps
}

/// The time for the auction, part of which is reserved for a cache elsewhere.
fn budget(
    tmax: Option<i64>,
    arrival: &Arrival,
    bids: &BidOptions,
    settings: RequestSettings<'_>,
) -> Budget {
    let mut budget = Budget::new(tmax, arrival.at, settings.limits);
    if let Some(time) = settings.cache_time.filter(|_| bids.cache.is_some()) {
        budget.keep_back(time);
    }
    budget
}

/// Members of `ext.prebid` that are passed on to SSPs: who is asking, and from what kind of page.
const SHOWN_PREBID: [&str; 3] = ["channel", "integration", "sdk"];

/// `ext.earlybid` and nearly all of `ext.prebid` stay between the page and us; other extensions are passed on.
fn shown_ext(ext: RequestExt) -> Option<RequestExt> {
    let mut other = ext.other;
    // Prebid.js's name for its own time limit.
    other.shift_remove("tmaxmax");
    let prebid = ext.prebid.map(|prebid| prebid.other).unwrap_or_default();
    let shown = prebid.into_iter();
    let shown = shown.filter(|(key, _)| SHOWN_PREBID.contains(&key.as_str()));
    let prebid = RequestPrebid {
        other: shown.collect(),
        ..RequestPrebid::default()
    };
    let prebid = (!prebid.other.is_empty()).then_some(prebid);
    (prebid.is_some() || !other.is_empty()).then_some(RequestExt {
        prebid,
        earlybid: None,
        other,
    })
}
