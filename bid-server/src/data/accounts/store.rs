//! [`Accounts`]: the settings of every account, ready to be looked up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use openrtb::{BidRequest, Members, exact};
use serde_json::Value;
use tokio::time::Instant;

use super::{AccountError, AccountSettings, AccountsConfig, id};
use crate::data::live::Live;
use crate::data::merge_patch::lay_over;
use crate::data::stored::{Store, StoredKind, Wanted};

/// The account of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// `None` = the request names no account.
    pub(crate) id: Option<String>,
    /// It has been configured.
    pub(crate) is_known: bool,
    /// Those of the default account if the id is unknown.
    pub(crate) settings: Arc<AccountSettings>,
}

/// All accounts. Files may replace them at any time; a request keeps those that it started with.
#[derive(Debug)]
pub(crate) struct Accounts {
    refuse_unknown: bool,
    /// Accounts that are not in memory are fetched from the server of stored data.
    from_server: bool,
    blocked_apps: BTreeSet<String>,
    current: Live<Settled>,
}

/// Every account laid over the default one.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// The settings that all others are laid over.
    below: Members,
    default: Arc<AccountSettings>,
    by_id: BTreeMap<String, Arc<AccountSettings>>,
}

/// Whether the settings of the configuration can be used; the fault names the account and the key.
pub(crate) fn check(config: &AccountsConfig) -> Result<(), (String, String)> {
    Settled::new(&config.default, &config.by_id).map(drop)
}

impl Accounts {
    /// Only the accounts of the configuration.
    pub(crate) fn new(config: &AccountsConfig) -> Self {
        // The configuration has been checked.
        let settled = Settled::new(&config.default, &config.by_id).unwrap_or_default();
        Self {
            refuse_unknown: config.refuse_unknown,
            from_server: config.from_stored_data_server,
            blocked_apps: config.blocked_apps.clone(),
            current: Live::new(settled),
        }
    }

    /// Replaces all accounts.
    pub(super) fn set(&self, settled: Settled) {
        self.current.set(settled);
    }

    /// Why events of the account are not accepted; `None` = they are.
    ///
    /// # Errors
    /// [`AccountError`] if it cannot be determined by `until` what the account's settings are.
    pub(crate) async fn refuse_events(
        &self,
        id: &str,
        stored: &Store,
        until: Instant,
    ) -> Result<Option<&'static str>, AccountError> {
        if id.is_empty() {
            return Ok(Some("a: the account is missing"));
        }
        let current = self.current.get();
        let known = self.find(&current, id, stored, until).await?;
        if known.is_none() && self.refuse_unknown {
            return Ok(Some("a: no such account"));
        }
        let settings = known.as_ref().unwrap_or(&current.default);
        let off = settings.disabled || settings.events.enabled == Some(false);
        Ok(off.then_some("a: the account has no events"))
    }

    /// Whether the account has been configured.
    ///
    /// # Errors
    /// [`AccountError`] if that cannot be determined by `until`.
    pub(crate) async fn knows(
        &self,
        id: &str,
        stored: &Store,
        until: Instant,
    ) -> Result<bool, AccountError> {
        let current = self.current.get();
        let known = self.find(&current, id, stored, until).await?;
        Ok(known.is_some())
    }

    /// From memory, otherwise from the server of stored data; `None` = there is no such account.
    async fn find(
        &self,
        current: &Settled,
        id: &str,
        stored: &Store,
        until: Instant,
    ) -> Result<Option<Arc<AccountSettings>>, AccountError> {
        /// No account has a longer id; made-up ids must not fill URLs and the cache.
        const MAX_ID_BYTES: usize = 256;
        if let Some(known) = current.by_id.get(id) {
            return Ok(Some(Arc::clone(known)));
        }
        if !self.from_server || id.len() > MAX_ID_BYTES {
            return Ok(None);
        }
        let key = (StoredKind::Account, id.to_owned());
        let found = stored.fetch(&Wanted::from([key.clone()]), until).await?;
        let Some(value) = found.get(&key) else {
            return Ok(None);
        };
        let settings = current.read(value).map_err(|problem| {
            tracing::error!(account.id = id, problem, "settings cannot be used");
            AccountError::Broken(id.to_owned())
        })?;
        Ok(Some(Arc::new(settings)))
    }

    /// The account that the request belongs to.
    ///
    /// # Errors
    /// [`AccountError`], also for blocked apps, for unknown accounts if only known ones are served, and if
    /// its settings are not available by `until`.
    pub(crate) async fn of(
        &self,
        request: &BidRequest,
        stored: &Store,
        until: Instant,
    ) -> Result<Account, AccountError> {
        let app = request.app.as_ref().and_then(|app| app.id.as_ref());
        if let Some(app) = app.filter(|app| self.blocked_apps.contains(*app)) {
            return Err(AccountError::BlockedApp(app.clone()));
        }
        let current = self.current.get();
        let id = id::of(request);
        let known = match &id {
            Some(id) => self.find(&current, id, stored, until).await?,
            None => None,
        };
        if known.is_none() && self.refuse_unknown {
            return Err(id.map_or(AccountError::Missing, AccountError::Unknown));
        }
        let is_known = known.is_some();
        let settings = known.unwrap_or_else(|| Arc::clone(&current.default));
        if settings.disabled {
            return Err(AccountError::Disabled(id.unwrap_or_default()));
        }
        Ok(Account {
            id,
            is_known,
            settings,
        })
    }
}

impl Settled {
    /// Lays each account over the default one. A fault is the account's id and what is wrong.
    pub(super) fn new(
        default: &Members,
        by_id: &BTreeMap<String, Members>,
    ) -> Result<Self, (String, String)> {
        let settle = |over| settle(default, over);
        let fault = |id: &str| {
            let id = id.to_owned();
            |problem| (id, problem)
        };
        let mut accounts = BTreeMap::new();
        for (id, members) in by_id {
            let settings = settle(members.clone()).map_err(fault(id))?;
            accounts.insert(id.clone(), Arc::new(settings));
        }
        Ok(Self {
            below: default.clone(),
            default: Arc::new(settle(Members::new()).map_err(fault("default"))?),
            by_id: accounts,
        })
    }

    /// Settings from another server, laid over the default ones.
    fn read(&self, value: &Value) -> Result<AccountSettings, String> {
        // Stored data carries long numbers as marked strings; here they become numbers again.
        let text = exact::restore_owned(value.to_string().into_bytes());
        let over = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        settle(&self.below, over)
    }
}

fn settle(below: &Members, over: Members) -> Result<AccountSettings, String> {
    let mut merged = Value::Object(below.clone());
    lay_over(&mut merged, Value::Object(over));
    let Value::Object(merged) = merged else {
        return Ok(AccountSettings::default());
    };
    AccountSettings::read(merged)
}
