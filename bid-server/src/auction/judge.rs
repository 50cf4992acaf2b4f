//! Judges bids: rejects those that are unfit to compete, each for exactly one reason, and fills in what fit
//! ones lack.

mod creative;
mod dsa;
mod fill;
mod seat;

use std::sync::Arc;

use ad_events::outcome::BidOutcome;
use openrtb::{Bid, Imp, MediaType, Price};

use super::JudgedBid;
use super::floor::floor_of;
use super::offered_bid::{OfferedBid, Origin};
use crate::money::adjust::{Adjusted, Adjustments, media_name};
use crate::remark::{Remark, code};
use crate::request::auction_request::offered_imp::OfferedImp;
use crate::request::{AuctionRequest, ImpIndex};

/// What bids are judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Court<'a> {
    pub(super) request: &'a AuctionRequest,
    /// Whether insecure markup is dropped if `imp.secure` is 1, unless the account says otherwise.
    pub(super) require_secure_markup: bool,
    /// The imps that the bidder was offered.
    pub(super) offered: &'a [ImpIndex],
}

/// What is known about a bid while it is examined.
#[derive(Debug)]
struct Finding {
    imp: Option<ImpIndex>,
    media_type: MediaType,
    price: Option<Price>,
    floor: Option<Price>,
    /// Remarks about it.
    remarks: Vec<Remark>,
}

/// Judges a bid and fills in what it lacks. A fit bid counts as outbid until the ranking finds the winner.
pub(super) fn judge(mut offered: OfferedBid, court: &Court<'_>) -> (JudgedBid, Vec<Remark>) {
    let mut finding = Finding {
        imp: None,
        media_type: MediaType::Banner,
        price: None,
        floor: None,
        remarks: Vec::new(),
    };
    let examined = examine(&mut offered, court, &mut finding);
    let OfferedBid {
        asked_as,
        bidder,
        alternate,
        buyer,
        bid,
        currency,
        bidid,
        priority,
        started_at,
        latency,
        ..
    } = offered;
    let judged = JudgedBid {
        seat: alternate.map_or(asked_as, Arc::from),
        bidder,
        buyer,
        imp: finding.imp,
        bid,
        media_type: finding.media_type,
        bid_currency: currency,
        bidid,
        price: finding.price,
        floor: finding.floor,
        priority,
        started_at,
        latency,
        outcome: examined.err().unwrap_or(BidOutcome::Outbid),
        rank: None,
    };
    (judged, finding.remarks)
}

fn examine(
    offered: &mut OfferedBid,
    court: &Court<'_>,
    finding: &mut Finding,
) -> Result<(), BidOutcome> {
    let (index, imp) = find_imp(&offered.bid, court).ok_or(BidOutcome::UnknownImp)?;
    finding.imp = Some(index);
    check_form(&offered.bid)?;
    if offered.origin == Origin::Ssp {
        check_buyer(offered, imp, court, finding)?;
    }
    let media_type = fill::media_type(&offered.bid, &imp.imp);
    finding.media_type = media_type.ok_or(BidOutcome::MediaTypeNotOffered)?;
    match offered.origin {
        Origin::Ssp => examine_purchase(offered, (index, imp), court, finding),
        Origin::House => {
            fill::fill(&mut offered.bid, imp, finding.media_type);
            finding.price = Some(converted(offered, court)?);
            Ok(())
        }
    }
}

/// Checks who is bidding, and under which terms.
fn check_buyer(
    offered: &OfferedBid,
    imp: &OfferedImp,
    court: &Court<'_>,
    finding: &mut Finding,
) -> Result<(), BidOutcome> {
    let (alternate, buyer) = (offered.alternate.as_deref(), offered.buyer.as_deref());
    seat::check(&offered.asked_as, alternate, buyer, court).inspect_err(|_| {
        let id = &offered.bid.id;
        let (code, text) = match alternate {
            Some(name) => (
                code::ALTERNATE_CODE,
                format!("bids under the name {name}, which is not allowed: dropped"),
            ),
            None => (
                code::UNKNOWN_WARNING,
                format!("bid {id:?} is dropped: the request does not let its buyer bid"),
            ),
        };
        let remark = Remark::of_bidder(&offered.asked_as, code, text);
        finding.remarks.push(remark);
    })?;
    seat::check_deal(&offered.bid, buyer, &imp.imp)
}

