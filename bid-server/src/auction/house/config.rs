//! `[[house.line_items]]`, checked.

use chrono::{DateTime, Utc};
use openrtb::Price;

use super::Patterns;

/// A direct-sold campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct LineItemConfig {
    /// Names it in reports.
    pub id: String,
    /// 1 to 16; less wins; SSPs stand at 12.
    pub priority: u8,
    /// cpm that it counts with.
    pub price: Price,
    /// Currency of the price.
    pub currency: String,
    /// Begin of the flight.
    pub starts: Option<DateTime<Utc>>,
    /// End of the flight.
    pub ends: Option<DateTime<Utc>>,
    /// Which ad units it may fill.
    pub ad_units: Patterns,
    /// On pages of which paths.
    pub pages: Patterns,
    /// What can be shown, one per size.
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
    /// What is seen.
    pub content: Content,
    /// Where a click leads.
    pub click_url: Option<String>,
    /// Addresses to call when it is shown; the auction macros are expanded.
    pub impressions: Vec<String>,
    /// Addresses to call when it is clicked; the auction macros are expanded.
    pub clicks: Vec<String>,
}

/// What is seen of a creative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Markup; `${CLICK_URL}` and the auction macros are expanded.
    Html(String),
    /// A picture, words, or both, which lead to the click's address.
    Parts {
        /// Address of the picture.
        image: Option<String>,
        /// What stands in for the picture.
        alt: Option<String>,
        /// Words below it.
        text: Option<String>,
    },
}
