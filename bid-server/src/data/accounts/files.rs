//! [`AccountFiles`]: one file per account, laid over those of the configuration.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use openrtb::Members;
use serde_json::Value;

use super::store::{Accounts, Settled};
use super::{AccountSettings, AccountsConfig};
use crate::data::merge_patch::lay_over;
use crate::data::watch::{FileFault, Folder};

/// The name of the file whose settings all others are laid over.
const DEFAULT: &str = "_default";

/// Follows the folder of accounts.
#[derive(Debug)]
pub(crate) struct AccountFiles {
    config: AccountsConfig,
    folder: Folder<Members>,
    accounts: Arc<Accounts>,
}

impl AccountFiles {
    /// Reads the folder `path` for the first time.
    ///
    /// # Errors
    /// The first file that cannot be used: an account must not start to sell without its settings.
    pub(crate) fn open(
        path: &Path,
        config: &AccountsConfig,
        accounts: Arc<Accounts>,
    ) -> Result<Self, FileFault> {
        let mut files = Self {
            config: config.clone(),
            folder: Folder::new(path.to_owned(), parse),
            accounts,
        };
        files.refresh().into_iter().next().map_or(Ok(files), Err)
    }

    /// Takes over changes. If files are faulty, the accounts in them stay as they were.
    pub(crate) fn refresh(&mut self) -> Vec<FileFault> {
        let refresh = match self.folder.refresh() {
            Ok(refresh) => refresh,
            Err(error) => return vec![self.fault(error.to_string())],
        };
        let mut faults = refresh.faults;
        if refresh.changed {
            match self.settle() {
                Ok(settled) => self.accounts.set(settled),
                Err((id, problem)) => faults.push(self.fault(format!("account {id:?}: {problem}"))),
            }
        }
        faults
    }

    fn settle(&self) -> Result<Settled, (String, String)> {
        let mut default = Value::Object(self.config.default.clone());
        let mut by_id: BTreeMap<String, Members> = self.config.by_id.clone();
        for (id, members) in self.folder.values() {
            if id == DEFAULT {
                lay_over(&mut default, Value::Object(members.clone()));
            } else {
                by_id.insert(id.to_owned(), members.clone());
            }
        }
        let default = default.as_object().cloned().unwrap_or_default();
        Settled::new(&default, &by_id)
    }

    fn fault(&self, problem: String) -> FileFault {
        FileFault {
            path: self.folder.path().to_owned(),
            problem,
        }
    }
}

/// Each file must make sense on its own, so that one broken file harms only one account.
fn parse(name: &str, bytes: &[u8]) -> Result<Members, String> {
    let members: Members = if name.ends_with(".toml") {
        toml::from_slice(bytes).map_err(|error| error.to_string())?
    } else {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?
    };
    AccountSettings::read(members.clone())?;
    Ok(members)
}

/// For fuzz targets: the account in one file.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn account_of(name: &str, bytes: &[u8]) -> Result<super::Account, String> {
    Ok(super::Account {
        id: Some("fuzzed".to_owned()),
        is_known: true,
        settings: Arc::new(AccountSettings::read(parse(name, bytes)?)?),
    })
}

#[cfg(test)]
mod tests;
