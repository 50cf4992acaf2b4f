//! [`Refused`]: why a bidder cannot be asked; definitions say it, too, which know of no auction.

use thiserror::Error;

/// Why a bidder cannot be asked for an imp.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    /// It buys none on sites, or in apps, or out of home.
    #[error("does not buy in this channel")]
    Channel,
    /// It buys none of the kinds on offer.
    #[error("does not buy this media type")]
    MediaType,
    /// The floor cannot be told in the bidder's currency.
    #[error("no exchange rate to {0}")]
    Currency(String),
    /// Something that it needs is missing or has the wrong form.
    #[error("{0}")]
    Unfit(String),
}
