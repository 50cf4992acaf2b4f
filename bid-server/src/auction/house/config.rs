//! `[[house.line_items]]`, checked.

use chrono::{DateTime, Utc};
use openrtb::Price;

use super::Patterns;

/// A direct-sold campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct LineItemConfig {
    /// Names it in reports.
    pub id: String,
    /// 1 to 16; lower numbers win; SSPs have 12.
    pub priority: u8,
    /// The cpm at which it competes.
    pub price: Price,
    /// Currency of the price.
    pub currency: String,
    /// Start of the flight.
    pub starts: Option<DateTime<Utc>>,
    /// End of the flight.
    pub ends: Option<DateTime<Utc>>,
    /// The ad units it may fill.
    pub ad_units: Patterns,
    /// The page paths it may appear on.
    pub pages: Patterns,
    /// The creatives to show, one per size.
    pub creatives: Vec<CreativeConfig>,
}

/// What a line item shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreativeConfig {
    /// Its `crid`.
    pub id: String,
    /// Width.
    pub w: u32,
    /// Height.
    pub h: u32,
    /// What the user sees.
    pub content: Content,
    /// Where a click leads.
    pub click_url: Option<String>,
    /// Addresses to call when it is shown; auction macros in them are expanded.
    pub impressions: Vec<String>,
    /// Addresses to call when it is clicked; auction macros in them are expanded.
    pub clicks: Vec<String>,
}

/// What the user sees of a creative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Markup; `${CLICK_URL}` and the auction macros in it are expanded.
    Html(String),
    /// A picture, text, or both, linked to the click address.
    Parts {
        /// The picture's address.
        image: Option<String>,
        /// Alternative text for the picture.
        alt: Option<String>,
        /// Text below it.
        text: Option<String>,
    },
}
