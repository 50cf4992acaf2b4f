//! The OpenRTB answer, with our own `ext` on its bids.

use openrtb::ext::AnswerBidExt;
use openrtb::{Bid, BidResponse, SeatBid};

/// What a caller gets.
pub(crate) type Answer = BidResponse<AnswerBidExt>;
/// Its bids of one seat.
pub(super) type AnswerSeat = SeatBid<AnswerBidExt>;
/// One of them.
pub(super) type AnswerBid = Bid<AnswerBidExt>;
