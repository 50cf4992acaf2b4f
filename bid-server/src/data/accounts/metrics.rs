//! Metrics by account, for a limited number of accounts, so that no configuration can make the answer of
//! `/metrics` too long.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::Account;

/// `[metrics]`, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricsConfig {
    /// The most accounts that are counted separately.
    pub max_accounts: usize,
}

/// Auctions by account.
#[derive(Debug, Default)]
pub(crate) struct AccountMetrics {
    auctions: Family<AccountLabels, Counter>,
    /// Accounts that are counted separately.
    named: RwLock<BTreeSet<String>>,
    most: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AccountLabels {
    account: String,
    outcome: &'static str,
}

impl AccountMetrics {
    /// At most `most` accounts are counted separately.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bid_server_account_auctions",
            "Auctions held, by account and outcome",
            self.auctions.clone(),
        );
    }

    /// Counts an auction.
    pub(crate) fn auction(&self, account: &Account, outcome: &'static str) {
        let account = self.label(account).to_owned();
        let labels = AccountLabels { account, outcome };
        self.auctions.get_or_create(&labels).inc();
    }

    /// Unconfigured ids are made up by callers, so they all share one label.
    fn label<'a>(&self, account: &'a Account) -> &'a str {
        let Some(id) = account.id.as_deref().filter(|_| account.is_known) else {
            return "unknown";
        };
        let named = self.named.read().unwrap_or_else(PoisonError::into_inner);
        if named.contains(id) {
            return id;
        }
        if named.len() >= self.most {
            return "other";
        }
        drop(named);
        let mut named = self.named.write().unwrap_or_else(PoisonError::into_inner);
        if named.len() >= self.most && !named.contains(id) {
            return "other";
        }
        named.insert(id.to_owned());
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_accounts_that_exist_are_named() {
        let metrics = AccountMetrics::new(2);
        let account = |id: &str, is_known| Account {
            id: Some(id.to_owned()),
            is_known,
            ..Account::default()
        };
        let label = |id, is_known| metrics.label(&account(id, is_known)).to_owned();
        assert_eq!(label("made-up", false), "unknown");
        assert_eq!(
            (label("a", true), label("b", true)),
            ("a".to_owned(), "b".to_owned())
        );
        assert_eq!(
            (label("c", true), label("a", true)),
            ("other".to_owned(), "a".to_owned())
        );
        assert_eq!(metrics.label(&Account::default()), "unknown");
    }
}
