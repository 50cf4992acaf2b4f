//! Rejects bids that are unfit to compete, each with its one reason, and fills what fit ones lack.

mod creative;
mod dsa;
mod fill;
mod seat;

use ad_events::outcome::BidOutcome;
use openrtb::{Bid, Imp, MediaType, Price};

use super::floor::floor_of;
use crate::config::Config;
use crate::money::adjust::{Adjusted, Adjustments, media_name};
use crate::notice::{Notice, code};
use crate::request::auction_request::AuctionRequest;
use crate::request::auction_request::offered_imp::OfferedImp;

/// What a bid is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Court<'a> {
    pub(super) request: &'a AuctionRequest,
    pub(super) config: &'a Config,
    /// The name under which the bidder was asked.
    pub(super) seat: &'a str,
    /// Positions of the imps that the bidder was offered.
    pub(super) offered: &'a [usize],
}

/// A bid and where it comes from.
#[derive(Debug)]
pub(super) struct Offered<'a> {
    pub(super) bid: &'a mut Bid,
    pub(super) currency: &'a str,
    /// The buyer's seat at the SSP.
    pub(super) buyer: Option<&'a str>,
    /// Another name than the bidder's.
    pub(super) alternate: Option<&'a str>,
}

/// The finding about a bid.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) imp: Option<usize>,
    pub(super) media_type: MediaType,
    pub(super) price: Option<Price>,
    pub(super) floor: Option<Price>,
    /// `Outbid` for a fit bid, until the ranking finds the winner.
    pub(super) outcome: BidOutcome,
    /// What is to be said about it.
    pub(super) notices: Vec<Notice>,
}

/// Judges a bid and fills it.
pub(super) fn judge(mut offered: Offered<'_>, court: &Court<'_>) -> Verdict {
    let mut verdict = Verdict {
        imp: None,
        media_type: MediaType::Banner,
        price: None,
        floor: None,
        outcome: BidOutcome::Outbid,
        notices: Vec::new(),
    };
    if let Err(reason) = examine(&mut offered, court, &mut verdict) {
        verdict.outcome = reason;
    }
    verdict
}

fn examine(
    from: &mut Offered<'_>,
    court: &Court<'_>,
    verdict: &mut Verdict,
) -> Result<(), BidOutcome> {
    let Offered {
        bid,
        currency,
        buyer,
        alternate,
    } = from;
    let (index, offered) = find_imp(bid, court).ok_or(BidOutcome::UnknownImp)?;
    verdict.imp = Some(index);
    check_form(bid)?;
    seat::check(*alternate, *buyer, court).inspect_err(|_| {
        if let Some(name) = alternate {
            let text = format!("bids under the name {name}, which is not allowed: dropped");
            let notice = Notice::about(court.seat, code::ALTERNATE_CODE, text);
            verdict.notices.push(notice);
        }
    })?;
    seat::check_deal(bid, *buyer, &offered.imp)?;
    let media_type = fill::media_type(bid, &offered.imp);
    verdict.media_type = media_type.ok_or(BidOutcome::MediaTypeNotOffered)?;
    creative::check_currency(currency, bid, court, verdict)?;
    let price = worth(bid, currency, &offered.imp, verdict.media_type, court)?;
    verdict.price = Some(price);
    let floor = floor_of(bid, (index, offered), verdict.media_type, court.request);
    if let Some(floor) = floor {
        verdict.floor = floor.in_auction(court.request);
        floor.check(price, court.request)?;
    }
    fill::fill(bid, offered, verdict.media_type);
    dsa::check(bid, &court.request.shared).map_err(|problem| {
        let text = format!("bid {}: {problem}: dropped", bid.id);
        verdict
            .notices
            .push(Notice::about(court.seat, code::DSA, text));
        BidOutcome::DsaMissing
    })?;
    creative::check(bid, offered, court, verdict)
}

/// What the bid is worth to the publisher, in the auction's currency.
fn worth(
    bid: &Bid,
    currency: &str,
    imp: &Imp,
    media_type: MediaType,
    court: &Court<'_>,
) -> Result<Price, BidOutcome> {
    let Adjustments { factors, rules } = &court.request.adjustments;
    let (exchange, into) = (&court.request.exchange, &court.request.currency);
    let media = media_name(media_type, imp);
    let price = bid.price.ok_or(BidOutcome::InvalidBid)?;
    let factor = factors.of(court.seat, media);
    let price = price.amount().checked_mul(factor);
    let price = Price::new(price.ok_or(BidOutcome::InvalidBid)?.normalize());
    let price = exchange
        .convert(price, currency, into)
        .ok_or(BidOutcome::NoConversionRate)?;
    let bid = Adjusted {
        media,
        seat: court.seat,
        deal: bid.dealid.as_deref().filter(|id| !id.is_empty()),
    };
    Ok(rules.apply(price, bid, |amount, from| {
        exchange.convert(amount, from, into)
    }))
}

/// An imp that was offered to another bidder only is as unknown as one that does not exist.
fn find_imp<'a>(bid: &Bid, court: &Court<'a>) -> Option<(usize, &'a OfferedImp)> {
    let mut offered = court.offered.iter().copied();
    let index = offered.find(|index| {
        let imp = court.request.imps.get(*index);
        imp.is_some_and(|imp| imp.imp.id == bid.impid)
    })?;
    Some((index, court.request.imps.get(index)?))
}

/// Id, price and something to show. A deal may be free.
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
