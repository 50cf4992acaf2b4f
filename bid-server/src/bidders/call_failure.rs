//! How a bidder call can fail, and what is reported about it.

use ad_events::outcome::BidOutcome;
use thiserror::Error;

use super::adapter::AdapterError;
use super::call::CallError;
use super::refused::Refused;

/// A call that brought no bids because something went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum CallFailure {
    /// The answer did not arrive by the deadline.
    #[error("no answer within the time of the auction")]
    TimedOut,
    /// It was not worth waiting for any longer.
    #[error("not waited for: all primary bidders were in")]
    NotAwaited,
    /// The client has gone away, so nobody would get the answer.
    #[error("the client went away")]
    CutOff,
    /// There was no time left to ask.
    #[error("not asked: no time was left")]
    Skipped,
    /// The bidder cannot be asked for this.
    #[error("not asked: {0}")]
    NotAsked(Refused),
    /// There was no reply.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The reply is not an answer.
    #[error(transparent)]
    Reply(#[from] AdapterError),
}

impl CallFailure {
    /// The outcome for each imp that the call offered.
    pub(crate) fn outcome(&self) -> BidOutcome {
        match self {
            Self::TimedOut => BidOutcome::TimedOut,
            Self::Skipped => BidOutcome::Skipped,
            Self::NotAwaited => BidOutcome::NotAwaited,
            Self::CutOff => BidOutcome::CutOff,
            Self::NotAsked(Refused::Channel) => BidOutcome::UnsupportedChannel,
            Self::NotAsked(Refused::MediaType) => BidOutcome::UnsupportedMediaType,
            Self::NotAsked(Refused::Currency(_)) => BidOutcome::NoConversionRate,
            Self::NotAsked(Refused::Unfit(_)) => BidOutcome::NotAsked,
            Self::Call(CallError::Unreachable(_)) => BidOutcome::Unreachable,
            Self::Call(CallError::TooLarge(_) | CallError::Coding(_)) | Self::Reply(_) => {
                BidOutcome::InvalidResponse
            }
        }
    }

    /// The number in `ext.errors`, as Prebid Server defines it.
    pub(crate) fn code(&self) -> i64 {
        match self {
            Self::TimedOut | Self::NotAwaited => 1,
            Self::CutOff => 999,
            Self::NotAsked(_) => 2,
            Self::Call(CallError::TooLarge(_) | CallError::Coding(_)) | Self::Reply(_) => 4,
            Self::Call(CallError::Unreachable(_)) => 5,
            Self::Skipped => 12,
        }
    }
}
