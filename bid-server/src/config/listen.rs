//! `[listen]`: sockets, and what a client may cost before it is known what it wants.

use ipnet::IpNet;

use super::check::{address, permits, positive_ms};
use super::{ConfigError, ListenConfig, file};

/// The minimum that the HTTP library needs to work.
const LEAST_HEAD_BYTES: usize = 8192;

pub(super) fn check(raw: &file::Listen) -> Result<ListenConfig, ConfigError> {
    if raw.max_head_bytes < LEAST_HEAD_BYTES {
        let problem = format!("must be at least {LEAST_HEAD_BYTES}");
        return Err(ConfigError::invalid("listen.max_head_bytes", problem));
    }
    if raw.max_target_bytes == 0 || raw.max_target_bytes > raw.max_head_bytes {
        let problem = format!(
            "must be between 1 and max_head_bytes, which is {}",
            raw.max_head_bytes
        );
        return Err(ConfigError::invalid("listen.max_target_bytes", problem));
    }
    Ok(ListenConfig {
        http: address("listen.http", &raw.http)?,
        admin: address("listen.admin", &raw.admin)?,
        admin_hosts: raw.admin_hosts.clone().into(),
        max_connections: permits("listen.max_connections", raw.max_connections)?,
        head_timeout: positive_ms("listen.head_timeout_ms", raw.head_timeout_ms)?,
        idle_timeout: positive_ms("listen.idle_timeout_ms", raw.idle_timeout_ms)?,
        max_head_bytes: raw.max_head_bytes,
        max_target_bytes: raw.max_target_bytes,
        trusted_proxies: networks(&raw.trusted_proxies)?,
    })
}

fn networks(raw: &[String]) -> Result<Vec<IpNet>, ConfigError> {
    let network = |(index, text): (usize, &String)| {
        text.parse().map_err(|_| {
            ConfigError::invalid(
                format!("listen.trusted_proxies[{index}]"),
                format!("not a network like 10.0.0.0/8: {text}"),
            )
        })
    };
    raw.iter().enumerate().map(network).collect()
}
