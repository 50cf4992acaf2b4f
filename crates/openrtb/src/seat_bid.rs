//! [`SeatBid`]: the bids of one seat.

use serde::{Deserialize, Serialize};

use crate::{Bid, Members};

/// Bids of one buyer (OpenRTB 2.6 section 4.2.2).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "E: Deserialize<'de>"))]
pub struct SeatBid<E = Members> {
    /// The bids.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub bid: Vec<Bid<E>>,
    /// The buyer's seat; in our answers, the bidder's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat: Option<String>,
    /// 1 = all or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<u8>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
