//! `[tables]`: where the tables are, and what is taken into them.

use std::time::Duration;

use super::s3::S3Section;
use super::{ConfigError, in_range};
use crate::table::location::{LakeAddress, Location};
use crate::table::recent_ids::RecentIdLimits;
use crate::table::sink::LandingRules;
use crate::table::time::TimeWindow;

/// As in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TablesSection {
    /// Directory with one Delta table in each folder, made if missing, or `s3://bucket/prefix`.
    /// Default "var/tables".
    pub directory: String,
    /// An event more than this many days old at its receipt goes to quarantine. Default 21.
    pub past_days: u32,
    /// The same for one from the future. Default 3.
    pub future_days: u32,
    /// An `event_id` that comes again within this many seconds is a duplicate. Default 86400.
    pub dedupe_window_s: u64,
    /// Ids in memory for each table. Default 900000.
    pub dedupe_max_ids: usize,
    /// How an S3-compatible store is reached.
    pub s3: S3Section,
}

impl Default for TablesSection {
    fn default() -> Self {
        Self {
            directory: "var/tables".to_owned(),
            past_days: 21,
            future_days: 3,
            dedupe_window_s: 86_400,
            dedupe_max_ids: RecentIdLimits::default().max_ids,
            s3: S3Section::default(),
        }
    }
}

impl TablesSection {
    pub(super) fn check(self) -> Result<(LakeAddress, LandingRules), ConfigError> {
        let location = Location::parse(&self.directory).map_err(|error| ConfigError::Value {
            key: "tables.directory",
            reason: error.to_string(),
        })?;
        let place = LakeAddress {
            location,
            s3: self.s3.check()?,
        };
        let window_s = in_range(
            "tables.dedupe_window_s",
            self.dedupe_window_s,
            1..=31 * 86_400,
        )?;
        let rules = LandingRules {
            window: TimeWindow {
                past_days: in_range("tables.past_days", self.past_days, 1..=3650)?,
                future_days: in_range("tables.future_days", self.future_days, 1..=3650)?,
            },
            recent_ids: RecentIdLimits {
                window: Duration::from_secs(window_s),
                max_ids: in_range("tables.dedupe_max_ids", self.dedupe_max_ids, 2..=1 << 30)?,
            },
        };
        Ok((place, rules))
    }
}
