//! [`RequestExt`]: `ext` of a request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Targeting;
use crate::Members;

/// Extensions of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestExt {
    /// The Prebid conventions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prebid: Option<RequestPrebid>,
    /// What only the Earlybid SDK asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlybid: Option<RequestEarlybid>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// `ext.prebid` of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestPrebid {
    /// Asks for key-values; left out = none are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targeting: Option<Targeting>,
    /// Asks for `seatnonbid` in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returnallbidstatus: Option<bool>,
    /// Other names for bidders: alias to bidder code.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub aliases: BTreeMap<String, String>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// `ext.earlybid` of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestEarlybid {
    /// Asks for `hb_adid` in the key-values.
    #[serde(default)]
    pub adid: bool,
    /// Joins the auction with the events of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_view_id: Option<String>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
