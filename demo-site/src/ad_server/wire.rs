//! The ad request that `pubads_impl.js` sends and the answer it gets; only these two programs speak it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cpm::Cpm;
use crate::slots::Size;

/// Key-values: each key has a list of values.
pub type KeyValues = BTreeMap<String, Vec<String>>;

/// One request for all slots of a page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdRequest {
    /// Joins the requests of one page view.
    #[serde(default)]
    pub correlator: String,
    /// The publisher's page.
    #[serde(default)]
    pub url: String,
    /// The page's key-values.
    #[serde(default)]
    pub targeting: KeyValues,
    /// The slots asked for.
    pub slots: Vec<AdRequestSlot>,
}

/// One slot in an ad request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdRequestSlot {
    /// The slot's element.
    pub element_id: String,
    /// The ad server's name of the position.
    pub ad_unit_path: String,
    /// The sizes that fit, preferred first.
    pub sizes: Vec<Size>,
    /// The slot's key-values.
    #[serde(default)]
    pub targeting: KeyValues,
}

impl AdRequest {
    /// The key-values that apply to a slot: its own beat the page's for the same key.
    pub fn merged_targeting(&self, slot: &AdRequestSlot) -> KeyValues {
        let mut merged = self.targeting.clone();
        merged.extend(slot.targeting.clone());
        merged
    }
}

/// The answer: one entry per slot asked for, in the same order.
#[derive(Debug, Serialize)]
pub struct AdResponse {
    /// What to show where.
    pub slots: Vec<AdResponseSlot>,
}

/// What to show in one slot.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdResponseSlot {
    /// The slot's element.
    pub element_id: String,
    /// The creative; `None` leaves the slot empty.
    pub creative: Option<Creative>,
}

/// A line item's creative, ready to be put into a frame.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Creative {
    /// Markup with all macros filled in.
    pub html: String,
    /// Size of its frame.
    pub size: Size,
    /// Ids of the records behind it.
    #[serde(flatten)]
    pub ids: CreativeIds,
    /// What the publisher earns, where the ad server knows it: house and network line items.
    #[serde(flatten)]
    pub revenue: Option<Yield>,
}

/// Ids of the records behind a creative, as `slotRenderEnded` reports them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreativeIds {
    /// The advertiser.
    pub advertiser_id: u64,
    /// The order.
    pub campaign_id: u64,
    /// The line item.
    pub line_item_id: u64,
    /// The creative.
    pub creative_id: u64,
}

/// What a line item that the ad server sold itself earns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Yield {
    /// The price.
    #[serde(rename = "yieldCpm")]
    pub cpm: Cpm,
    /// `house` or `network`.
    #[serde(rename = "yieldSource")]
    pub source: &'static str,
    /// The network's code, or `house`.
    #[serde(rename = "yieldBidder")]
    pub bidder: String,
}
