//! [`RequestExt`]: `ext` of a request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// Bidders that get keys for several bids per imp; a list, read leniently.
    #[serde(alias = "multiBid", skip_serializing_if = "Option::is_none")]
    pub multibid: Option<Value>,
    /// Additional key-values and their sources; a list, read leniently.
    #[serde(alias = "adServerTargeting", skip_serializing_if = "Option::is_none")]
    pub adservertargeting: Option<Value>,
    /// Floors, as [`super::Floors`] reads them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floors: Option<Value>,
    /// Exchange rates, as [`super::RequestCurrency`] reads them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Value>,
    /// What prices are multiplied by: bidder code to factor, and `mediatypes` with such objects by media type.
    #[serde(
        alias = "bidAdjustmentFactors",
        skip_serializing_if = "Option::is_none"
    )]
    pub bidadjustmentfactors: Option<Value>,
    /// Rules that change prices: `mediatype`, then media type, bidder and deal.
    #[serde(alias = "bidAdjustments", skip_serializing_if = "Option::is_none")]
    pub bidadjustments: Option<Value>,
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
    /// Joins the auction to the events of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_view_id: Option<String>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
