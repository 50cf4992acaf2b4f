//! Why a forward connection ended, and what follows from it: a log line and a count, or nothing.

use forward_protocol::DecodeError;

use super::acks::AckError;
use crate::buffer::AppendError;
use crate::receive::labels::{Input, Reason};
use crate::receive::metrics::ReceiveMetrics;
use crate::receive::reason::reason_of;
use crate::receive::tally::Rejected;

/// Why reading ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionEnd {
    #[error("the client closed the connection")]
    Closed,
    #[error("the client closed the connection in the middle of a message")]
    CutOff,
    #[error("the connection broke")]
    Broken(#[source] std::io::Error),
    #[error("nothing happened for too long")]
    Idle,
    #[error("a message did not go on for too long")]
    Stalled,
    #[error("no memory for the message for too long")]
    NoMemory,
    #[error("made room for another connection")]
    Evicted,
    #[error("shutting down")]
    Shutdown,
    #[error("handshake: {0}")]
    Denied(&'static str),
    #[error("bad message: {0}")]
    Bad(#[from] DecodeError),
    #[error("not stored: {0}")]
    NotStored(#[source] AppendError, Rejected),
}

impl SessionEnd {
    /// Connect-and-close is how clients test whether we live, so a plain close gets no log line.
    pub(crate) fn report(&self, metrics: &ReceiveMetrics) {
        match self.refusal() {
            Some(reason) => {
                metrics.refused(Input::Forward, reason, &self.rejected());
                tracing::warn!(reason = %self, setting = self.setting(), "forward connection closed");
            }
            None => self.note(),
        }
    }

    /// An end that was the client's doing.
    fn note(&self) {
        if matches!(self, Self::CutOff | Self::Broken(_) | Self::Evicted) {
            tracing::debug!(reason = %self, "forward connection ended");
        }
    }

    /// The cap that a message is over: its sender sends it again and again until one of the two is changed.
    fn setting(&self) -> Option<&'static str> {
        match self {
            Self::Bad(error) => cap_of(error),
            _ => None,
        }
    }

    /// What is not stored because of it.
    fn rejected(&self) -> Rejected {
        match self {
            Self::NotStored(_, rejected) => rejected.clone(),
            _ => Rejected::unread(),
        }
    }

    /// Why we closed the connection; `None` where it was not our doing.
    fn refusal(&self) -> Option<Reason> {
        Some(match self {
            Self::Closed
            | Self::Idle
            | Self::Evicted
            | Self::Shutdown
            | Self::CutOff
            | Self::Broken(_) => return None,
            Self::Stalled => Reason::Stalled,
            Self::NoMemory => Reason::NoMemory,
            Self::Denied(_) => Reason::Denied,
            Self::Bad(error) if cap_of(error).is_some() => Reason::TooLarge,
            Self::Bad(_) => Reason::Malformed,
            Self::NotStored(error, _) => reason_of(*error),
        })
    }
}

impl From<AckError> for SessionEnd {
    fn from(error: AckError) -> Self {
        match error {
            AckError::NotStored(error, rejected) => Self::NotStored(error, rejected),
            AckError::Broken(error) => Self::Broken(error),
            AckError::Stalled => Self::Stalled,
        }
    }
}

/// The setting that caps what is too large.
fn cap_of(error: &DecodeError) -> Option<&'static str> {
    match error {
        DecodeError::FrameTooLarge { .. } => Some("forward.max_message_bytes"),
        DecodeError::InflatedTooLarge { .. } => Some("forward.max_inflated_bytes"),
        DecodeError::TooManyItems { .. } => Some("forward.max_items"),
        DecodeError::TooDeep { .. } => Some("forward.max_depth"),
        _ => None,
    }
}
