//! [`BidRequest`]: the top-level object that asks for bids.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ext::RequestExt;
use crate::{App, Device, Imp, Members, Publisher, Regs, Site, Source, User};

/// A request for bids (OpenRTB 2.6 section 3.2.1).
///
/// `imp` is left out of the JSON if it is empty, so that a writer can add it in pieces.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BidRequest {
    /// Identifies the auction.
    #[serde(default)]
    pub id: String,
    /// The imps on offer.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub imp: Vec<Imp>,
    /// Where the ad is shown, if on a website.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Where the ad is shown, if in an app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<App>,
    /// Where the ad is shown, if out of home; passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dooh: Option<Value>,
    /// The device it is shown on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// The user who sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// 1 = not billable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<u8>,
    /// 1 = first price, 2 = second price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// Milliseconds within which the answer must arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmax: Option<i64>,
    /// Currencies that bids may use, preferred first.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cur: Vec<String>,
    /// Blocked categories.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub bcat: Vec<String>,
    /// Blocked advertiser domains.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub badv: Vec<String>,
    /// Where the request comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Regulations that apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regs: Option<Regs>,
    /// Extensions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<RequestExt>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl BidRequest {
    /// The publisher of the site or app.
    pub fn publisher(&self) -> Option<&Publisher> {
        let site = self.site.as_ref().and_then(|site| site.publisher.as_ref());
        site.or_else(|| self.app.as_ref()?.publisher.as_ref())
    }
}
