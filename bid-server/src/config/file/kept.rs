//! Sections about what the operator provides for requests: `[stored_data]`, `[accounts]`, `[house]`.

use std::collections::{BTreeMap, BTreeSet};

use openrtb::{Members, Price};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct StoredData {
    pub(in crate::config) folder: String,
    pub(in crate::config) poll_ms: u64,
    pub(in crate::config) fetch_timeout_ms: u64,
    pub(in crate::config) http: StoredHttp,
}

impl Default for StoredData {
    fn default() -> Self {
        Self {
            folder: String::new(),
            poll_ms: 5000,
            fetch_timeout_ms: 50,
            http: StoredHttp::default(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct StoredHttp {
    pub(in crate::config) endpoint: String,
    pub(in crate::config) max_response_bytes: usize,
    pub(in crate::config) cache_bytes: usize,
    pub(in crate::config) cache_ttl_ms: u64,
    pub(in crate::config) missing_ttl_ms: u64,
}

impl Default for StoredHttp {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            max_response_bytes: 1 << 20,
            cache_bytes: 64 << 20,
            cache_ttl_ms: 300_000,
            missing_ttl_ms: 10_000,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct Accounts {
    pub(in crate::config) folder: String,
    pub(in crate::config) poll_ms: u64,
    pub(in crate::config) from_stored_data_server: bool,
    pub(in crate::config) unknown: String,
    pub(in crate::config) default: Members,
    pub(in crate::config) by_id: BTreeMap<String, Members>,
    pub(in crate::config) blocked_apps: BTreeSet<String>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            folder: String::new(),
            poll_ms: 5000,
            from_stored_data_server: false,
            unknown: "accept".to_owned(),
            default: Members::new(),
            by_id: BTreeMap::new(),
            blocked_apps: BTreeSet::new(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct House {
    pub(in crate::config) line_items: Vec<LineItem>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct LineItem {
    pub(in crate::config) id: String,
    pub(in crate::config) priority: Option<u8>,
    pub(in crate::config) price: Price,
    pub(in crate::config) currency: Option<String>,
    pub(in crate::config) starts: Option<String>,
    pub(in crate::config) ends: Option<String>,
    #[serde(default)]
    pub(in crate::config) ad_units: Vec<String>,
    #[serde(default)]
    pub(in crate::config) pages: Vec<String>,
    pub(in crate::config) creatives: Vec<Creative>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Creative {
    pub(in crate::config) id: String,
    pub(in crate::config) w: u32,
    pub(in crate::config) h: u32,
    #[serde(default)]
    pub(in crate::config) html: String,
    pub(in crate::config) image: Option<String>,
    pub(in crate::config) alt: Option<String>,
    pub(in crate::config) text: Option<String>,
    pub(in crate::config) click_url: Option<String>,
    #[serde(default)]
    pub(in crate::config) impressions: Vec<String>,
    #[serde(default)]
    pub(in crate::config) clicks: Vec<String>,
}
