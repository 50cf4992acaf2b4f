//! Settings in two stages: what a configuration file says, and the checked form that the rest of the crate sees.
//!
//! log-ingest puts [`ReceiverFile`]'s sections into its own file; see each section for keys and defaults.

mod buffer;
mod forward;
mod http;
mod network;
mod origins;
mod output;
mod security;
mod tls;

use std::time::Duration;

pub(crate) use buffer::Window;
pub use buffer::{BufferConfig, BufferSection};
pub use forward::{ForwardConfig, ForwardSection, UnixPath};
pub use http::{HttpConfig, HttpSection, RateLimit};
pub use network::Network;
pub use origins::Origins;
pub use output::{
    Compress, ForwardOutput, ForwardOutputSection, Login, ObjectAccess, ObjectOutput,
    ObjectOutputSection, OutputConfig, OutputKind, OutputSection, OutputTls, OutputTlsSection,
};
pub use security::{ClientRule, ClientSection, Secret, Security, SecuritySection, UserSection};
pub use tls::{TlsFiles, TlsSection};

/// The sections as they stand in a file; every key may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReceiverFile {
    /// `[http]`
    pub http: HttpSection,
    /// `[forward]`
    pub forward: ForwardSection,
    /// `[buffer]`
    pub buffer: BufferSection,
    /// `[[output]]`
    pub output: Vec<OutputSection>,
}

/// Checked settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverConfig {
    /// HTTP input.
    pub http: HttpConfig,
    /// Forward protocol input.
    pub forward: ForwardConfig,
    /// The buffer on disk.
    pub buffer: BufferConfig,
    /// Where events go besides the tables.
    pub outputs: Vec<OutputConfig>,
}

/// A value that cannot be used, with the key it stands under.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct ConfigError {
    /// Section and key, such as `buffer.max_bytes`.
    pub key: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

impl ReceiverConfig {
    /// Checks all sections.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(file: &ReceiverFile) -> Result<Self, ConfigError> {
        let config = Self {
            http: HttpConfig::check(&file.http)?,
            forward: ForwardConfig::check(&file.forward)?,
            buffer: BufferConfig::check(&file.buffer)?,
            outputs: OutputConfig::check_all(&file.output)?,
        };
        if let Some(short) = config
            .outputs
            .iter()
            .find(|output| output.max_lag_bytes < config.buffer.segment_bytes.saturating_mul(2))
        {
            let reason = format!(
                "output {:?}: must be at least twice buffer.segment_bytes",
                short.name
            );
            return Err(ConfigError {
                key: "output.max_lag_bytes",
                reason,
            });
        }
        // One message must fit into the buffer, or it would be refused for ever.
        let largest = config
            .forward
            .limits
            .max_frame_bytes
            .max(config.http.max_inflated_bytes);
        let largest = u64::try_from(largest).unwrap_or(u64::MAX);
        if config.buffer.max_bytes < largest.saturating_mul(2) {
            let reason =
                format!("must be at least twice the largest message, which is {largest} bytes");
            return Err(ConfigError {
                key: "buffer.max_bytes",
                reason,
            });
        }
        if u64::from(config.buffer.receive_kib) * 1024 < largest {
            return Err(ConfigError {
                key: "buffer.receive_bytes",
                reason: format!("must hold the largest message, which is {largest} bytes"),
            });
        }
        Ok(config)
    }
}

/// A size or count that must not be zero.
fn positive(key: &'static str, value: u64) -> Result<usize, ConfigError> {
    match usize::try_from(value) {
        Ok(value) if value > 0 => Ok(value),
        _ => Err(ConfigError {
            key,
            reason: format!("must be above 0, is {value}"),
        }),
    }
}

/// A time in milliseconds that must not be zero.
fn millis(key: &'static str, value: u64) -> Result<Duration, ConfigError> {
    positive(key, value)?;
    Ok(Duration::from_millis(value))
}

#[cfg(test)]
mod tests;
