//! `[accounts]`, checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use openrtb::Members;

/// `[accounts]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsConfig {
    /// A folder with one file per account; `None` = only the accounts below.
    pub folder: Option<PathBuf>,
    /// Time between two checks of the folder.
    pub poll: Duration,
    /// Accounts that are known neither here nor in the folder are fetched from `stored_data.http`.
    pub from_stored_data_server: bool,
    /// Whether requests that name no known account are refused.
    pub refuse_unknown: bool,
    /// Settings that those of all accounts are laid over.
    pub default: Members,
    /// Settings by account id.
    pub by_id: BTreeMap<String, Members>,
    /// Apps that may not hold auctions, by `app.id`.
    pub blocked_apps: BTreeSet<String>,
}
