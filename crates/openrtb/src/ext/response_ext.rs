//! [`ResponseExt`]: `ext` of our answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Members, SeatNonBid};

/// Extensions of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResponseExt {
    /// Milliseconds that each bidder took.
    #[serde(default)]
    pub responsetimemillis: BTreeMap<String, u64>,
    /// What went wrong, by bidder or under `general`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, Vec<ExtMessage>>,
    /// Harmless oddities.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub warnings: BTreeMap<String, Vec<ExtMessage>>,
    /// The `tmax` of the auction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmaxrequest: Option<i64>,
    /// Why bids are missing, in the place where Prebid.js looks.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub seatnonbid: Vec<SeatNonBid>,
    /// The Prebid conventions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prebid: Option<ResponsePrebid>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// `ext.prebid` of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResponsePrebid {
    /// When the auction began, in milliseconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auctiontimestamp: Option<i64>,
    /// Why bids are missing, in Prebid Server's place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seatnonbid: Vec<SeatNonBid>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// An error or warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtMessage {
    /// The number, as Prebid Server defines it (1 = timeout).
    pub code: i64,
    /// For people.
    pub message: String,
}
