//! [`AccountError`]: why no auction is held for the account or app that a request names.

use thiserror::Error;

use crate::data::stored::FetchError;

/// The reason why nothing can be sold for it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AccountError {
    /// Its settings disable it; contains the id.
    #[error("account {0:?} is disabled")]
    Disabled(String),
    /// The configuration blocks it; contains the id.
    #[error("app {0:?} is blocked")]
    BlockedApp(String),
    /// There is no such account, and only known ones are served.
    #[error("unknown account {0:?}")]
    Unknown(String),
    /// The request names no account, and only known ones are served.
    #[error("an account is needed, in publisher.id of site, app or dooh")]
    Missing,
    /// Its settings came from another server and cannot be used; contains the id.
    #[error("the settings of account {0:?} cannot be used")]
    Broken(String),
    /// Its settings are not available now.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}
