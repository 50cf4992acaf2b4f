//! [`AnswerBidExt`]: `ext` of a bid in our answer.

use std::sync::Arc;

use serde::Serialize;

use super::BidPrebid;
use crate::{Members, Price};

/// What the SSP said outside its own `prebid`, and what we say.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AnswerBidExt {
    /// Members that the SSP sent.
    #[serde(flatten)]
    pub other: Members,
    /// The price as it was bid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origbidcpm: Option<Price>,
    /// Its currency.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text")]
    pub origbidcur: Option<Arc<str>>,
    /// The Prebid conventions.
    pub prebid: BidPrebid,
}

impl AnswerBidExt {
    /// Members with these names are ours, whatever an SSP sends.
    pub const OURS: [&'static str; 3] = ["origbidcpm", "origbidcur", "prebid"];
}

#[expect(clippy::ref_option, reason = "the form that serde asks for")]
fn text<S: serde::Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(serializer)
}
