//! [`BidResponse`]: the top-level object that answers a request.

use serde::{Deserialize, Serialize};

use crate::ext::ResponseExt;
use crate::{Bid, Members, NoBidReason, SeatBid};

/// An answer (OpenRTB 2.6 section 4.2.1). No `seatbid` means no bid.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "E: Deserialize<'de>"))]
pub struct BidResponse<E = Members> {
    /// Id of the request that is answered.
    #[serde(default)]
    pub id: String,
    /// The bids, by seat.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub seatbid: Vec<SeatBid<E>>,
    /// The bidder's own id, for its logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidid: Option<String>,
    /// Currency of all prices; USD if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cur: Option<String>,
    /// Why there is no bid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbr: Option<NoBidReason>,
    /// Extensions.
    #[serde(
        default,
        deserialize_with = "crate::ext::lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub ext: Option<ResponseExt>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl<E> BidResponse<E> {
    /// All bids with their seat.
    pub fn bids(&self) -> impl Iterator<Item = (&str, &Bid<E>)> {
        self.seatbid.iter().flat_map(|seat| {
            let name = seat.seat.as_deref().unwrap_or_default();
            seat.bid.iter().map(move |bid| (name, bid))
        })
    }
}
