//! Reads an OpenRTB response, as nearly all SSPs send it.

use openrtb::BidResponse;

use super::adapter::{AdapterError, Reply, SspBid, SspBids};

/// The bids of a reply, unchanged.
pub(super) fn read(reply: &Reply, no_bid: &[u16], currency: &str) -> Result<SspBids, AdapterError> {
    if no_bid.contains(&reply.status) {
        return Ok(SspBids::default());
    }
    if reply.status != 200 {
        return Err(AdapterError::Status(reply.status));
    }
    // Some SSPs answer "no bid" with an empty 200.
    if reply.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(SspBids::default());
    }
    let response: BidResponse = serde_json::from_slice(&reply.body)
        .map_err(|error| AdapterError::Malformed(error.to_string()))?;
    let named = response.cur.filter(|code| !code.is_empty());
    let seats = response.seatbid.into_iter();
    let bids = seats.flat_map(|seat| {
        let buyer = seat.seat;
        let bids = seat.bid.into_iter();
        bids.map(move |bid| SspBid {
            buyer: buyer.clone(),
            seat: None,
            bid,
        })
    });
    Ok(SspBids {
        currency: named.unwrap_or_else(|| currency.to_owned()),
        bidid: response.bidid,
        bids: bids.collect(),
    })
}
