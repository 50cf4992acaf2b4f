//! Answers that a request names instead of asking: for tests and previews of line items.
//!
//! A stored auction answer replaces all bidders, and none of them is asked. A stored answer of one bidder is
//! read by its adapter as if the SSP had sent it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use openrtb::SeatBid;
use serde_json::{Value, json};

use super::CallReport;
use super::adapter::{Offer, Reply, SspBid, SspBids};
use crate::bidder_names;
use crate::data::stored::{StoredKind, parse};
use crate::request::AuctionRequest;
use crate::request::auction_request::offered_imp::{OfferedImp, StoredBids};

/// The seat of stored bids that name none.
const NO_SEAT: &str = "stored";

/// The report and bids of one bidder.
type StoredReply = (CallReport, SspBids);

/// An offer with a stored answer.
#[derive(Debug)]
pub(super) struct StoredOffer<'a> {
    pub(super) offer: Offer<'a>,
    value: &'a Value,
    /// The imp that all its bids are for; `None` = the bids name their own imps.
    imp_id: Option<&'a str>,
}

/// The stored answer of the bidder that is asked under this name.
pub(super) fn of_bidder<'a>(
    request: &'a AuctionRequest,
    imp: &'a OfferedImp,
    name: &str,
    offer: Offer<'a>,
) -> Option<StoredOffer<'a>> {
    let mut stored = imp.stored_bids.iter();
    let StoredBids {
        id, replace_imp_id, ..
    } = stored.find(|stored| bidder_names::same(&stored.bidder, name))?;
    Some(StoredOffer {
        offer,
        value: value(request, id)?,
        imp_id: replace_imp_id.then_some(imp.imp.id.as_str()),
    })
}

fn value<'a>(request: &'a AuctionRequest, id: &str) -> Option<&'a Value> {
    let value = request.stored.get(&(StoredKind::Response, id.to_owned()))?;
    Some(value.as_ref())
}

impl StoredOffer<'_> {
    /// The answer as the SSP would have sent it.
    pub(super) fn reply(&self) -> Reply {
        let whole = if self.value.is_array() {
            Cow::Owned(json!({"seatbid": self.value}))
        } else {
            Cow::Borrowed(self.value)
        };
        Reply {
            status: 200,
            body: Bytes::from(whole.to_string()),
        }
    }

    /// Assigns the bids to the imp that named them.
    pub(super) fn claim(&self, bids: &mut SspBids) {
        let Some(id) = self.imp_id else { return };
        for SspBid { bid, .. } in &mut bids.bids {
            id.clone_into(&mut bid.impid);
        }
    }
}

/// The stored answers for the whole auction; `None` = bidders are to be asked.
pub(super) fn of_auction(request: &AuctionRequest) -> Option<Vec<StoredReply>> {
    let mut answers: BTreeMap<String, StoredReply> = BTreeMap::new();
    for (index, offered) in request.indexed_imps() {
        let value = value(request, offered.stored_answer.as_deref()?)?;
        let currency = value.get("cur").and_then(Value::as_str);
        // The data was checked when it was read.
        for SeatBid {
            seat, bid: bids, ..
        } in parse::seats(value).unwrap_or_default()
        {
            let seat = seat.filter(|seat| !seat.is_empty());
            let seat = seat.unwrap_or_else(|| NO_SEAT.to_owned());
            let currency = currency.unwrap_or(&request.currency);
            let fresh = || answer(&seat, currency);
            let (report, answer) = answers.entry(seat.clone()).or_insert_with(fresh);
            report.imps.push(index);
            answer.bids.extend(bids.into_iter().map(|mut bid| {
                bid.impid.clone_from(&offered.imp.id);
                SspBid {
                    bid,
                    ..SspBid::default()
                }
            }));
        }
    }
    (!request.imps.is_empty()).then(|| answers.into_values().collect())
}

fn answer(seat: &str, currency: &str) -> StoredReply {
    let name: Arc<str> = Arc::from(seat);
    let report = CallReport::blank(Arc::clone(&name), name);
    let bids = SspBids {
        currency: currency.to_owned(),
        ..SspBids::default()
    };
    (report, bids)
}
