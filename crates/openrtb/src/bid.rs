//! [`Bid`]: an offer to buy one imp.

use serde::{Deserialize, Serialize};

use crate::ext::BidPrebid;
use crate::{JsonText, MediaType, Members, Price};

/// A bid (OpenRTB 2.6 section 4.2.3).
///
/// `ext` is kept as it came, so that a strange extension cannot spoil the bid; [`Bid::prebid`] reads the part
/// that we know. In our own answers it is a [`crate::ext::AnswerBidExt`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bid<E = Members> {
    /// Identifies the bid within the response.
    #[serde(default)]
    pub id: String,
    /// The imp that the bid is for.
    #[serde(default)]
    pub impid: String,
    /// The offered cpm, in the currency of the response.
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
    pub adm: Option<JsonText>,
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
    /// The deal of the bid.
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
    /// How many seconds the bid is valid.
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
    pub ext: Option<E>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl Bid {
    /// The contents of `ext.prebid`, if it can be read.
    pub fn prebid(&self) -> Option<BidPrebid> {
        let value = self.ext.as_ref()?.get("prebid")?;
        BidPrebid::deserialize(value).ok()
    }
}

impl<E> Bid<E> {
    /// The same bid with other extensions.
    pub fn with_ext<F>(self, ext: Option<F>) -> Bid<F> {
        Bid {
            id: self.id,
            impid: self.impid,
            price: self.price,
            nurl: self.nurl,
            burl: self.burl,
            lurl: self.lurl,
            adm: self.adm,
            adid: self.adid,
            adomain: self.adomain,
            iurl: self.iurl,
            cid: self.cid,
            crid: self.crid,
            cat: self.cat,
            attr: self.attr,
            dealid: self.dealid,
            w: self.w,
            h: self.h,
            exp: self.exp,
            mtype: self.mtype,
            ext,
            other: self.other,
        }
    }

    /// Width and height, if both are known.
    pub fn size(&self) -> Option<(u32, u32)> {
        self.w.zip(self.h).filter(|(w, h)| *w > 0 && *h > 0)
    }
}
