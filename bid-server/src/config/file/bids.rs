//! Sections about what happens to bids: `[cache]`, `[notices]`, `[debug]`, `[status]`.

use serde::Deserialize;

use crate::config::setting::Setting;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct Cache {
    pub(in crate::config) store: String,
    pub(in crate::config) redis_url: Setting,
    pub(in crate::config) external_url: String,
    pub(in crate::config) fetch_url: String,
    pub(in crate::config) timeout_ms: u64,
    pub(in crate::config) max_bytes: usize,
    pub(in crate::config) max_value_bytes: usize,
    pub(in crate::config) max_puts: usize,
    pub(in crate::config) max_ttl_s: u64,
    pub(in crate::config) default_ttl_s: u64,
    pub(in crate::config) extra_ttl_s: u64,
    pub(in crate::config) allow_keys: bool,
    pub(in crate::config) public_write: bool,
    pub(in crate::config) write_key: Setting,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            store: "memory".to_owned(),
            redis_url: Setting::default(),
            external_url: String::new(),
            fetch_url: String::new(),
            timeout_ms: 50,
            max_bytes: 64 << 20,
            max_value_bytes: 256 << 10,
            max_puts: 100,
            max_ttl_s: 3600,
            default_ttl_s: 300,
            extra_ttl_s: 60,
            allow_keys: false,
            public_write: true,
            write_key: Setting::default(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct Notices {
    pub(in crate::config) enabled: bool,
    pub(in crate::config) allow_private_addresses: bool,
    pub(in crate::config) timeout_ms: u64,
    pub(in crate::config) max_concurrent: usize,
    pub(in crate::config) max_queued: usize,
    pub(in crate::config) max_pending: usize,
    pub(in crate::config) pending_s: u64,
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            enabled: true,
            allow_private_addresses: false,
            timeout_ms: 2000,
            max_concurrent: 64,
            max_queued: 10_000,
            max_pending: 100_000,
            pending_s: 3600,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct Debugging {
    pub(in crate::config) override_secret: Setting,
    pub(in crate::config) max_bytes: usize,
}

impl Default for Debugging {
    fn default() -> Self {
        Self {
            override_secret: Setting::default(),
            max_bytes: 1 << 20,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct Status {
    pub(in crate::config) response: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct Metrics {
    pub(in crate::config) max_accounts: usize,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { max_accounts: 100 }
    }
}
