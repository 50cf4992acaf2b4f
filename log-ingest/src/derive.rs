//! 5 DERIVE: wide tables and roll-ups follow the tables that senders fill.
//!
//! A derived row is always computed again from all rows it is made of, and takes the place of the
//! row that was there: an event that comes late, or a step that failed half-way, changes nothing
//! about the result. Each commit carries the versions of its sources as markers, so a restart goes
//! on where it stopped, and of several instances that derive at the same time one commits and the
//! others find the table changed and leave it.
//!
//! [`changes`] tells what is new in a source, [`rows`] loads what is needed of it, [`mod@replace`] puts
//! the results into their table; [`wide`] makes `ad_renders` and `page_views`, [`rollup`] the
//! histograms and `house_delivery`.

mod changes;
mod known_keys;
mod replace;
mod rollup;
mod rows;
mod wide;

use std::sync::Arc;

pub(crate) use known_keys::KnownKeys;
pub(crate) use replace::{Replacement, replace};
pub(crate) use rows::text;

use crate::table::TableError;
use crate::table::lake::{Lake, LakeTable};

/// Brings derived tables up to date.
#[derive(Debug, Clone)]
pub struct Deriver {
    lake: Lake,
    known: KnownKeys,
}

/// What a step has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Progress {
    /// It has committed; otherwise there was nothing new, or another instance was faster.
    committed: bool,
    /// The sources had more than it could take.
    more: bool,
}

impl Deriver {
    /// For the tables of a lake.
    pub fn new(lake: Lake) -> Self {
        Self {
            lake,
            known: KnownKeys::default(),
        }
    }

    /// Brings `ad_renders` and `page_views` to the versions that their sources have now, or as far
    /// as this instance is the one that does it. Returns the number of commits.
    pub async fn wide(&self) -> Result<usize, TableError> {
        let mut commits = 0;
        for target in wide::targets() {
            let mut progress = Progress {
                committed: false,
                more: true,
            };
            while progress.more {
                progress = wide::step(self, &target).await?;
                commits += usize::from(progress.committed);
            }
        }
        Ok(commits)
    }

    /// The same for the roll-ups.
    pub async fn rollups(&self) -> Result<usize, TableError> {
        let mut commits = 0;
        for target in rollup::targets() {
            let mut progress = Progress {
                committed: false,
                more: true,
            };
            while progress.more {
                progress = rollup::step(self, &target).await?;
                commits += usize::from(progress.committed);
            }
        }
        Ok(commits)
    }

    fn table(&self, name: &'static str) -> Result<&Arc<LakeTable>, TableError> {
        self.lake.table(name).ok_or_else(|| TableError::Missing {
            table: name,
            path: "the lake".to_owned(),
        })
    }
}
