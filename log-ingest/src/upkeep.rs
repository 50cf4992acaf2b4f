//! The loops that derive and maintain tables while log-ingest runs.

use std::future::Future;
use std::time::Duration;

use chrono::Utc;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::config::DerivePace;
use crate::derive::Deriver;
use crate::derive::metrics::DeriveMetrics;
use crate::maintain::{Maintainer, Maintenance};
use crate::table::TableError;
use crate::table::lake::Lake;

/// What is done in the background.
#[derive(Debug)]
pub struct Upkeep {
    /// When derived tables follow.
    pub derive: Option<DerivePace>,
    /// How the tables are maintained.
    pub maintain: Option<Maintenance>,
}

impl Upkeep {
    /// Adds the loops to the set, to run on that runtime; each ends soon after `stop`, between two pieces of work.
    pub fn start(
        self,
        (lake, metrics): (&Lake, DeriveMetrics),
        runtime: &Handle,
        stop: &CancellationToken,
        parts: &mut JoinSet<()>,
    ) {
        if let Some(pace) = self.derive {
            let deriver = Deriver::new(lake.clone(), metrics);
            deriver.watch();
            let rollups = deriver.clone();
            let wide = every(pace.wide, stop.clone(), "wide tables", move || {
                let deriver = deriver.clone();
                async move { deriver.wide().await }
            });
            let rollups = every(pace.rollups, stop.clone(), "roll-ups", move || {
                let deriver = rollups.clone();
                async move { deriver.rollups().await }
            });
            parts.spawn_on(wide, runtime);
            parts.spawn_on(rollups, runtime);
        }
        if let Some(rules) = self.maintain {
            let (compact, clean) = (rules.compact_every, rules.clean_every);
            let maintainer = Maintainer::new(lake.clone(), rules);
            let cleaner = maintainer.clone();
            let compact = every(compact, stop.clone(), "compaction", move || {
                let maintainer = maintainer.clone();
                async move { maintainer.compact().await }
            });
            let clean = every(clean, stop.clone(), "clean-up", move || {
                let cleaner = cleaner.clone();
                async move { Ok(cleaner.retain(Utc::now()).await? + cleaner.vacuum().await?) }
            });
            parts.spawn_on(compact, runtime);
            parts.spawn_on(clean, runtime);
        }
    }
}

/// After a piece of work, at least this many times the time it took passes before the next, so that
/// it never takes more than a fifth of a processor from those who send and ask.
const REST: u32 = 4;
/// But the rest is never longer than this: queries should see the last half minute, and a store that
/// does not answer makes any piece of work long.
const LONGEST_REST: Duration = Duration::from_secs(15);

/// Does the work again and again. A failure is logged and tried at the next turn: nothing is lost by it.
async fn every<F: Future<Output = Result<usize, TableError>>>(
    pause: Duration,
    stop: CancellationToken,
    what: &'static str,
    work: impl Fn() -> F,
) {
    loop {
        let began = Instant::now();
        log_failure(what, work().await);
        let rest = (began.elapsed() * REST).min(LONGEST_REST);
        let next = (began + pause).max(Instant::now() + rest);
        tokio::select! {
            () = sleep_until(next) => {}
            () = stop.cancelled() => return,
        }
    }
}

fn log_failure(what: &str, done: Result<usize, TableError>) {
    let Err(error) = done else {
        return;
    };
    tracing::warn!(what, error = %error, "tables not kept up; tried again");
}
