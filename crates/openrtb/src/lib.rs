//! OpenRTB 2.6 wire types, as the SDK writes them and bid-server reads them.
//!
//! There is one object per file, named as in the specification; each type's comment gives its section of
//! OpenRTB 2.6 (202211 and later). Three rules:
//!
//! - **Nothing is lost.** Members that no type here names, and every `ext`, are kept in order in a map and
//!   written back as they came; [`exact`] keeps the digits of numbers that no float can hold.
//! - **Money is decimal.** [`Price`] reads the shortest decimal form of a JSON number and never calculates in binary.
//! - **Old and new places are both read.** Consent, user ids and the supply chain moved out of `ext` with
//!   2.6; the accessors look in both places, and [`version`] moves them there and back.
//!
//! No I/O, no clock; builds for wasm32.
#![deny(clippy::indexing_slicing)]

mod app;
mod banner;
mod bid;
mod bid_request;
mod bid_response;
mod deal;
mod device;
pub mod exact;
pub mod ext;
mod format;
mod imp;
mod media_type;
mod nbr;
mod non_bid_reason;
mod nullable;
mod pmp;
mod price;
mod publisher;
mod regs;
mod seat_bid;
mod seat_non_bid;
mod site;
mod source;
mod text;
mod user;
pub mod version;
mod video;

pub use app::App;
pub use banner::Banner;
pub use bid::Bid;
pub use bid_request::BidRequest;
pub use bid_response::BidResponse;
pub use deal::Deal;
pub use device::Device;
pub use format::Format;
pub use imp::Imp;
pub use media_type::MediaType;
pub use nbr::NoBidReason;
pub use non_bid_reason::NonBidReason;
pub use pmp::Pmp;
pub use price::{Price, PriceError};
pub use publisher::Publisher;
pub use regs::Regs;
pub use seat_bid::SeatBid;
pub use seat_non_bid::{NonBid, SeatNonBid};
pub use site::Site;
pub use source::Source;
pub use text::{JsonText, Word};
pub use user::User;
pub use video::Video;

/// Members that are only passed through, in their original order.
pub type Members = serde_json::Map<String, serde_json::Value>;
