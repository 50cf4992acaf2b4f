//! Settings in two stages: what a configuration file says, and the checked form that the rest of the crate sees.
//!
//! log-ingest puts [`ReceiverFile`]'s sections into its own file; see each section for keys and defaults.

use crate::buffer::{BufferConfig, BufferSection};
use crate::output::{OutputConfig, OutputSection};
use crate::receive::{ForwardConfig, ForwardSection, HttpConfig, HttpSection};
use crate::setting::ConfigError;

/// The sections as they are in a file; every key may be left out.
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
        // One message must fit into the buffer, or it would be refused forever.
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

#[cfg(test)]
mod tests;
