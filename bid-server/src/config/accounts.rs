//! `[accounts]`: whose auctions are held, and how those of one publisher differ from those of others.

use openrtb::Members;

use super::check::{folder, positive_ms};
use super::{ConfigError, file};
use crate::data::accounts::{self, AccountsConfig};

pub(super) fn check(
    raw: file::Accounts,
    stored_data: &file::StoredData,
) -> Result<AccountsConfig, ConfigError> {
    if raw.from_stored_data_server && stored_data.http.endpoint.is_empty() {
        let problem = "needs stored_data.http.endpoint";
        return Err(ConfigError::invalid(
            "accounts.from_stored_data_server",
            problem,
        ));
    }
    let refuse_unknown = match raw.unknown.as_str() {
        "accept" => false,
        "refuse" => true,
        other => {
            let problem = format!("must be accept or refuse: {other}");
            return Err(ConfigError::invalid("accounts.unknown", problem));
        }
    };
    let config = AccountsConfig {
        folder: folder(&raw.folder),
        poll: positive_ms("accounts.poll_ms", raw.poll_ms)?,
        from_stored_data_server: raw.from_stored_data_server,
        refuse_unknown,
        default: raw.default,
        by_id: raw.by_id,
        blocked_apps: raw.blocked_apps,
    };
    accounts::check(&config).map_err(|(id, problem)| {
        let key = if id == "default" {
            "accounts.default".to_owned()
        } else {
            format!("accounts.by_id.{id}")
        };
        ConfigError::invalid(key, problem)
    })?;
    Ok(config)
}

/// `[host_schain_node]`: the node that says that requests passed through this host.
pub(super) fn check_node(raw: Members) -> Result<Option<Members>, ConfigError> {
    if raw.is_empty() {
        return Ok(None);
    }
    for member in ["asi", "sid"] {
        let text = raw.get(member).and_then(serde_json::Value::as_str);
        if text.is_none_or(str::is_empty) {
            let key = format!("host_schain_node.{member}");
            return Err(ConfigError::invalid(
                key,
                "must be a text that is not empty",
            ));
        }
    }
    Ok(Some(raw))
}
