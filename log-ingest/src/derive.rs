//! 5 DERIVE: wide tables and roll-ups follow the tables that senders fill.
//!
//! A derived row is always computed again from all rows it is made of, and takes the place of the
//! row that was there: an event that comes late, or a step that failed halfway, changes nothing
//! about the result. Each commit carries the versions of its sources as markers, so a restart goes
//! on where it stopped, and of several instances that derive at the same time one commits and the
//! others find the table changed and leave it.
//!
//! [`changes`] finds what is new in a source, [`rows`] loads what is needed of it, [`isolate`] runs the
//! statement over it and sets [`aside`] what breaks it, [`mod@replace`] puts the results into their table;
//! files that cannot be read are left out and named ([`bad_files`]);
//! [`wide`] makes `ad_renders` and `page_views`, [`rollup`] the histograms and `house_delivery`. [`lag`]
//! says how far all of them are behind.

mod aside;
mod bad_files;
mod changes;
mod isolate;
mod known_keys;
pub mod lag;
pub mod metrics;
mod page_view_set;
mod replace;
mod rollup;
mod rows;
mod spans;
mod wide;

use std::future::Future;
use std::sync::Arc;

pub(crate) use known_keys::KnownKeys;
pub(crate) use replace::{Replacement, replace};
pub(crate) use rows::text;
pub(crate) use spans::Spans;
use tokio::time::Instant;

use crate::table::TableError;
use crate::table::lake::{Lake, LakeTable};
use crate::table::version::TableVersion;
use aside::LeftOut;
use metrics::DeriveMetrics;

/// Brings derived tables up to date.
#[derive(Debug, Clone)]
pub struct Deriver {
    lake: Lake,
    known: KnownKeys,
    left_out: LeftOut,
    metrics: DeriveMetrics,
}

/// What a step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// There was nothing new, or another instance was faster.
    Nothing,
    /// It has committed all that is new.
    Done,
    /// It has committed, and the sources had more than it could take.
    More,
}

impl Progress {
    /// Of a step over these changes, which has committed unless another instance did.
    const fn of(committed: bool, remaining: changes::Remaining) -> Self {
        match (committed, remaining) {
            (false, _) => Self::Nothing,
            (true, changes::Remaining::None) => Self::Done,
            (true, changes::Remaining::Some) => Self::More,
        }
    }
}

impl Deriver {
    /// For the tables of a lake.
    pub fn new(lake: Lake, metrics: DeriveMetrics) -> Self {
        Self {
            lake,
            known: KnownKeys::default(),
            left_out: LeftOut::default(),
            metrics,
        }
    }

    /// Starts to report the lag of all derived tables.
    pub fn watch(&self) {
        let wide = wide::targets().map(|target| target.table());
        let rollups = rollup::targets().map(|target| target.table());
        for table in wide.into_iter().chain(rollups) {
            self.metrics.lag.watch(table.name);
        }
    }

    /// Brings `ad_renders` and `page_views` to the versions that their sources have now, or as far
    /// as this instance is the one that does it. Returns the number of commits.
    ///
    /// # Errors
    /// The first table that fails; the others are brought up to date all the same.
    pub async fn wide(&self) -> Result<usize, TableError> {
        let mut commits = Ok(0);
        for target in wide::targets() {
            let done = self.follow(target.table().name, || wide::step(self, &target));
            commits = joined(commits, done.await);
        }
        bad_files::name(self).await;
        commits
    }

    /// The same for the roll-ups.
    ///
    /// # Errors
    /// The first table that fails; the others are brought up to date all the same.
    pub async fn rollups(&self) -> Result<usize, TableError> {
        let mut commits = Ok(0);
        for target in rollup::targets() {
            let done = self.follow(target.table().name, || rollup::step(self, &target));
            commits = joined(commits, done.await);
        }
        bad_files::name(self).await;
        commits
    }

    /// Steps until nothing more is new; returns the number of commits.
    async fn follow<F: Future<Output = Result<Progress, TableError>>>(
        &self,
        table: &'static str,
        step: impl Fn() -> F,
    ) -> Result<usize, TableError> {
        let began = Instant::now();
        let mut commits = 0;
        let result = loop {
            match step().await {
                Ok(Progress::Nothing) => break Ok(commits),
                Ok(Progress::Done) => break Ok(commits + 1),
                Ok(Progress::More) => commits += 1,
                Err(error) => break Err(error),
            }
        };
        if result.is_err() {
            self.metrics.failed(table);
        }
        self.metrics.lag.ended(table, began, &result);
        result
    }

    fn table(&self, name: &'static str) -> Result<&Arc<LakeTable>, TableError> {
        self.lake.table(name).ok_or(TableError::Unknown(name))
    }

    async fn newest(&self, name: &'static str) -> Result<TableVersion, TableError> {
        TableVersion::newest(self.table(name)?).await
    }
}

/// Both counts, or the first error.
fn joined(
    before: Result<usize, TableError>,
    next: Result<usize, TableError>,
) -> Result<usize, TableError> {
    Ok(before? + next?)
}
