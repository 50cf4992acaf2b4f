//! `[derive]`, `[maintain]` and `[retention]`: what is done to the tables in the background.

use std::collections::BTreeMap;
use std::time::Duration;

use ad_events::TABLES;

use super::{ConfigError, in_range};
use crate::maintain::{Maintenance, Retention};

/// `[derive]`, as in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeriveSection {
    /// Whether this instance derives tables; several may, and do not disturb each other. Default true.
    pub enabled: bool,
    /// `ad_renders` and `page_views` follow their sources at this interval. Default 5000.
    pub interval_ms: u64,
    /// The interval of the roll-ups. Default 60000.
    pub rollup_interval_ms: u64,
}

impl Default for DeriveSection {
    fn default() -> Self {
        Self {
            enabled: true,
            interval_ms: 5_000,
            rollup_interval_ms: 60_000,
        }
    }
}

/// When derived tables are brought up to date; `None` = not by this instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivePace {
    /// Wide tables.
    pub wide: Duration,
    /// Roll-ups.
    pub rollups: Duration,
}

impl DeriveSection {
    pub(super) fn check(&self) -> Result<Option<DerivePace>, ConfigError> {
        let wide = in_range("derive.interval_ms", self.interval_ms, 100..=3_600_000)?;
        let key = "derive.rollup_interval_ms";
        let rollups = in_range(key, self.rollup_interval_ms, 100..=86_400_000)?;
        Ok(self.enabled.then_some(DerivePace {
            wide: Duration::from_millis(wide),
            rollups: Duration::from_millis(rollups),
        }))
    }
}

/// `[maintain]`, as in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaintainSection {
    /// Whether this instance maintains the tables. Default true.
    pub enabled: bool,
    /// Small files are joined at this interval. Default 300.
    pub compact_interval_s: u64,
    /// The number of small files in a day that makes joining worthwhile. Default 8.
    pub compact_min_files: usize,
    /// A file with this many rows is not small any more. Default 250000.
    pub compact_rows: u64,
    /// Files of derived tables are joined once their last row is this old. Default 900.
    pub settled_after_s: u64,
    /// Old rows and files are removed at this interval. Default 3600.
    pub cleanup_interval_s: u64,
    /// Files that no version uses are kept this long. Default 168.
    pub vacuum_hours: u64,
}

impl Default for MaintainSection {
    fn default() -> Self {
        Self {
            enabled: true,
            compact_interval_s: 300,
            compact_min_files: 8,
            compact_rows: 250_000,
            settled_after_s: 900,
            cleanup_interval_s: 3_600,
            vacuum_hours: 168,
        }
    }
}

/// `[retention]`, as in the file: days per table.
pub type RetentionSection = BTreeMap<String, u32>;

impl MaintainSection {
    pub(super) fn check(
        &self,
        retention: &RetentionSection,
    ) -> Result<Option<Maintenance>, ConfigError> {
        let compact = in_range(
            "maintain.compact_interval_s",
            self.compact_interval_s,
            1..=86_400,
        )?;
        let cleanup = in_range(
            "maintain.cleanup_interval_s",
            self.cleanup_interval_s,
            1..=86_400,
        )?;
        let vacuum = in_range("maintain.vacuum_hours", self.vacuum_hours, 24..=8_760)?;
        let settled = in_range("maintain.settled_after_s", self.settled_after_s, 0..=86_400)?;
        let maintenance = Maintenance {
            settled_after: Duration::from_secs(settled),
            compact_every: Duration::from_secs(compact),
            min_files: in_range(
                "maintain.compact_min_files",
                self.compact_min_files,
                2..=10_000,
            )?,
            max_rows: in_range(
                "maintain.compact_rows",
                self.compact_rows,
                1_000..=10_000_000,
            )?,
            clean_every: Duration::from_secs(cleanup),
            vacuum_after: Duration::from_secs(vacuum * 3600),
            retention: days(retention)?,
        };
        Ok(self.enabled.then_some(maintenance))
    }
}

fn days(section: &RetentionSection) -> Result<Retention, ConfigError> {
    let unknown = section
        .keys()
        .find(|name| TABLES.iter().all(|table| table.name != **name));
    if let Some(name) = unknown {
        return Err(ConfigError::Value {
            key: "retention",
            reason: format!("there is no table {name}"),
        });
    }
    let tables = TABLES.iter().map(|table| {
        let days = section.get(table.name).copied().unwrap_or(table.keep_days);
        Ok((table.name, in_range("retention", days, 1..=36_500)?))
    });
    tables.collect()
}
