//! `[[house.line_items]]`: the publisher's own campaigns.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use openrtb::Price;
use url::Url;

use super::check::currency;
use super::{ConfigError, CurrencyConfig, file};

/// Where SSP bids stand among the priorities.
const SSP_PRIORITY: u8 = 12;

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
    /// Patterns of ad units; empty = all.
    pub ad_units: Vec<String>,
    /// Patterns of page paths; empty = all.
    pub pages: Vec<String>,
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

pub(super) fn check(
    raw: Vec<file::LineItem>,
    money: &CurrencyConfig,
) -> Result<Vec<LineItemConfig>, ConfigError> {
    let mut ids = BTreeSet::new();
    raw.into_iter()
        .enumerate()
        .map(|(index, item)| {
            let key = format!("house.line_items[{index}]");
            if item.id.is_empty() || !ids.insert(item.id.clone()) {
                return Err(ConfigError::invalid(
                    format!("{key}.id"),
                    "must be there and differ from all others",
                ));
            }
            check_one(&key, item, money)
        })
        .collect()
}

fn check_one(
    key: &str,
    raw: file::LineItem,
    money: &CurrencyConfig,
) -> Result<LineItemConfig, ConfigError> {
    let priority = raw.priority.unwrap_or(SSP_PRIORITY);
    if !(1..=16).contains(&priority) {
        return Err(ConfigError::invalid(
            format!("{key}.priority"),
            "must be 1 to 16",
        ));
    }
    if !raw.price.is_positive() {
        return Err(ConfigError::invalid(
            format!("{key}.price"),
            "must be more than 0",
        ));
    }
    let code = raw.currency.unwrap_or_else(|| money.default.clone());
    currency(&format!("{key}.currency"), &code)?;
    let starts = moment(&format!("{key}.starts"), raw.starts)?;
    let ends = moment(&format!("{key}.ends"), raw.ends)?;
    if starts
        .zip(ends)
        .is_some_and(|(starts, ends)| ends <= starts)
    {
        return Err(ConfigError::invalid(
            format!("{key}.ends"),
            "must be after starts",
        ));
    }
    if raw.creatives.is_empty() {
        return Err(ConfigError::invalid(
            format!("{key}.creatives"),
            "at least one is needed",
        ));
    }
    let creatives = raw.creatives.into_iter().enumerate();
    let creatives =
        creatives.map(|(n, creative)| check_creative(&format!("{key}.creatives[{n}]"), creative));
    Ok(LineItemConfig {
        id: raw.id,
        priority,
        price: raw.price,
        currency: code,
        starts,
        ends,
        ad_units: raw.ad_units,
        pages: raw.pages,
        creatives: creatives.collect::<Result<_, _>>()?,
    })
}

fn check_creative(key: &str, raw: file::Creative) -> Result<CreativeConfig, ConfigError> {
    if raw.w == 0 || raw.h == 0 {
        return Err(ConfigError::invalid(
            format!("{key}.w"),
            "w and h must be more than 0",
        ));
    }
    let named = [("click_url", &raw.click_url), ("image", &raw.image)];
    for (name, url) in named {
        check_urls(&format!("{key}.{name}"), url.as_slice())?;
    }
    check_urls(&format!("{key}.impressions"), &raw.impressions)?;
    check_urls(&format!("{key}.clicks"), &raw.clicks)?;
    let has_parts = raw.image.is_some() || raw.text.is_some();
    if raw.html.is_empty() != has_parts {
        return Err(ConfigError::invalid(
            format!("{key}.html"),
            "either html, or image, text or both",
        ));
    }
    Ok(CreativeConfig {
        id: raw.id,
        w: raw.w,
        h: raw.h,
        content: if has_parts {
            Content::Parts {
                image: raw.image,
                alt: raw.alt,
                text: raw.text,
            }
        } else {
            Content::Html(raw.html)
        },
        click_url: raw.click_url,
        impressions: raw.impressions,
        clicks: raw.clicks,
    })
}

fn check_urls(key: &str, urls: &[String]) -> Result<(), ConfigError> {
    for url in urls {
        let url = Url::parse(url).map_err(|error| ConfigError::invalid(key, error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ConfigError::invalid(key, "must be an http or https URL"));
        }
    }
    Ok(())
}

fn moment(key: &str, text: Option<String>) -> Result<Option<DateTime<Utc>>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    let moment = DateTime::parse_from_rfc3339(&text).map_err(|_| {
        ConfigError::invalid(key, format!("not a time like 2026-03-01T00:00:00Z: {text}"))
    })?;
    Ok(Some(moment.to_utc()))
}
