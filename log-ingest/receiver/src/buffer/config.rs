//! `[buffer]`: the segment files between receipt and tables.

use std::path::PathBuf;
use std::time::Duration;

use crate::setting::{ConfigError, millis, positive};

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BufferSection {
    /// Directory of the segment files, made if missing. Default "var/buffer".
    pub directory: PathBuf,
    /// A segment of this size is sealed and landed. Default 16 MiB.
    pub segment_bytes: u64,
    /// A segment whose events come to this much once inflated is sealed and landed, however small it is on the disk.
    /// Default 64 MiB.
    pub segment_inflated_bytes: u64,
    /// A segment of this age is sealed and landed. Default 2000.
    pub segment_age_ms: u64,
    /// All segments together; when reached, senders get no ack and 503. Default 1 GiB.
    pub max_bytes: u64,
    /// Events in memory that wait for the disk; further senders wait. Default 64 MiB.
    pub queue_bytes: u64,
    /// Messages and bodies that are being received, over all connections; further reading waits. Default 128 MiB.
    pub receive_bytes: u64,
    /// Longest pause between attempts to land a segment. Default 10000.
    pub max_backoff_ms: u64,
    /// How long a shutdown waits for the last segments to land. Default 10000.
    pub shutdown_grace_ms: u64,
    /// Chunks that are remembered, so that one that is sent again is not stored again; 0 = none. Default 200000.
    pub dedup_chunks: u64,
    /// How long they are remembered. Default 86400000.
    pub dedup_age_ms: u64,
}

impl Default for BufferSection {
    fn default() -> Self {
        Self {
            directory: PathBuf::from("var/buffer"),
            segment_bytes: 16 << 20,
            segment_inflated_bytes: 64 << 20,
            segment_age_ms: 2000,
            max_bytes: 1 << 30,
            queue_bytes: 64 << 20,
            receive_bytes: 128 << 20,
            max_backoff_ms: 10_000,
            shutdown_grace_ms: 10_000,
            dedup_chunks: 200_000,
            dedup_age_ms: 86_400_000,
        }
    }
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BufferConfig {
    /// Directory of the segment files.
    pub directory: PathBuf,
    /// A segment of this size is sealed.
    pub segment_bytes: u64,
    /// A segment whose events come to this much once inflated is sealed.
    pub segment_inflated_bytes: u64,
    /// A segment of this age is sealed.
    pub segment_age: Duration,
    /// All segments together.
    pub max_bytes: u64,
    /// Events in memory that wait for the disk.
    pub queue_bytes: u32,
    /// Messages and bodies that are being received, over all connections, in KiB.
    pub receive_kib: u32,
    /// Longest pause between attempts to land a segment.
    pub max_backoff: Duration,
    /// How long a shutdown waits for the last segments to land.
    pub shutdown_grace: Duration,
    /// Chunks that are remembered.
    pub(crate) dedup: Window,
}

impl BufferConfig {
    pub(crate) fn check(section: &BufferSection) -> Result<Self, ConfigError> {
        positive("buffer.segment_bytes", section.segment_bytes)?;
        positive(
            "buffer.segment_inflated_bytes",
            section.segment_inflated_bytes,
        )?;
        positive("buffer.max_bytes", section.max_bytes)?;
        positive("buffer.queue_bytes", section.queue_bytes)?;
        let queue_bytes = u32::try_from(section.queue_bytes).map_err(|_| ConfigError {
            key: "buffer.queue_bytes",
            reason: format!("must be below 4 GiB, is {}", section.queue_bytes),
        })?;
        Ok(Self {
            directory: section.directory.clone(),
            segment_bytes: section.segment_bytes,
            segment_inflated_bytes: section.segment_inflated_bytes,
            segment_age: millis("buffer.segment_age_ms", section.segment_age_ms)?,
            max_bytes: section.max_bytes,
            queue_bytes,
            receive_kib: kib("buffer.receive_bytes", section.receive_bytes)?,
            max_backoff: millis("buffer.max_backoff_ms", section.max_backoff_ms)?,
            dedup: dedup(section)?,
            shutdown_grace: millis("buffer.shutdown_grace_ms", section.shutdown_grace_ms)?,
        })
    }
}

/// How much is remembered of what was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Chunks; 0 = none, everything is new.
    pub(crate) chunks: usize,
    /// Time since a chunk was received.
    pub(crate) age: Duration,
}

/// Each chunk takes about 80 bytes of memory.
fn dedup(section: &BufferSection) -> Result<Window, ConfigError> {
    const MOST: usize = 50_000_000;
    let chunks = usize::try_from(section.dedup_chunks).unwrap_or(usize::MAX);
    if chunks > MOST {
        return Err(ConfigError {
            key: "buffer.dedup_chunks",
            reason: format!("must be up to {MOST}, is {chunks}"),
        });
    }
    let age = millis("buffer.dedup_age_ms", section.dedup_age_ms)?;
    Ok(Window { chunks, age })
}

/// Whole KiB, so that a counter of 32 bits holds them.
fn kib(key: &'static str, bytes: u64) -> Result<u32, ConfigError> {
    u32::try_from(bytes / 1024)
        .ok()
        .filter(|kib| (64..=1 << 28).contains(kib))
        .ok_or_else(|| ConfigError {
            key,
            reason: format!("must be from 64 KiB to 256 GiB, is {bytes}"),
        })
}
