//! `[[output]]`: other systems that events are passed on to.

use std::path::PathBuf;
use std::time::Duration;

use crate::setting::{ConfigError, Secret, millis, positive};
use crate::tag_pattern::Pattern;

mod forward;
mod objects;

pub use forward::{ForwardOutput, ForwardOutputSection, Login, OutputTls, OutputTlsSection};
pub use objects::{ObjectAccess, ObjectKey, ObjectOutput, ObjectOutputSection};

/// As many as a set of bits has room for: the ledger of segments has one for each.
const MAX_OUTPUTS: usize = 32;

/// As in the file; `kind` decides which keys there are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OutputSection {
    /// Another forward receiver.
    Forward(ForwardOutputSection),
    /// Objects in a store.
    ObjectStore(ObjectOutputSection),
}

/// How what is sent is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compress {
    /// Not at all.
    None,
    /// gzip
    Gzip,
    /// zstd
    Zstd,
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputConfig {
    /// Names its position, its metrics and its lines in the log.
    pub name: String,
    /// Which tags it gets.
    pub(crate) patterns: Vec<Pattern>,
    /// A chunk or an object of this many bytes, before compression, is complete.
    pub chunk_bytes: usize,
    /// Bytes of segments that it may lie behind.
    pub max_lag_bytes: u64,
    /// Longest pause between attempts.
    pub max_backoff: Duration,
    /// How long segments wait for more, so that they go together.
    pub gather: Duration,
    /// Where it goes.
    pub kind: OutputKind,
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputKind {
    /// Another forward receiver.
    Forward(ForwardOutput),
    /// Objects in a store.
    Objects(ObjectOutput),
}

/// What all kinds have.
struct CommonKeys<'a> {
    name: &'a str,
    patterns: &'a [String],
    chunk_bytes: u64,
    max_lag_bytes: u64,
    max_backoff_ms: u64,
}

impl OutputConfig {
    pub(crate) fn check_all(sections: &[OutputSection]) -> Result<Vec<Self>, ConfigError> {
        let checked = sections.iter().map(|section| match section {
            OutputSection::Forward(section) => section.check(),
            OutputSection::ObjectStore(section) => section.check(),
        });
        let checked: Vec<Self> = checked.collect::<Result<_, _>>()?;
        if checked.len() > MAX_OUTPUTS {
            let reason = format!("there may be up to {MAX_OUTPUTS}");
            return Err(ConfigError {
                key: "output",
                reason,
            });
        }
        for (number, output) in checked.iter().enumerate() {
            if checked
                .iter()
                .take(number)
                .any(|other| other.name == output.name)
            {
                return Err(wrong("output.name", &output.name, "is there twice"));
            }
        }
        Ok(checked)
    }
}

impl CommonKeys<'_> {
    fn check(&self, gather: Duration, kind: OutputKind) -> Result<OutputConfig, ConfigError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if self.name.is_empty() || self.name.len() > 64 || !self.name.bytes().all(plain) {
            let reason = "must be up to 64 letters, digits, - and _";
            return Err(wrong("output.name", self.name, reason));
        }
        if self.patterns.is_empty() {
            return Err(wrong(
                "output.match",
                self.name,
                "must name at least one pattern",
            ));
        }
        let patterns = self.patterns.iter().map(|text| Pattern::parse(text));
        let patterns = patterns.collect::<Result<Vec<_>, _>>();
        let chunk_bytes = positive("output.chunk_bytes", self.chunk_bytes)?;
        if !(1 << 10..=64 << 20).contains(&chunk_bytes) {
            let reason = format!("must be from 1 KiB to 64 MiB, is {chunk_bytes}");
            return Err(wrong("output.chunk_bytes", self.name, &reason));
        }
        positive("output.max_lag_bytes", self.max_lag_bytes)?;
        Ok(OutputConfig {
            name: self.name.to_owned(),
            patterns: patterns.map_err(|reason| wrong("output.match", self.name, &reason))?,
            chunk_bytes,
            max_lag_bytes: self.max_lag_bytes,
            max_backoff: millis("output.max_backoff_ms", self.max_backoff_ms)?,
            gather,
            kind,
        })
    }
}

fn wrong(key: &'static str, output: &str, reason: &str) -> ConfigError {
    ConfigError {
        key,
        reason: format!("output {output:?}: {reason}"),
    }
}

/// A certificate and its key.
type CertificateAndKey = (PathBuf, PathBuf);

/// Not given counts as empty.
fn text(secret: Option<&Secret>) -> Secret {
    secret.cloned().unwrap_or_else(|| Secret::from(""))
}

fn all_tags() -> Vec<String> {
    vec!["**".to_owned()]
}

#[cfg(test)]
mod tests;
