//! The labels of the inputs' metrics: closed lists, except for the tag.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

/// Which input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Input {
    /// Forward protocol.
    Forward,
    /// HTTP.
    Http,
}

/// Why something was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// Bytes that are not a message, or a body that is not JSON.
    Malformed,
    /// Over a size cap.
    TooLarge,
    /// An encoding or compression that we do not know.
    Unsupported,
    /// The buffer's byte cap.
    BufferFull,
    /// The disk refused.
    DiskFailed,
    /// At shutdown.
    Closing,
    /// The sender fell silent in the middle.
    Stalled,
    /// No memory for a message or a body for too long.
    NoMemory,
    /// A key, user, address or origin that may not send.
    Denied,
    /// Too many requests of one client.
    RateLimited,
    /// A TLS handshake that failed.
    Tls,
}

impl Input {
    fn label(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Http => "http",
        }
    }
}

impl Reason {
    fn label(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Unsupported => "unsupported",
            Self::BufferFull => "buffer_full",
            Self::DiskFailed => "disk_failed",
            Self::Closing => "closing",
            Self::Stalled => "stalled",
            Self::NoMemory => "no_memory",
            Self::Denied => "denied",
            Self::RateLimited => "rate_limited",
            Self::Tls => "tls",
        }
    }
}

impl EncodeLabelValue for Input {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.label().encode(encoder)
    }
}

impl EncodeLabelValue for Reason {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.label().encode(encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct InputLabels {
    pub(super) receiver: Input,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RefusedLabels {
    pub(super) receiver: Input,
    pub(super) reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct FaultLabels {
    pub(super) receiver: Input,
    pub(super) reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct TagLabels {
    pub(super) tag: String,
    pub(super) outcome: &'static str,
}
