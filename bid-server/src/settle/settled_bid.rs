//! [`SettledBid`] and [`SettledAuction`]: bids with all that the page is told about them, but for its key-values.

use ad_events::outcome::BidOutcome;

use crate::auction::{HeldAuction, JudgedBid};
use crate::bidders::{CallFailure, CallReport};
use crate::clock;
use crate::remark::Remark;
use crate::request::{AuctionRequest, ImpIndex};

/// A bid, fit or not, on its way into the answer.
#[derive(Debug, Clone)]
pub(crate) struct SettledBid {
    /// What the auction found. Macros are expanded, and what we send in place of the page is taken out.
    pub(crate) judged: JudgedBid,
    /// Id by which the page asks for the creative.
    pub(crate) adid: String,
    /// Its price, rounded as the request asks: the value of `hb_pb`. Unfit bids have none.
    pub(crate) bucket: Option<String>,
    /// Where its markup came from; it may be kept elsewhere since.
    pub(crate) markup: MarkupSource,
    /// Where its creative is cached.
    pub(crate) cached: Option<Cached>,
    /// Where the page tells what became of it.
    pub(crate) events: Option<BidEvents>,
}

/// Where the markup of a bid comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkupSource {
    /// It came with the bid.
    Adm,
    /// Its win notice gives it.
    Nurl,
    /// From nowhere.
    None,
}

/// Where a creative is cached; read when key-values are made.
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
    /// Once the bid has won in the page too.
    pub(crate) win: String,
    /// Once it is seen; `None` = its VAST does that.
    pub(crate) imp: Option<String>,
}

impl SettledBid {
    /// Nothing is kept or told yet.
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
    /// When it began, milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// The client went away before it was over.
    pub(crate) cut_off: bool,
    /// Every call, in the order of bidder codes.
    pub(crate) calls: Vec<CallReport>,
    /// Every bid, fit or not.
    pub(crate) bids: Vec<SettledBid>,
    /// What did harm, beyond calls that failed.
    pub(crate) errors: Vec<Remark>,
    /// What is odd and did no harm, or why a bidder was not asked.
    pub(crate) warnings: Vec<Remark>,
}

impl SettledAuction {
    /// Nothing is settled yet.
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

    /// The bids that took part.
    pub(super) fn fit_bids(&mut self) -> impl Iterator<Item = &mut SettledBid> {
        let bids = self.bids.iter_mut();
        bids.filter(|bid| bid.judged.is_fit())
    }

    /// Every imp that a call offered and that no bid of it names, with the position of the call and how it ended.
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
