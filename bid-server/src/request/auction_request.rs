//! [`AuctionRequest`]: a checked request, split into what SSPs may see and what is meant for us.

mod ad_server_targeting;
mod money;
mod multi_bid;
mod options;

use openrtb::ext::{ImpExt, RequestExt};
use openrtb::{BidRequest, Imp, Members};
use tokio::time::Instant;

pub(crate) use ad_server_targeting::{AdServerKey, Source, find};
pub(crate) use options::{Options, TargetingOptions};

use super::tmax::Budget;
use crate::account::Account;
use crate::auction::adjust::Adjustments;
use crate::auction::currency::Exchange;
use crate::config::Config;
use crate::notice::Notice;

/// A request that is ready to be held.
#[derive(Debug)]
pub(crate) struct AuctionRequest {
    /// What every SSP may see, without imps and tmax.
    pub(crate) shared: BidRequest,
    /// What is on offer.
    pub(crate) imps: Vec<OfferedImp>,
    /// What the caller asks of us.
    pub(crate) options: Options,
    /// Currency in which bids compete and the answer is given.
    pub(crate) currency: String,
    /// Rates between currencies.
    pub(crate) exchange: Exchange,
    /// What bids are worth to the publisher.
    pub(crate) adjustments: Adjustments,
    /// What is odd about the request and does no harm.
    pub(crate) warnings: Vec<Notice>,
    /// Whose it is.
    pub(crate) account: Account,
    /// The deadline.
    pub(crate) budget: Budget,
}

/// An imp and who is asked for it.
#[derive(Debug)]
pub(crate) struct OfferedImp {
    /// The imp without `ext`.
    pub(crate) imp: Imp,
    /// Members of `ext` that every SSP may see.
    pub(crate) ext: Members,
    /// Params by bidder code or alias.
    pub(crate) params: Members,
    /// Id of the stored imp that it came from.
    pub(crate) stored_id: Option<String>,
}

impl AuctionRequest {
    /// Splits a request that has passed validation.
    pub(crate) fn new(
        mut request: BidRequest,
        config: &Config,
        account: Account,
        arrived: Instant,
    ) -> Self {
        let budget = Budget::new(request.tmax, arrived, &config.auction);
        let mut warnings = Vec::new();
        let currency = money::currency(&mut request, config, &mut warnings);
        let options = Options::new(&request, &config.currency, &account.settings, &mut warnings);
        let prebid = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
        let exchange = money::exchange(prebid, &config.currency.rates);
        let adjustments = money::adjustments(prebid, &account.settings, &mut warnings);
        let imps = std::mem::take(&mut request.imp);
        let is_bidder =
            |code: &str| config.bidders.contains_key(code) || options.aliases.contains_key(code);
        let imps = imps
            .into_iter()
            .map(|imp| OfferedImp::new(imp, is_bidder))
            .collect();
        request.ext = request.ext.and_then(shown_ext);
        // SSPs are told what remains, not what the caller allowed.
        request.tmax = None;
        Self {
            currency,
            exchange,
            adjustments,
            warnings,
            shared: request,
            imps,
            options,
            account,
            budget,
        }
    }
}

/// `ext.prebid` and `ext.earlybid` are between the page and us; other extensions go on.
fn shown_ext(ext: RequestExt) -> Option<RequestExt> {
    let mut other = ext.other;
    // Prebid.js's name for its own limit.
    other.shift_remove("tmaxmax");
    (!other.is_empty()).then_some(RequestExt {
        prebid: None,
        earlybid: None,
        other,
    })
}

impl OfferedImp {
    fn new(mut imp: Imp, is_bidder: impl Fn(&str) -> bool) -> Self {
        let ImpExt { prebid, other } = imp.ext.take().unwrap_or_default();
        let prebid = prebid.unwrap_or_default();
        let mut params = prebid.bidder;
        let mut ext = Members::new();
        // The older place of params is imp.ext.<bidder>; no SSP may see those of another.
        for (key, value) in other {
            if is_bidder(&key) {
                params.entry(key).or_insert(value);
            } else {
                ext.insert(key, value);
            }
        }
        Self {
            imp,
            ext,
            params,
            stored_id: prebid.storedrequest.map(|stored| stored.id),
        }
    }

    /// Sizes of the banner on offer.
    pub(crate) fn sizes(&self) -> Vec<(u32, u32)> {
        self.imp
            .banner
            .as_ref()
            .map(openrtb::Banner::sizes)
            .unwrap_or_default()
    }
}
