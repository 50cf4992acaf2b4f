//! Reads an OpenRTB response, as nearly all SSPs send it.

mod lenient;
mod written;

use openrtb::BidResponse;

use super::adapter::{AdapterError, Reply, SspBid, SspBids};
pub(super) use lenient::bid;

/// Some servers write a byte order mark before their JSON.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The bids of a reply, unchanged.
pub(super) fn read(reply: &Reply, no_bid: &[u16], currency: &str) -> Result<SspBids, AdapterError> {
    if no_bid.contains(&reply.status) {
        return Ok(SspBids::default());
    }
    if reply.status != 200 {
        return Err(AdapterError::Status(reply.status));
    }
    let body = without_mark(&reply.body);
    // Some SSPs answer "no bid" with an empty 200.
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(SspBids::default());
    }
    // Only answers with something odd in them are read a second time.
    let (response, lost) = match strict(body) {
        Ok(response) => (response, Vec::new()),
        Err(error) => {
            lenient::read(body).ok_or_else(|| AdapterError::Malformed(error.to_string()))?
        }
    };
    let named = response.cur.map(|code| code.trim().to_ascii_uppercase());
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
        currency: named
            .filter(|code| !code.is_empty())
            .unwrap_or_else(|| currency.to_owned()),
        bidid: response.bidid,
        bids: bids.collect(),
        lost,
    })
}

/// Reads a well-formed reply. Checking once that all of it is UTF-8 takes half as long as checking every text in it.
fn strict(body: &[u8]) -> serde_json::Result<BidResponse> {
    match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        // This error says where.
        Err(_) => serde_json::from_slice(body),
    }
}

/// The text of a reply, without the mark that some servers write before it.
pub(super) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

#[cfg(test)]
mod tests;
