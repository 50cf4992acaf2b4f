//! [`Refusal`]: why a request cannot become an auction.
//!
//! Anything that a client can send ends in 200, 400 or 408. 503 says that an account or app is disabled, or,
//! with `Retry-After`, that stored data is not available at the moment or that we are overloaded. 500 says
//! that what the operator's server returned for an account cannot be used; any other 5xx would be our own
//! fault. The text is `Invalid request: <fault>`, one fault a line, as callers of Prebid Server know it. None
//! of the request's content is logged.

use crate::data::accounts::AccountError;
use crate::data::stored::FetchError;

/// More would help nobody.
pub(crate) const MOST_FAULTS: usize = 50;
/// The most bytes of one fault; it may quote what was sent.
const LONGEST_FAULT: usize = 1024;

/// A request that is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its faults, each with its JSON path if there is one.
    Invalid(Vec<String>),
    /// The body did not arrive in time.
    TooSlow,
    /// Too many auctions are being held already; worth another try in a moment.
    Overloaded,
    /// The account or app may not hold auctions; the text says which.
    Disabled(String),
    /// The account's settings came from another server and cannot be used; contains the account's id.
    BrokenAccount(String),
    /// Stored data that it names is not available now.
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
        Self::faults(vec![text.into()])
    }

    /// Several faults; with none at all there is no refusal.
    pub(crate) fn unless_empty(faults: Vec<String>) -> Result<(), Self> {
        if faults.is_empty() {
            return Ok(());
        }
        Err(Self::faults(faults))
    }

    /// At least one fault.
    pub(crate) fn faults(mut faults: Vec<String>) -> Self {
        cut(&mut faults);
        Self::Invalid(faults)
    }
}

/// Only as many faults are listed, and as much of each, as help a person: a list that grows with its request
/// could become any size.
pub(super) fn cut(faults: &mut Vec<String>) {
    let more = faults.len().saturating_sub(MOST_FAULTS);
    if more > 0 {
        faults.truncate(MOST_FAULTS);
        faults.push(format!("and {more} more faults"));
    }
    faults.iter_mut().for_each(cut_one);
}

/// The same for a single one.
pub(super) fn cut_one(fault: &mut String) {
    if fault.len() > LONGEST_FAULT {
        fault.truncate(fault.floor_char_boundary(LONGEST_FAULT));
        fault.push_str(" ...");
    }
}
