//! log-ingest killed at random moments under load: what was acknowledged is in the tables, once.
//!
//! Senders of both inputs keep what got no answer and send the same bytes again to the next run, as clients do. So each
//! message is acknowledged in the end, and each of its events has to be there exactly once: fewer is a loss,
//! more is a repetition that was not recognised.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use forward_protocol::encode;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use crate::forward_sender::{ForwardSender, entries};
use crate::stack::{Plan, Stack};
use crate::wait;

/// Senders of each input.
const SENDERS: u32 = 2;
/// Events in a message.
const EVENTS: u64 = 10;
/// Rounds after which the tables are read, so that one answer holds all messages of a block.
const BLOCK: u32 = 25;
/// A run dies between these many milliseconds after it listens. Segments are sealed every 100 ms, so that
/// deaths fall into writing, sealing, and committing to tables alike.
const DEATH_MS: std::ops::Range<u64> = 20..700;

/// What came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Runs that were killed.
    pub rounds: u32,
    /// Messages that were in the air at a death and sent again.
    pub resent: u64,
    /// Events that were acknowledged.
    pub acknowledged: u64,
    /// Events of these that are in no table.
    pub lost: u64,
    /// Rows beyond the first of an event.
    pub doubled: u64,
}

/// Kills log-ingest so many times; the moments follow from the seed.
///
/// # Errors
/// When a program does not start, or the tables do not answer.
pub async fn crash(rounds: u32, seed: u64) -> anyhow::Result<Outcome> {
    let mut stack = Stack::start(Plan::worked_example()).await?;
    stack.tidy_tables_often();
    let mut random = Random(seed);
    let mut outcome = Outcome::default();
    let mut senders: Vec<Sender> = (0..2 * SENDERS).map(Sender::new).collect();
    while outcome.rounds < rounds {
        let block = outcome.rounds / BLOCK;
        let end = rounds.min((block + 1) * BLOCK);
        while outcome.rounds < end {
            let death = Duration::from_millis(random.within(DEATH_MS));
            senders = live_and_die(&mut stack, senders, block, death).await?;
            outcome.resent += u64::try_from(senders.iter().filter(|s| s.owed.is_some()).count())?;
            outcome.rounds += 1;
        }
        let mut acknowledged = 0;
        for sender in &mut senders {
            sender.send_owed(&Target::of(&stack)?).await?;
            acknowledged += std::mem::take(&mut sender.acknowledged);
        }
        outcome.read(&stack, block, acknowledged).await?;
    }
    Ok(outcome)
}

/// Load on one run until it is killed; starts the next one.
async fn live_and_die(
    stack: &mut Stack,
    senders: Vec<Sender>,
    block: u32,
    death: Duration,
) -> anyhow::Result<Vec<Sender>> {
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
    stack.start_log_ingest(&config).await?;
    Ok(senders)
}

/// Where a run listens.
#[derive(Debug, Clone)]
struct Target {
    forward: String,
    http: String,
    client: reqwest::Client,
}

impl Target {
    fn of(stack: &Stack) -> anyhow::Result<Self> {
        let log = stack.log()?;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20));
        Ok(Self {
            forward: log.address("forward").to_owned(),
            http: log.url("http", "/ads.render"),
            client: client.build()?,
        })
    }
}

/// One sender over all runs.
#[derive(Debug)]
struct Sender {
    number: u32,
    next: u64,
    /// A message that was sent and not acknowledged yet.
    owed: Option<Message>,
    acknowledged: u64,
}

/// A name, and the bytes that go by it.
#[derive(Debug, Clone)]
struct Message {
    chunk: String,
    bytes: Vec<u8>,
}

impl Sender {
    fn new(number: u32) -> Self {
        Self {
            number,
            next: 0,
            owed: None,
            acknowledged: 0,
        }
    }

    fn is_forward(&self) -> bool {
        self.number < SENDERS
    }

