//! [`Refusal`]: why a request cannot become an auction.
//!
//! Everything that a client can send ends in 200, 400 or 408; 503 says that an account or app is disabled, or, with
//! `Retry-After`, that stored data cannot be had at the moment or that we are overloaded; 500 that what the operator's server says about an account cannot be used; another 5xx would be our own fault. The text
//! is `Invalid request: <fault>`, one fault a line, as callers of Prebid Server know it. Nothing of
//! the request's content is logged.

use crate::data::accounts::AccountError;
use crate::data::stored::FetchError;

/// A request that is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its faults, each with the JSON path where there is one.
    Invalid(Vec<String>),
    /// The body did not arrive in time.
    TooSlow,
    /// Too many auctions are held already; worth another try in a moment.
    Overloaded,
    /// The account or app may not hold auctions; says which.
    Disabled(String),
    /// The settings of its account came from elsewhere and cannot be used; the id.
    BrokenAccount(String),
    /// Stored data that it names cannot be had now.
    Fetch(FetchError),
}

impl From<FetchError> for Refusal {
    fn from(error: FetchError) -> Self {
        Self::Fetch(error)
    }
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Disabled(_) | AccountError::BlockedApp(_) => {
                Self::Disabled(error.to_string())
            }
            AccountError::Unknown(_) | AccountError::Missing => Self::fault(error.to_string()),
            AccountError::Broken(id) => Self::BrokenAccount(id),
            AccountError::Fetch(error) => Self::Fetch(error),
        }
    }
}

impl Refusal {
    /// A single fault.
    pub(crate) fn fault(text: impl Into<String>) -> Self {
        Self::Invalid(vec![text.into()])
    }

    /// Several faults; none at all is no refusal.
    pub(crate) fn unless_empty(faults: Vec<String>) -> Result<(), Self> {
        if faults.is_empty() {
            return Ok(());
        }
        Err(Self::Invalid(faults))
    }
}