/// Checks what binds a buyer's bid but not the publisher's own campaigns: currencies, floors, and the rules
/// for creatives.
fn examine_purchase(
    offered: &mut OfferedBid,
    (index, imp): (ImpIndex, &OfferedImp),
    court: &Court<'_>,
    finding: &mut Finding,
) -> Result<(), BidOutcome> {
    creative::check_currency(offered, court, finding)?;
    let price = worth(offered, &imp.imp, finding.media_type, court)?;
    finding.price = Some(price);
    let bid = &mut offered.bid;
    let floor = floor_of(bid, (index, imp), finding.media_type, court.request);
    if let Some(floor) = floor {
        finding.floor = floor.in_auction(court.request);
        floor.check(price, court.request)?;
    }
    fill::fill(bid, imp, finding.media_type);
    dsa::check(bid, &court.request.shared).map_err(|problem| {
        let text = format!("bid {}: {problem}: dropped", bid.id);
        finding
            .remarks
            .push(Remark::of_bidder(&offered.asked_as, code::DSA, text));
        BidOutcome::DsaMissing
    })?;
    creative::check(offered, imp, court, finding)
}

/// The bid's unadjusted price in the auction's currency.
fn converted(offered: &OfferedBid, court: &Court<'_>) -> Result<Price, BidOutcome> {
    let price = offered.bid.price.ok_or(BidOutcome::InvalidBid)?;
    let (exchange, into) = (&court.request.exchange, &court.request.currency);
    exchange
        .convert(price, &offered.currency, into)
        .ok_or(BidOutcome::NoConversionRate)
}

/// What the bid is worth to the publisher, in the auction's currency.
fn worth(
    offered: &OfferedBid,
    imp: &Imp,
    media_type: MediaType,
    court: &Court<'_>,
) -> Result<Price, BidOutcome> {
    let (bid, seat) = (&offered.bid, &*offered.asked_as);
    let Adjustments { factors, rules } = &court.request.adjustments;
    let (exchange, into) = (&court.request.exchange, &court.request.currency);
    let media = media_name(media_type, imp);
    let price = bid.price.ok_or(BidOutcome::InvalidBid)?;
    let factor = factors.of(seat, media);
    let price = price.amount().checked_mul(factor);
    let price = Price::new(price.ok_or(BidOutcome::InvalidBid)?.normalize());
    let price = exchange
        .convert(price, &offered.currency, into)
        .ok_or(BidOutcome::NoConversionRate)?;
    let bid = Adjusted {
        media,
        seat,
        deal: bid.dealid.as_deref().filter(|id| !id.is_empty()),
    };
    Ok(rules.apply(price, bid, |amount, from| {
        exchange.convert(amount, from, into)
    }))
}

/// An imp that was offered only to another bidder is as unknown as one that does not exist.
fn find_imp<'a>(bid: &Bid, court: &Court<'a>) -> Option<(ImpIndex, &'a OfferedImp)> {
    let mut offered = court.offered.iter().copied();
    let index = offered.find(|index| {
        let imp = court.request.imp(*index);
        imp.is_some_and(|imp| imp.imp.id == bid.impid)
    })?;
    Some((index, court.request.imp(index)?))
}

/// Id, price and something to show. A bid with a deal may be free.
fn check_form(bid: &Bid) -> Result<(), BidOutcome> {
    let has = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let price = bid.price.ok_or(BidOutcome::InvalidBid)?;
    let fits = price.is_positive() || (!price.is_negative() && has(&bid.dealid));
    if bid.id.is_empty() || !fits {
        return Err(BidOutcome::InvalidBid);
    }
    let has_adm = bid.adm.as_ref().is_some_and(|adm| !adm.is_blank());
    if !(has_adm || has(&bid.nurl)) {
        return Err(BidOutcome::NoCreative);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
