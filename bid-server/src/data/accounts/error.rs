//! [`AccountError`]: why no auction is held for the account or app that a request names.

use thiserror::Error;

use crate::data::stored::FetchError;

/// Nothing can be sold for it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AccountError {
    /// Its settings say so; the id.
    #[error("account {0:?} is disabled")]
    Disabled(String),
    /// The configuration says so; the id.
    #[error("app {0:?} is blocked")]
    BlockedApp(String),
    /// There is no such account, and only known ones are served.
    #[error("unknown account {0:?}")]
    Unknown(String),
    /// The request names none, and only known ones are served.
    #[error("an account is needed, in publisher.id of site, app or dooh")]
    Missing,
    /// Its settings came from elsewhere and cannot be used; the id.
    #[error("the settings of account {0:?} cannot be used")]
    Broken(String),
    /// Its settings cannot be had now.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}
