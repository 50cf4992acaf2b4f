//! `[[house.line_items]]`: the publisher's own campaigns.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use url::Url;

use super::check::currency;
use super::{ConfigError, file};
use crate::auction::SSP_PRIORITY;
use crate::auction::house::{Content, CreativeConfig, LineItemConfig, Patterns};
use crate::data::market::CurrencyConfig;

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
        ad_units: Patterns::of(raw.ad_units),
        pages: Patterns::of(raw.pages),
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
