//! The file as it is written: plain serde, unknown keys refused, defaults filled in. There are no checks here.

mod bids;
mod kept;
mod market;

use std::collections::BTreeMap;

use openrtb::Members;
use serde::Deserialize;
use serde_json::Value;

use super::setting::Setting;

pub(super) use bids::{Cache, Debugging, Metrics, Notices, Status};
pub(super) use kept::{Accounts, Creative, House, LineItem, StoredData, StoredHttp};
pub(super) use market::{Currency, Preset, PriceFloors, RateSource};

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) listen: Listen,
    pub(super) auction: Auction,
    pub(super) compression: Compression,
    pub(super) currency: Currency,
    pub(super) price_floors: PriceFloors,
    pub(super) ssp_client: SspClient,
    pub(super) tls: Tls,
    pub(super) adapters: Adapters,
    pub(super) bidders: BTreeMap<String, Bidder>,
    pub(super) stored_imps: BTreeMap<String, Members>,
    pub(super) stored_requests: BTreeMap<String, Members>,
    pub(super) stored_responses: BTreeMap<String, Value>,
    pub(super) profiles: BTreeMap<String, Members>,
    pub(super) default_request: Members,
    pub(super) stored_data: StoredData,
    pub(super) accounts: Accounts,
    pub(super) host_schain_node: Members,
    pub(super) house: House,
    pub(super) cache: Cache,
    pub(super) notices: Notices,
    pub(super) debug: Debugging,
    pub(super) status: Status,
    pub(super) metrics: Metrics,
    pub(super) log_output: LogOutput,
    pub(super) shutdown: Shutdown,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Listen {
    pub(super) http: String,
    pub(super) admin: String,
    pub(super) admin_hosts: Vec<String>,
    pub(super) max_connections: usize,
    pub(super) head_timeout_ms: u64,
    pub(super) idle_timeout_ms: u64,
    pub(super) max_head_bytes: usize,
    pub(super) max_target_bytes: usize,
    pub(super) trusted_proxies: Vec<String>,
    pub(super) public_url: String,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            http: "127.0.0.1:8000".to_owned(),
            admin: "127.0.0.1:8001".to_owned(),
            admin_hosts: Vec::new(),
            max_connections: 10_000,
            head_timeout_ms: 5000,
            idle_timeout_ms: 75_000,
            max_head_bytes: 65_536,
            max_target_bytes: 32_768,
            trusted_proxies: PRIVATE_NETWORKS.map(str::to_owned).to_vec(),
            public_url: String::new(),
        }
    }
}

/// Loopback, private (RFC 1918), carrier (RFC 6598) and unique local (RFC 4193) addresses.
const PRIVATE_NETWORKS: [&str; 7] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Auction {
    pub(super) default_tmax_ms: u64,
    pub(super) max_tmax_ms: u64,
    pub(super) answer_reserve_ms: u64,
    pub(super) ssp_network_ms: u64,
    pub(super) min_ssp_ms: u64,
    pub(super) max_open: usize,
    pub(super) queue_ms: u64,
    pub(super) max_body_bytes: usize,
    pub(super) body_timeout_ms: u64,
    pub(super) max_imps: usize,
    pub(super) max_bidders: usize,
    pub(super) max_calls: usize,
    pub(super) require_secure_markup: bool,
    pub(super) strict: bool,
}

impl Default for Auction {
    fn default() -> Self {
        Self {
            default_tmax_ms: 700,
            max_tmax_ms: 5000,
            answer_reserve_ms: 10,
            ssp_network_ms: 20,
            min_ssp_ms: 20,
            max_open: 2000,
            queue_ms: 50,
            max_body_bytes: 256 << 10,
            body_timeout_ms: 5000,
            max_imps: 100,
            max_bidders: 100,
            max_calls: 500,
            require_secure_markup: false,
            strict: false,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Compression {
    pub(super) enabled: bool,
    pub(super) min_bytes: usize,
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            enabled: true,
            min_bytes: 1024,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SspClient {
    pub(super) connect_timeout_ms: u64,
    pub(super) idle_connections_per_host: usize,
    pub(super) idle_timeout_ms: u64,
    pub(super) max_response_bytes: usize,
}

impl Default for SspClient {
    fn default() -> Self {
        Self {
            connect_timeout_ms: 1000,
            idle_connections_per_host: 64,
            idle_timeout_ms: 60_000,
            max_response_bytes: 1 << 20,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Tls {
    pub(super) extra_roots: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Adapters {
    pub(super) directories: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bidder {
    pub(super) adapter: Option<String>,
    pub(super) endpoint: Option<Setting>,
    #[serde(default)]
    pub(super) host: BTreeMap<String, Setting>,
    pub(super) enabled: Option<bool>,
    pub(super) timeout_ms: Option<u64>,
    pub(super) tmax_deduction_ms: Option<u64>,
    pub(super) secondary: Option<bool>,
    pub(super) compressed_answers: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LogOutput {
    pub(super) enabled: bool,
    pub(super) address: String,
    pub(super) shared_key: Setting,
    pub(super) queue_bytes: usize,
    pub(super) chunk_bytes: usize,
    pub(super) flush_interval_ms: u64,
    pub(super) ack_timeout_ms: u64,
    pub(super) retry_min_ms: u64,
    pub(super) retry_max_ms: u64,
}

impl Default for LogOutput {
    fn default() -> Self {
        Self {
            enabled: true,
            address: "127.0.0.1:24224".to_owned(),
            shared_key: Setting::default(),
            queue_bytes: 32 << 20,
            chunk_bytes: 256 << 10,
            flush_interval_ms: 200,
            ack_timeout_ms: 5000,
            retry_min_ms: 100,
            retry_max_ms: 5000,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Shutdown {
    pub(super) grace_ms: u64,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { grace_ms: 5000 }
    }
}
