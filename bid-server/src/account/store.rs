//! [`Accounts`]: the settings of every account, ready to be looked up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use openrtb::{BidRequest, Members};
use serde_json::Value;

use super::{AccountSettings, id};
use crate::config::AccountsConfig;
use crate::error::Refusal;
use crate::live::Live;
use crate::merge_patch::lay_over;

/// The account of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// `None` = the request names none.
    pub(crate) id: Option<String>,
    /// Somebody has configured it.
    pub(crate) is_known: bool,
    /// The default account's, where the id is unknown.
    pub(crate) settings: Arc<AccountSettings>,
}

/// All accounts. Files may replace them at any time; a request keeps those that it began with.
#[derive(Debug)]
pub(crate) struct Accounts {
    refuse_unknown: bool,
    blocked_apps: BTreeSet<String>,
    current: Live<Settled>,
}

/// Every account laid over the default one.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    default: Arc<AccountSettings>,
    by_id: BTreeMap<String, Arc<AccountSettings>>,
}

/// Whether the settings of the configuration can be used; the fault names the account and the key.
pub(crate) fn check(config: &AccountsConfig) -> Result<(), (String, String)> {
    Settled::new(&config.default, &config.by_id).map(drop)
}

impl Accounts {
    /// Those of the configuration alone.
    pub(crate) fn new(config: &AccountsConfig) -> Self {
        // The configuration has been checked.
        let settled = Settled::new(&config.default, &config.by_id).unwrap_or_default();
        Self {
            refuse_unknown: config.refuse_unknown,
            blocked_apps: config.blocked_apps.clone(),
            current: Live::new(settled),
        }
    }

    /// Replaces all.
    pub(super) fn set(&self, settled: Settled) {
        self.current.set(settled);
    }

    /// Whether events of the account are taken; else why not.
    pub(crate) fn allow_events(&self, id: &str) -> Result<(), &'static str> {
        if id.is_empty() {
            return Err("a: the account is missing");
        }
        let current = self.current.get();
        let known = current.by_id.get(id);
        if known.is_none() && self.refuse_unknown {
            return Err("a: no such account");
        }
        let settings = known.unwrap_or(&current.default);
        if settings.disabled || settings.events.enabled == Some(false) {
            return Err("a: the account has no events");
        }
        Ok(())
    }

    /// Whose the request is.
    ///
    /// # Errors
    /// [`Refusal::Disabled`] also for blocked apps, or a fault where unknown accounts are refused.
    pub(crate) fn of(&self, request: &BidRequest) -> Result<Account, Refusal> {
        let app = request.app.as_ref().and_then(|app| app.id.as_ref());
        if let Some(app) = app.filter(|app| self.blocked_apps.contains(*app)) {
            return Err(Refusal::Disabled(format!("app {app:?} is blocked")));
        }
        let current = self.current.get();
        let id = id::of(request);
        let known = id.as_ref().and_then(|id| current.by_id.get(id));
        if known.is_none() && self.refuse_unknown {
            return Err(Refusal::fault(match &id {
                Some(id) => format!("unknown account {id:?}"),
                None => "an account is needed, in publisher.id of site, app or dooh".to_owned(),
            }));
        }
        let is_known = known.is_some();
        let settings = Arc::clone(known.unwrap_or(&current.default));
        if settings.disabled {
            let id = id.unwrap_or_default();
            return Err(Refusal::Disabled(format!("account {id:?} is disabled")));
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
        let settle = |over: Members| {
            let mut merged = Value::Object(default.clone());
            lay_over(&mut merged, Value::Object(over));
            let Value::Object(merged) = merged else {
                return Ok(AccountSettings::default());
            };
            AccountSettings::read(merged)
        };
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
            default: Arc::new(settle(Members::new()).map_err(fault("default"))?),
            by_id: accounts,
        })
    }
}
