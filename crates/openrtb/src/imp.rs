//! [`Imp`]: the offer of one slot in one auction.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ext::ImpExt;
use crate::{Banner, MediaType, Members, Pmp, Price, Video};

/// One offer (OpenRTB 2.6 section 3.2.4). Its `id` is the slot's code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Imp {
    /// Identifies the imp within the request.
    #[serde(default)]
    pub id: String,
    /// Offered as banner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<Banner>,
    /// Offered as video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<Video>,
    /// Offered as audio; passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Value>,
    /// Offered as native; passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native: Option<Value>,
    /// Deals on offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmp: Option<Pmp>,
    /// 1 = covers the whole screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instl: Option<u8>,
    /// The placement at the SSP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tagid: Option<String>,
    /// The lowest acceptable cpm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidfloor: Option<Price>,
    /// Currency of `bidfloor`; USD if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidfloorcur: Option<String>,
    /// 1 = the creative and its assets must come over HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secure: Option<u8>,
    /// Seconds between auction and impression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Extensions: bidder params, stored imp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<ImpExt>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl Imp {
    /// The media types on offer, banner first.
    pub fn media_types(&self) -> impl Iterator<Item = MediaType> {
        [
            self.banner.as_ref().map(|_| MediaType::Banner),
            self.video.as_ref().map(|_| MediaType::Video),
            self.audio.as_ref().map(|_| MediaType::Audio),
            self.native.as_ref().map(|_| MediaType::Native),
        ]
        .into_iter()
        .flatten()
    }
}
