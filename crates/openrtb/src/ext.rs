//! The parts of the `ext.prebid` conventions (and of our own `ext.earlybid`) that we read and write.
//!
//! Names and places are those of Prebid.js and Prebid Server; anything that is not named here passes through
//! in each type's `other`.

mod answer_bid;
mod bid_prebid;
mod currency;
mod floors;
mod imp_ext;
mod request_ext;
mod response_ext;
mod targeting;

pub use answer_bid::AnswerBidExt;
pub use bid_prebid::{BidFloors, BidPrebid};
pub use currency::{Rates, RequestCurrency};
pub use floors::{
    FloorData, FloorEndpoint, FloorEnforcement, FloorModelGroup, FloorSchema, Floors, ImpFloors,
};
pub use imp_ext::{ImpExt, ImpPrebid, StoredRef};
pub use request_ext::{RequestEarlybid, RequestExt, RequestPrebid};
pub use response_ext::{ExtMessage, ResponseExt, ResponsePrebid};
pub use targeting::{GranularityRange, MediaTypeGranularity, PriceGranularity, Targeting};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// For `deserialize_with`: an extension that does not have our form counts as left out.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let value = Option::<Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| T::deserialize(value).ok()))
}
