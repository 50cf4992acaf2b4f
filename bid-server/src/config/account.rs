//! `[account_defaults]`: settings of publishers.

use super::ConfigError;
use crate::account::AccountSettings;

pub(super) fn check(settings: AccountSettings) -> Result<AccountSettings, ConfigError> {
    match settings.faults().into_iter().next() {
        None => Ok(settings),
        Some((key, problem)) => Err(ConfigError::invalid(
            format!("account_defaults.{key}"),
            problem,
        )),
    }
}
