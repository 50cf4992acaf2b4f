//! [`Refused`]: why a bidder cannot be asked. It stands alone because definitions, which know nothing of
//! auctions, report it too.

use thiserror::Error;

/// Why a bidder cannot be asked for an imp.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    /// It buys nothing on sites, or in apps, or on out-of-home screens.
    #[error("does not buy in this channel")]
    Channel,
    /// It buys none of the offered kinds.
    #[error("does not buy this media type")]
    MediaType,
    /// The floor cannot be converted to the bidder's currency.
    #[error("no exchange rate to {0}")]
    Currency(String),
    /// A value that it needs is missing or malformed.
    #[error("{0}")]
    Unfit(String),
}
