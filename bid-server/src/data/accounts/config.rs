//! `[accounts]`, checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use openrtb::Members;

/// `[accounts]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsConfig {
    /// One file per account; `None` = only those below.
    pub folder: Option<PathBuf>,
    /// Time between two looks at the folder.
    pub poll: Duration,
    /// Accounts that are known neither here nor in the folder are asked for at `stored_data.http`.
    pub from_stored_data_server: bool,
    /// Refuse requests that name no known account.
    pub refuse_unknown: bool,
    /// Settings that stand below those of all accounts.
    pub default: Members,
    /// Settings by account id.
    pub by_id: BTreeMap<String, Members>,
    /// Apps that get no auctions, by `app.id`.
    pub blocked_apps: BTreeSet<String>,
}
