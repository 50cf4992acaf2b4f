//! How many events a second log-ingest acknowledges, against the disk's own limit.
//!
//! The limit writes the same bytes from as many threads, each appending to its file and calling
//! `fdatasync` before its next chunk: what any receiver would reach that promises the same and does
//! nothing else.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use forward_protocol::encode;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::process::{cpu_seconds, peak_resident_mib};
use super::{Row, rounded, row};
use crate::forward_sender::{ForwardSender, entries};
use crate::stack::{Plan, Stack};

const SENDERS: u32 = 4;
const CHUNKS_A_SENDER: u32 = 50;
const EVENTS_A_CHUNK: u32 = 1000;
const HTTP_SENDERS: u32 = 8;

/// One way of sending: events in a message, and messages of each sender.
#[derive(Debug, Clone, Copy)]
struct Way {
    events: u32,
    messages: u32,
}

/// The disk alone, the forward protocol with acks, and HTTP as browsers use it.
///
/// # Errors
/// When a program does not start or something sent is refused.
pub async fn ingest() -> anyhow::Result<Vec<Row>> {
    let chunk = entries(&records(EVENTS_A_CHUNK, 0)).as_bytes().to_vec();
    let folder = tempfile::tempdir()?;
    let limit = disk_limit(&chunk, folder.path())?;
    let mut rows = vec![row(json!({
        "what": "the disk alone: append, fdatasync, 1000 events each",
        "events_per_second": limit.round(),
        "to_limit": 1.0,
    }))];
    for (events, messages) in [(EVENTS_A_CHUNK, CHUNKS_A_SENDER), (100, 200)] {
        let what = format!("forward protocol with ack, {events} events a chunk");
        rows.push(
            Measured::forward(Way { events, messages })
                .await?
                .row(&what, limit),
        );
    }
    for (events, messages) in [(100, 100), (1, 300)] {
        let what = format!("HTTP, {events} events a post, answered after fdatasync");
        rows.push(
            Measured::http(Way { events, messages })
                .await?
                .row(&what, limit),
        );
    }
    Ok(rows)
}

/// What one way of sending took, on a log-ingest of its own.
#[derive(Debug)]
struct Measured {
    events_per_second: f64,
    cpu_seconds_per_million: f64,
    peak_resident_mib: f64,
    ack_p99_ms: f64,
}

impl Measured {
    async fn forward(way: Way) -> anyhow::Result<Self> {
        let stack = Stack::start(Plan::worked_example()).await?;
        let log = stack.log()?;
        let mut connections = Vec::new();
        for _ in 0..SENDERS {
            connections.push(ForwardSender::connect(log.address("forward")).await?);
        }
        let packed = std::sync::Arc::new(entries(&records(way.events, 1)));
        let mut senders = JoinSet::new();
        for (sender, mut connection) in connections.into_iter().enumerate() {
            let packed = std::sync::Arc::clone(&packed);
            senders.spawn(async move {
                let mut waits = Vec::new();
                for number in 0..way.messages {
                    let chunk = format!("{sender}-{number}");
                    let message = encode::packed_forward("ads.render", &packed, Some(&chunk));
                    let began = Instant::now();
                    connection.send(&message, &chunk).await?;
                    waits.push(began.elapsed().as_secs_f64() * 1000.0);
                }
                Ok(waits)
            });
        }
        Self::of(log.id(), way, senders).await
    }

    async fn http(way: Way) -> anyhow::Result<Self> {
        let stack = Stack::start(Plan::worked_example()).await?;
        let log = stack.log()?;
        let (url, body) = (
            log.url("http", "/ads.render"),
            serde_json::to_string(&records(way.events, 2))?,
        );
        let client = reqwest::Client::builder().build()?;
        let mut senders = JoinSet::new();
        for _ in 0..HTTP_SENDERS {
            let (client, url, body) = (client.clone(), url.clone(), body.clone());
            senders.spawn(async move {
                let mut waits = Vec::new();
                for _ in 0..way.messages {
                    let began = Instant::now();
                    let post = client.post(&url).body(body.clone());
                    post.send().await?.error_for_status()?;
                    waits.push(began.elapsed().as_secs_f64() * 1000.0);
                }
                Ok(waits)
            });
        }
        Self::of(log.id(), way, senders).await
    }

