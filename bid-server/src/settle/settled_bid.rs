//! [`SettledBid`] and [`SettledAuction`]: bids with everything that the page is told about them, except key-values.

use ad_events::outcome::BidOutcome;

use crate::auction::{HeldAuction, JudgedBid};
use crate::bidders::{CallFailure, CallReport};
use crate::clock;
use crate::remark::Remark;
use crate::request::{AuctionRequest, ImpIndex};

/// A bid, fit or not, on its way into the answer.
#[derive(Debug, Clone)]
pub(crate) struct SettledBid {
    /// What the auction found. Macros are expanded, and notices that we send ourselves have been taken out.
    pub(crate) judged: JudgedBid,
    /// The id by which the page asks for the creative.
    pub(crate) adid: String,
    /// Its price, rounded as the request asks: the value of `hb_pb`. Unfit bids have none.
    pub(crate) bucket: Option<String>,
    /// Where its markup came from; it may have been cached elsewhere since.
    pub(crate) markup: MarkupSource,
    /// Where its creative is cached.
    pub(crate) cached: Option<Cached>,
    /// Where the page reports what became of it.
    pub(crate) events: Option<BidEvents>,
}

/// Where the markup of a bid comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkupSource {
    /// It came with the bid.
    Adm,
    /// The win notice serves it.
    Nurl,
    /// There is none.
    None,
}

/// Where a creative is cached; used when key-values are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cached {
    /// Id of the whole bid.
    pub(crate) bid_id: Option<String>,
    /// Id of its VAST.
    pub(crate) vast_id: Option<String>,
    /// Host of the cache.
    pub(crate) host: String,
    /// Path of the cache.
    pub(crate) path: String,
}

/// Addresses that the page calls: `bid.ext.prebid.events`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BidEvents {
    /// Called once the bid has won in the page as well.
    pub(crate) win: String,
    /// Called once it is seen; `None` = its VAST does that.
    pub(crate) imp: Option<String>,
}

impl SettledBid {
    /// A bid for which nothing has been stored or reported yet.
    pub(crate) fn new(judged: JudgedBid, request: &AuctionRequest) -> Self {
        let options = &request.options;
        let price = judged.price.filter(|_| judged.is_fit());
        let bucket = price.and_then(|price| {
            let (granularities, rounding) = (&options.granularities, options.rounding);
            granularities.bucket(price, judged.media_type, rounding)
        });
        let bid = &judged.bid;
        let markup = if bid.adm.as_ref().is_some_and(|adm| !adm.is_blank()) {
            MarkupSource::Adm
        } else if bid.nurl.is_some() {
            MarkupSource::Nurl
        } else {
            MarkupSource::None
        };
        Self {
            judged,
            adid: clock::new_id(),
            bucket,
            markup,
            cached: None,
            events: None,
        }
    }
}

/// An auction whose bids are settled.
#[derive(Debug)]
pub(crate) struct SettledAuction {
    /// When it began, in milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// The client went away before it was over.
    pub(crate) cut_off: bool,
    /// Every call, sorted by bidder code.
    pub(crate) calls: Vec<CallReport>,
    /// Every bid, fit or not.
    pub(crate) bids: Vec<SettledBid>,
    /// Problems other than failed calls.
    pub(crate) errors: Vec<Remark>,
    /// Harmless oddities, and why bidders were not asked.
    pub(crate) warnings: Vec<Remark>,
}

impl SettledAuction {
    /// An auction of which nothing is settled yet.
    pub(super) fn new(held: HeldAuction, request: &AuctionRequest) -> Self {
        let HeldAuction {
            started_at,
            cut_off,
            calls,
            bids,
            errors,
            warnings,
        } = held;
        let bids = bids.into_iter();
        Self {
            started_at,
            cut_off,
            calls,
            bids: bids.map(|bid| SettledBid::new(bid, request)).collect(),
            errors,
            warnings,
        }
    }

    /// The bids that competed.
    pub(super) fn fit_bids(&mut self) -> impl Iterator<Item = &mut SettledBid> {
        let bids = self.bids.iter_mut();
        bids.filter(|bid| bid.judged.is_fit())
    }

    /// Every imp that a call offered and got no bid for, with the position of the call and how it ended.
    pub(crate) fn unfilled(&self) -> impl Iterator<Item = (usize, ImpIndex, BidOutcome)> {
        self.calls
            .iter()
            .enumerate()
            .flat_map(move |(position, call)| {
                let failure = call.failure.as_ref();
                let outcome = failure.map_or(BidOutcome::NoBid, CallFailure::outcome);
                let empty = call
                    .imps
                    .iter()
                    .filter(move |imp| !self.has_bid(&call.seat, **imp));
                empty.map(move |imp| (position, *imp, outcome))
            })
    }

    fn has_bid(&self, seat: &str, imp: ImpIndex) -> bool {
        let mut bids = self.bids.iter().map(|bid| &bid.judged);
        bids.any(|bid| bid.imp == Some(imp) && bid.seat.as_ref() == seat)
    }
}
