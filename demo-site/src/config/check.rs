//! From the file's raw values to checked settings; each complaint names the key.

use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

use super::file::{File, HouseEntry, NetworkEntry};
use super::{AdServer, Auction, ConfigError, Folders, HouseLineItem, Network, Services, Settings};
use crate::cpm::Cpm;

pub(super) fn check(file: File) -> Result<Settings, ConfigError> {
    Ok(Settings {
        listen: address("listen", &file.listen)?,
        ad_server_listen: address("ad_server_listen", &file.ad_server_listen)?,
        ad_server_url: optional_web_address("ad_server_url", file.ad_server_url.as_deref())?,
        services: Services {
            bid_server: web_address("bid_server_url", &file.bid_server_url)?,
            events: web_address("events_url", &file.events_url)?,
            sql: web_address("sql_url", &file.sql_url)?,
        },
        folders: Folders {
            sdk: file.sdk_dir,
            prebid_bundle: file.prebid_bundle,
            creatives: file.creative_dir,
            rails_page: file.rails_page,
        },
        auction: Auction {
            account: not_empty("account", file.account)?,
            tmax: within("tmax", file.tmax, 50..=10_000)?,
            failsafe: within("failsafe", file.failsafe, file.tmax..=30_000)?,
        },
        ad_server: AdServer {
            floor: price("floor", file.floor)?,
            think_time: millis("think_time_ms", file.think_time_ms, 5_000)?,
            network_timeout: millis("network_timeout_ms", file.network_timeout_ms, 10_000)?,
            networks: networks(file.network)?,
            house: house(file.house)?,
        },
    })
}

fn networks(entries: Vec<NetworkEntry>) -> Result<Vec<Network>, ConfigError> {
    let check = |(index, entry): (usize, NetworkEntry)| {
        Ok(Network {
            code: not_empty(&format!("network[{index}].code"), entry.code)?,
            endpoint: web_address(&format!("network[{index}].endpoint"), &entry.endpoint)?,
        })
    };
    entries.into_iter().enumerate().map(check).collect()
}

fn house(entries: Vec<HouseEntry>) -> Result<Vec<HouseLineItem>, ConfigError> {
    let check = |(index, entry): (usize, HouseEntry)| {
        let key = |name: &str| format!("house[{index}].{name}");
        if entry.sizes.is_empty() {
            return Err(wrong(&key("sizes"), "at least one size is needed"));
        }
        Ok(HouseLineItem {
            name: not_empty(&key("name"), entry.name)?,
            cpm: price(&key("cpm"), entry.cpm)?,
            sizes: entry.sizes.into_iter().map(|[w, h]| (w, h)).collect(),
            ad_units: entry.ad_units,
            headline: not_empty(&key("headline"), entry.headline)?,
            text: entry.text,
            color: color(&key("color"), entry.color)?,
            landing: entry.landing,
        })
    };
    entries.into_iter().enumerate().map(check).collect()
}

fn address(key: &str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse()
        .map_err(|_| wrong(key, &format!("not an address and port: {text}")))
}

fn optional_web_address(key: &str, text: Option<&str>) -> Result<Option<Url>, ConfigError> {
    text.map(|text| web_address(key, text)).transpose()
}

fn web_address(key: &str, text: &str) -> Result<Url, ConfigError> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(wrong(key, &format!("not an http address: {text}"))),
    }
}

fn not_empty(key: &str, text: String) -> Result<String, ConfigError> {
    if text.trim().is_empty() {
        return Err(wrong(key, "must not be empty"));
    }
    Ok(text)
}

fn within(
    key: &str,
    number: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Result<u32, ConfigError> {
    if range.contains(&number) {
        return Ok(number);
    }
    let (low, high) = (range.start(), range.end());
    Err(wrong(
        key,
        &format!("must be from {low} to {high}: {number}"),
    ))
}

fn millis(key: &str, number: u64, most: u64) -> Result<Duration, ConfigError> {
    if number > most {
        return Err(wrong(key, &format!("must be at most {most}: {number}")));
    }
    Ok(Duration::from_millis(number))
}

fn price(key: &str, number: f64) -> Result<Cpm, ConfigError> {
    Cpm::from_number(number).ok_or_else(|| wrong(key, &format!("not a price: {number}")))
}

/// Only `#rrggbb`, because the value goes into a style sheet.
fn color(key: &str, text: String) -> Result<String, ConfigError> {
    let hex = text.strip_prefix('#').unwrap_or_default();
    if hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text);
    }
    Err(wrong(key, &format!("not a colour like #2f5d50: {text}")))
}

fn wrong(key: &str, problem: &str) -> ConfigError {
    ConfigError::Value {
        key: key.to_owned(),
        problem: problem.to_owned(),
    }
}
