//! `[price_floors]`: whether floor rules are used at all, and where they may be fetched from.

use super::check::positive_size;
use super::{ConfigError, file};
use crate::data::market::FloorFetchConfig;
use crate::data::market::hosts::AllowedHosts;

pub(super) fn check(raw: file::PriceFloors) -> Result<FloorFetchConfig, ConfigError> {
    for (index, host) in raw.allowed_hosts.iter().enumerate() {
        let key = format!("price_floors.allowed_hosts[{index}]");
        let name = host.strip_prefix("*.").unwrap_or(host);
        if url::Host::parse(name).map(|host| host.to_string()) != Ok(name.to_owned()) {
            let problem = "must be a host in lower case such as floors.example or *.floors.example";
            return Err(ConfigError::invalid(key, problem));
        }
    }
    Ok(FloorFetchConfig {
        enabled: raw.enabled,
        hosts: AllowedHosts {
            names: raw.allowed_hosts,
            private: raw.allow_private_addresses,
        },
        max_files: positive_size("price_floors.max_files", raw.max_files)?,
        max_bytes: positive_size("price_floors.max_bytes", raw.max_bytes)?,
        max_concurrent: positive_size("price_floors.max_concurrent", raw.max_concurrent)?,
    })
}