    /// The processor time is that of the whole program until the last answer, tables included as far as they got.
    async fn of(
        process: u32,
        way: Way,
        mut senders: JoinSet<anyhow::Result<Vec<f64>>>,
    ) -> anyhow::Result<Self> {
        let (before, started) = (cpu_seconds(process)?, Instant::now());
        let mut waits = Vec::new();
        while let Some(sender) = senders.join_next().await {
            waits.extend(sender??);
        }
        let events = f64::from(way.events) * f64::from(u32::try_from(waits.len())?);
        waits.sort_by(f64::total_cmp);
        Ok(Self {
            events_per_second: events / started.elapsed().as_secs_f64(),
            cpu_seconds_per_million: (cpu_seconds(process)? - before) / events * 1e6,
            peak_resident_mib: peak_resident_mib(process)?,
            ack_p99_ms: *waits.get(waits.len() * 99 / 100).context("no answers")?,
        })
    }

    fn row(&self, what: &str, limit: f64) -> Row {
        row(json!({
            "what": what,
            "events_per_second": self.events_per_second.round(),
            "to_limit": rounded(self.events_per_second / limit),
            "cpu_s_per_million": rounded(self.cpu_seconds_per_million),
            "peak_mib": self.peak_resident_mib.round(),
            "ack_p99_ms": rounded(self.ack_p99_ms),
        }))
    }
}

fn disk_limit(chunk: &[u8], folder: &Path) -> anyhow::Result<f64> {
    let started = Instant::now();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let file = folder.join(sender.to_string());
                scope.spawn(move || -> std::io::Result<()> {
                    let mut file = std::fs::File::create(file)?;
                    for _ in 0..CHUNKS_A_SENDER {
                        file.write_all(chunk)?;
                        file.sync_data()?;
                    }
                    Ok(())
                })
            })
            .collect();
        for writer in writers {
            writer.join().ok().context("a writer panicked")??;
        }
        anyhow::Ok(())
    })?;
    Ok(rate(SENDERS * CHUNKS_A_SENDER * EVENTS_A_CHUNK, started))
}

fn rate(events: u32, started: Instant) -> f64 {
    f64::from(events) / started.elapsed().as_secs_f64()
}

/// Render events as the SDK sends them: 16 fields, about 400 bytes of JSON.
pub(super) fn records(count: u32, batch: u32) -> Vec<Map<String, Value>> {
    const STEPS: [&str; 6] = [
        "loader_started",
        "auction_requested",
        "bids_returned",
        "targeting_set",
        "ad_server_requested",
        "ad_rendered",
    ];
    const VARIANTS: [&str; 4] = ["waterfall", "serial", "prebid", "early"];
    (0..count)
        .map(|number| {
            let (view, step) = (number / 6, number % 6);
            let page_view_id = format!("{batch:016x}{view:016x}");
            let step_name = STEPS.get(step as usize).copied().unwrap_or_default();
            let variant = VARIANTS
                .get((view % 4) as usize)
                .copied()
                .unwrap_or_default();
            row(json!({
                "event_id": format!("{page_view_id}-{step}"),
                "seq": step,
                "page_view_id": page_view_id,
                "auction_id": format!("{view:032x}"),
                "event": step_name,
                "elapsed_ms": f64::from(step * 40 + view % 97),
                "client_time": 1_795_000_000_000_u64 + u64::from(number),
                "site": "recipes",
                "page_type": "recipe",
                "variant": variant,
                "page_path": "/recipes/onion-soup",
                "slot": "div-top",
                "cpm": f64::from(view % 30) / 10.0,
                "currency": "USD",
                "device": "desktop",
                "sdk_version": "0.1.0",
            }))
        })
        .collect()
}
