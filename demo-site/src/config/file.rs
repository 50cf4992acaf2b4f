//! The configuration file as it is written: raw values with their defaults, nothing checked yet.

use std::path::PathBuf;

use serde::Deserialize;

/// The file's keys; `config/demo-site.toml` explains each.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) listen: String,
    pub(super) ad_server_listen: String,
    pub(super) ad_server_url: Option<String>,
    pub(super) bid_server_url: String,
    pub(super) events_url: String,
    pub(super) sql_url: String,
    pub(super) sdk_dir: PathBuf,
    pub(super) prebid_bundle: PathBuf,
    pub(super) creative_dir: PathBuf,
    pub(super) rails_page: Option<PathBuf>,
    pub(super) account: String,
    pub(super) tmax: u32,
    pub(super) failsafe: u32,
    pub(super) floor: f64,
    pub(super) think_time_ms: u64,
    pub(super) network_timeout_ms: u64,
    pub(super) network: Vec<NetworkEntry>,
    pub(super) house: Vec<HouseEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkEntry {
    pub(super) code: String,
    pub(super) endpoint: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HouseEntry {
    pub(super) name: String,
    pub(super) cpm: f64,
    pub(super) sizes: Vec<[u32; 2]>,
    #[serde(default)]
    pub(super) ad_units: String,
    pub(super) headline: String,
    #[serde(default)]
    pub(super) text: String,
    #[serde(default = "paper")]
    pub(super) color: String,
    #[serde(default = "start")]
    pub(super) landing: String,
}

impl Default for File {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:3000".to_owned(),
            ad_server_listen: "127.0.0.1:3001".to_owned(),
            ad_server_url: None,
            bid_server_url: "http://127.0.0.1:8000".to_owned(),
            events_url: "http://127.0.0.1:9880/ads.render".to_owned(),
            sql_url: "http://127.0.0.1:8088/query".to_owned(),
            sdk_dir: "target/sdk".into(),
            prebid_bundle: "target/prebid/prebid.js".into(),
            creative_dir: "node_modules/prebid-universal-creative/dist".into(),
            rails_page: None,
            account: "demo-publisher".to_owned(),
            tmax: 700,
            failsafe: 1500,
            floor: 1.0,
            think_time_ms: 20,
            network_timeout_ms: 500,
            network: NETWORKS.iter().map(network).collect(),
            house: house(),
        }
    }
}

const NETWORKS: [&str; 5] = ["alpha", "beta", "gamma", "delta", "omega"];

fn network(code: &&str) -> NetworkEntry {
    NetworkEntry {
        code: (*code).to_owned(),
        endpoint: format!("http://127.0.0.1:7000/{code}/openrtb2/bid"),
    }
}

fn house() -> Vec<HouseEntry> {
    let sizes = vec![[728, 90], [970, 250], [300, 250], [300, 600]];
    let item =
        |name: &str, cpm, headline: &str, text: &str, color: &str, landing: &str| HouseEntry {
            name: name.to_owned(),
            cpm,
            sizes: sizes.clone(),
            ad_units: "/1234/recipes/".to_owned(),
            headline: headline.to_owned(),
            text: text.to_owned(),
            color: color.to_owned(),
            landing: landing.to_owned(),
        };
    vec![
        item(
            "soup-week",
            0.40,
            "A week of soups",
            "Seven pots, one shopping list.",
            "#2f5d50",
            "/early/search?q=soup",
        ),
        item(
            "bread-club",
            0.25,
            "Bake with us on Sundays",
            "Bread recipes for patient people.",
            "#8a4b2a",
            "/early/search?q=bread",
        ),
    ]
}

fn paper() -> String {
    "#2f5d50".to_owned()
}

fn start() -> String {
    "/".to_owned()
}
