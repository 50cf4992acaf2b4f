//! [`Bid`]: an offer to buy one imp.

use serde::{Deserialize, Serialize};

use crate::ext::BidPrebid;
use crate::{MediaType, Members, Price};

/// A bid (OpenRTB 2.6 section 4.2.3).
///
/// `ext` is kept raw, so that a strange extension cannot spoil the bid; [`Bid::prebid`] reads the part that we know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bid {
    /// Names the bid within the response.
    #[serde(default)]
    pub id: String,
    /// The imp that it is for.
    #[serde(default)]
    pub impid: String,
    /// The cpm offered, in the currency of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Win notice URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nurl: Option<String>,
    /// Billing notice URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burl: Option<String>,
    /// Loss notice URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lurl: Option<String>,
    /// Markup of the creative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adm: Option<String>,
    /// Id of a preloaded ad.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adid: Option<String>,
    /// Domains of the advertiser.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub adomain: Vec<String>,
    /// Sample image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iurl: Option<String>,
    /// Campaign id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cid: Option<String>,
    /// Creative id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crid: Option<String>,
    /// Categories of the creative.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cat: Vec<String>,
    /// Attributes of the creative.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub attr: Vec<i64>,
    /// Deal under which the bid is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dealid: Option<String>,
    /// Width of the creative.
    #[serde(
        default,
        deserialize_with = "crate::nullable::size",
        skip_serializing_if = "Option::is_none"
    )]
    pub w: Option<u32>,
    /// Height of the creative.
    #[serde(
        default,
        deserialize_with = "crate::nullable::size",
        skip_serializing_if = "Option::is_none"
    )]
    pub h: Option<u32>,
    /// Seconds that the bid stays good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Kind of markup.
    #[serde(
        default,
        deserialize_with = "crate::media_type::known",
        skip_serializing_if = "Option::is_none"
    )]
    pub mtype: Option<MediaType>,
    /// Extensions, as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<Members>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl Bid {
    /// What `ext.prebid` says, if it can be read.
    pub fn prebid(&self) -> Option<BidPrebid> {
        let value = self.ext.as_ref()?.get("prebid")?;
        BidPrebid::deserialize(value).ok()
    }

    /// Width and height, when both are known.
    pub fn size(&self) -> Option<(u32, u32)> {
        self.w.zip(self.h).filter(|(w, h)| *w > 0 && *h > 0)
    }
}