    /// Message after message, until one gets no answer.
    async fn send_on(&mut self, target: &Target, block: u32) -> anyhow::Result<()> {
        let mut forward = match self.is_forward() {
            true => Some(ForwardSender::connect(&target.forward).await?),
            false => None,
        };
        loop {
            if self.owed.is_none() {
                self.owed = Some(self.message(block));
            }
            self.deliver(target, forward.as_mut()).await?;
        }
    }

    /// What is still owed, to a run that lives.
    async fn send_owed(&mut self, target: &Target) -> anyhow::Result<()> {
        if self.owed.is_none() {
            return Ok(());
        }
        let mut forward = match self.is_forward() {
            true => Some(ForwardSender::connect(&target.forward).await?),
            false => None,
        };
        self.deliver(target, forward.as_mut()).await
    }

    async fn deliver(
        &mut self,
        target: &Target,
        forward: Option<&mut ForwardSender>,
    ) -> anyhow::Result<()> {
        let message = self.owed.clone().context("nothing is owed")?;
        match forward {
            Some(forward) => forward.send(&message.bytes, &message.chunk).await?,
            None => {
                let request = target.client.post(&target.http);
                let request = request.header("idempotency-key", &message.chunk);
                let answer = request.body(message.bytes).send().await?;
                ensure!(answer.status() == 204, "answered {}", answer.status());
            }
        }
        self.owed = None;
        self.acknowledged += EVENTS;
        Ok(())
    }

    fn message(&mut self, block: u32) -> Message {
        let chunk = format!("{}-{}-{}", prefix(block), self.number, self.next);
        self.next += 1;
        let records: Vec<Map<String, Value>> = (0..EVENTS)
            .filter_map(|event| {
                let record = json!({
                    "event_id": format!("{chunk}-{event}"),
                    "event": "page_started",
                    "page_view_id": chunk,
                });
                record.as_object().cloned()
            })
            .collect();
        let bytes = match self.is_forward() {
            true => encode::packed_forward("ads.render", &entries(&records), Some(&chunk)),
            false => json!(records).to_string().into_bytes(),
        };
        Message { chunk, bytes }
    }
}

fn prefix(block: u32) -> String {
    format!("crash{block:05}")
}

impl Outcome {
    /// Compares what was acknowledged in a block with the tables. A message that was refused half-way is in
    /// `owed` and has been sent again, so there are no others.
    async fn read(&mut self, stack: &Stack, block: u32, acknowledged: u64) -> anyhow::Result<()> {
        let query = format!(
            "SELECT count(*) AS stored, count(DISTINCT event_id) AS different \
             FROM render_events WHERE page_view_id LIKE '{}-%'",
            prefix(block)
        );
        landed(stack).await?;
        let rows = stack.client.sql(stack.log()?, &query).await?;
        let row = rows.first().context("no row")?;
        let (stored, different) = (number(row, "stored")?, number(row, "different")?);
        self.acknowledged += acknowledged;
        self.lost += acknowledged.saturating_sub(different);
        self.doubled += stored - different;
        ensure!(
            different <= acknowledged,
            "{different} events are stored of {acknowledged} sent"
        );
        Ok(())
    }
}

/// Waits until the buffer is empty, for as long as it gets emptier: runs that die young leave much behind.
async fn landed(stack: &Stack) -> anyhow::Result<()> {
    let url = stack.log()?.url("http", "/status");
    let mut before = u64::MAX;
    loop {
        let mut left = before;
        let empty = wait::until("an empty buffer", async || {
            let status: Value = serde_json::from_str(&stack.client.get(&url).await?)?;
            left = number(&status, "buffered_bytes")?;
            Ok((left == 0).then_some(()))
        });
        match empty.await {
            Ok(()) => return Ok(()),
            Err(_) if left < before => before = left,
            Err(error) => return Err(error),
        }
    }
}

fn number(row: &Value, name: &str) -> anyhow::Result<u64> {
    row[name]
        .as_u64()
        .with_context(|| format!("no {name} in {row}"))
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
