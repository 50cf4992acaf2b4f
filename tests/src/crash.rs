//! log-ingest killed at random moments under load: what was acknowledged is in the tables, once.
//!
//! [`load`] holds the senders: they keep what got no answer and send the same bytes again to the next
//! run, as clients do. So each message is acknowledged in the end, and each of its events has to be
//! there exactly once: fewer is a loss, more is a repetition that was not recognised. [`stages`] reads
//! from the log what each kill interrupted, and [`tables`] compares, after each block of rounds and once
//! more at the end, when all files have been joined, rewritten and cleaned up many times.

mod load;
mod stages;
mod tables;

use std::collections::BTreeMap;
use std::fs::File;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{Days, Utc};
use tokio::task::JoinSet;

use crate::stack::{LogIngestChanges, Plan, Stack};
use load::{Sender, Target};
pub use stages::STAGES;

/// Rounds after which the tables are read, so that one answer holds all messages of a block.
const BLOCK: u32 = 25;
/// A run dies between these many milliseconds after it listens. Segments are sealed every 100 ms, so
/// deaths fall on writing, sealing and committing to tables alike.
const DEATH_MS: std::ops::Range<u64> = 20..900;

/// Everything that is done to tables is done all the time, so that some deaths fall on it. Notices come
/// from days whose time is over, so that there always is something to remove.
const BUSY: LogIngestChanges = LogIngestChanges {
    config: "\n[derive]\ninterval_ms = 150\nrollup_interval_ms = 200\n\n\
        [maintain]\ncompact_interval_s = 1\ncompact_min_files = 3\ncompact_rows = 20000\n\
        settled_after_s = 0\ncleanup_interval_s = 1\nvacuum_hours = 24\n\n\
        [retention]\nbid_notices = 1\n",
    tables: "",
    log_filter: Some("warn,log_ingest=info,log_receiver=info,log_ingest::stage=debug"),
};

/// What was sent, killed and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs that were killed.
    pub rounds: u32,
    /// Messages that were on their way when a run died and sent again.
    pub resent: u64,
    /// Events that were acknowledged.
    pub acknowledged: u64,
    /// Events of these that are in no table.
    pub lost: u64,
    /// Rows beyond the first of an event, and derived rows that count one twice.
    pub doubled: u64,
    /// Kills that struck in the middle of each stage of the work on tables; one may strike several.
    pub struck: BTreeMap<String, u32>,
    /// Commits of the tables' logs by what they did.
    pub commits: BTreeMap<String, u32>,
}

impl Tally {
    /// Stages in which no run has died.
    pub fn spared(&self) -> Vec<&'static str> {
        let spared = |stage: &&str| !self.struck.contains_key(*stage);
        STAGES.iter().copied().filter(spared).collect()
    }
}

/// Kills log-ingest this many times; the moments follow from the seed.
///
/// # Errors
/// When a program does not start, or the tables do not answer.
pub async fn crash(rounds: u32, seed: u64) -> anyhow::Result<Tally> {
    let mut stack = Stack::start(Plan::worked_example()).await?;
    stack.configure_log_ingest(BUSY);
    stack.crash_log_ingest().await?;
    let mut random = Random(seed);
    let mut tally = Tally::default();
    let mut senders = Sender::all();
    let mut log = stages::Log::of(&stack)?;
    while tally.rounds < rounds {
        let block = tally.rounds / BLOCK;
        let end = rounds.min((block + 1) * BLOCK);
        while tally.rounds < end {
            leave_an_orphan(&stack, tally.rounds)?;
            let death = Duration::from_millis(random.within(DEATH_MS));
            let config;
            (senders, config) = live_and_die(&mut stack, senders, block, death).await?;
            log.count_in_flight(&mut tally.struck)?;
            stack.start_log_ingest(&config).await?;
            tally.resent += u64::try_from(senders.iter().filter(|s| s.owes()).count())?;
            tally.rounds += 1;
        }
        let mut acknowledged = 0;
        for sender in &mut senders {
            acknowledged += sender.settle(&Target::of(&stack)?).await?;
        }
        tables::read_block(&stack, block, acknowledged, &mut tally).await?;
    }
    tables::read_all(&stack, &mut tally).await?;
    Ok(tally)
}

/// Load on one run until it is killed; the senders, and what starts the next run.
async fn live_and_die(
    stack: &mut Stack,
    senders: Vec<Sender>,
    block: u32,
    death: Duration,
) -> anyhow::Result<(Vec<Sender>, String)> {
    let target = Target::of(stack)?;
    let mut load = JoinSet::new();
    for mut sender in senders {
        let target = target.clone();
        load.spawn(async move {
            // It ends with the run that it talks to.
            drop(sender.send_on(&target, block).await);
            sender
        });
    }
    tokio::time::sleep(death).await;
    let config = stack.kill_log_ingest()?;
    let mut senders = Vec::new();
    while let Some(sender) = load.join_next().await {
        senders.push(sender?);
    }
    Ok((senders, config))
}

/// A file as a write leaves it that was cut off before its commit, old enough to be cleaned up.
fn leave_an_orphan(stack: &Stack, number: u32) -> anyhow::Result<()> {
    let day = stack.data().join("tables/bids/event_date=2026-01-01");
    std::fs::create_dir_all(&day)?;
    let file = File::create(day.join(format!("part-orphan-{number}.parquet")))?;
    let then = Utc::now()
        .checked_sub_days(Days::new(10))
        .context("no day")?;
    file.set_modified(then.into())?;
    Ok(())
}

/// A small generator whose numbers follow from its seed (`SplitMix64`).
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn within(&mut self, range: std::ops::Range<u64>) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        range.start + (mixed ^ (mixed >> 31)) % (range.end - range.start)
    }
}
