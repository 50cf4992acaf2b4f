//! How many events a second log-ingest acknowledges, and how many it has in the tables, against the disk's own limit.
//!
//! The limit writes the same bytes from as many threads, each appending to its file and calling
//! `fdatasync` before its next chunk: what a receiver would reach that promises the same and does
//! nothing else.
//!
//! Each way is measured twice, on a log-ingest of its own: to the buffer, with nothing landing meanwhile, and until the
//! tables have everything, as configured by default. Events are made before the clock starts, and only the processor time
//! of log-ingest counts.
//!
//! Then come minutes of a steady load ([`steady`]), and acknowledgements beside queries that would take all there is
//! ([`beside_queries`]).

mod beside_queries;
mod events;
mod steady;
mod ways;

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::process::{cpu_seconds, peak_resident_mib};
use crate::rows::{Row, rounded, row};
pub(crate) use events::records;
use system_tests::client::Client;
use system_tests::config_files;
use system_tests::forward_sender::entries;
use system_tests::program::Program;
use ways::{Messages, WAYS, Way};

const LIMIT_THREADS: u32 = 4;
const LIMIT_CHUNKS: u32 = 100;
const LIMIT_EVENTS: u32 = 1000;
/// How often the tables are asked whether they have everything; asking costs log-ingest next to nothing.
const POLL: Duration = Duration::from_millis(50);
/// No run takes longer than this.
const PATIENCE: Duration = Duration::from_secs(300);

/// Everything stays in the buffer.
const BUFFER_ONLY: &str = "segment_bytes = 1073741824\nsegment_age_ms = 3600000\n";

/// The disk alone, the forward protocol with acks, and HTTP as browsers use it.
///
/// # Errors
/// When a program does not start, something sent is refused, or the tables do not get it.
pub async fn ingest(seconds: u64) -> anyhow::Result<Vec<Row>> {
    let chunk = entries(&records(LIMIT_EVENTS, 0)).as_bytes().to_vec();
    let folder = tempfile::tempdir()?;
    let limit = disk_limit(&chunk, folder.path())?;
    let mut rows = vec![row(json!({
        "what": "the disk alone: append, fdatasync, 1000 events each",
        "events_per_second": limit.round(),
        "to_limit": 1.0,
    }))];
    for way in WAYS {
        let messages = way.messages()?;
        let to_buffer = Bench::start(BUFFER_ONLY)
            .await?
            .buffer(way, &messages)
            .await?;
        rows.push(to_buffer.row(&format!("{}, to the buffer", way.what), limit));
        let to_tables = Bench::start("").await?.tables(way, &messages).await?;
        rows.push(to_tables.row(&format!("{}, to the tables", way.what), limit));
    }
    let steady = Duration::from_secs(seconds);
    rows.push(steady::steady_load(steady).await?);
    rows.extend(beside_queries::beside_queries(steady / 5).await?);
    Ok(rows)
}

/// A log-ingest with nothing in it yet.
#[derive(Debug)]
struct Bench {
    log: Program,
    client: Client,
    /// Deleted last.
    folder: TempDir,
}

/// What one way of sending took.
#[derive(Debug)]
struct Measured {
    events_per_second: f64,
    cpu_seconds_per_million: f64,
    peak_resident_mib: f64,
    ack_p99_ms: f64,
}

impl Bench {
    async fn start(buffer: &str) -> anyhow::Result<Self> {
        Self::start_with(buffer, "").await
    }

    /// With lines of `[buffer]`, and other sections.
    async fn start_with(buffer: &str, more: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        let config = format!(
            "[buffer]\ndirectory = {:?}\n{buffer}[tables]\ndirectory = {:?}\n{more}{}",
            path.join("buffer"),
            path.join("tables"),
            config_files::log_ingest_ports(None),
        );
        Ok(Self {
            log: Program::start("log-ingest", &["serve"], &config, path).await?,
            client: Client::new()?,
            folder,
        })
    }

    /// Until the last answer.
    async fn buffer(&self, way: Way, messages: &Messages) -> anyhow::Result<Measured> {
        let (before, started) = (cpu_seconds(self.log.id())?, Instant::now());
        let waits = way.send(&self.log, messages).await?;
        self.measured(way, (before, started), waits)
    }

    /// Until the tables have all.
    async fn tables(&self, way: Way, messages: &Messages) -> anyhow::Result<Measured> {
        let (before, started) = (cpu_seconds(self.log.id())?, Instant::now());
        let waits = way.send(&self.log, messages).await?;
        let stored = tokio::time::timeout(PATIENCE, self.stored(way.events()));
        stored
            .await
            .context("the tables did not get everything")??;
        let measured = self.measured(way, (before, started), waits)?;
        self.check(way.events()).await?;
        Ok(measured)
    }

    fn measured(
        &self,
        way: Way,
        (before, started): (f64, Instant),
        mut waits: Vec<f64>,
    ) -> anyhow::Result<Measured> {
        let seconds = started.elapsed().as_secs_f64();
        let events = f64::from(way.events());
        waits.sort_by(f64::total_cmp);
        Ok(Measured {
            events_per_second: events / seconds,
            cpu_seconds_per_million: (cpu_seconds(self.log.id())? - before) / events * 1e6,
            peak_resident_mib: peak_resident_mib(self.log.id())?,
            ack_p99_ms: *waits.get(waits.len() * 99 / 100).context("no answers")?,
        })
    }

    async fn stored(&self, events: u32) -> anyhow::Result<()> {
        let url = self.log.url("sql", "/metrics");
        loop {
            let page = self.client.get(&url).await?;
            let count = page
                .lines()
                .find_map(|line| line.strip_prefix("log_ingest_stored_events_total "));
            if count.context("no such metric")?.parse::<u32>()? >= events {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// A figure of rows that nobody can query would be worth nothing.
    async fn check(&self, events: u32) -> anyhow::Result<()> {
        let sql = "SELECT count(DISTINCT event_id) AS events FROM render_events";
        let rows = self.client.sql(&self.log, sql).await?;
        let found = rows
            .first()
            .and_then(|row| row.get("events"))
            .and_then(Value::as_u64);
        ensure!(
            found == Some(u64::from(events)),
            "{found:?} of {events} events in the table"
        );
        Ok(())
    }
}

impl Measured {
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
        let writers: Vec<_> = (0..LIMIT_THREADS)
            .map(|sender| {
                let file = folder.join(sender.to_string());
                scope.spawn(move || -> std::io::Result<()> {
                    let mut file = std::fs::File::create(file)?;
                    for _ in 0..LIMIT_CHUNKS {
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
    let events = f64::from(LIMIT_THREADS * LIMIT_CHUNKS * LIMIT_EVENTS);
    Ok(events / started.elapsed().as_secs_f64())
}
