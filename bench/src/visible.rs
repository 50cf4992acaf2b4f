//! How long an acknowledged event takes until a query sees it, with log-ingest as configured by default.
//!
//! One event at a time, so that nothing but log-ingest's own pace decides; the tables lie on disk or in an
//! S3-compatible store. In the end, the one with tables on disk is killed right after each acknowledgement, so that its
//! events wait until it has started again, too.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::rows::{Row, rounded, row};
use crate::spread::Spread;
use system_tests::client::Client;
use system_tests::config_files;
use system_tests::program::Program;
use system_tests::s3::{BUCKET, FaultyStore, KEY_ID};
use system_tests::wait;

const EVENTS: u32 = 30;
/// Each kill includes waiting for the program to start.
const KILLS: u32 = 10;

/// One row for each place of the tables, and for kills.
///
/// # Errors
/// When log-ingest does not start, refuses an event, or never shows it.
pub async fn visible() -> anyhow::Result<Vec<Row>> {
    let store = FaultyStore::start().await?;
    let mut on_disk = Instance::start(&|folder| tables_on_disk(folder)).await?;
    let on_store = Instance::start(&|_| tables_in(&store)).await?;
    Ok(vec![
        line("tables on disk", &on_disk.run(EVENTS).await?),
        line(
            "tables in an S3-compatible store",
            &on_store.run(EVENTS).await?,
        ),
        line(
            "tables on disk, killed after the ack",
            &on_disk.killed(KILLS).await?,
        ),
    ])
}

fn line(what: &str, spread: &Spread) -> Row {
    row(json!({
        "what": what,
        "visible_after_ms_p50": rounded(spread.percentile_ms(50)),
        "visible_after_ms_max": rounded(spread.percentile_ms(100)),
    }))
}

fn tables_on_disk(folder: &Path) -> String {
    format!("[tables]\ndirectory = {:?}\n", folder.join("tables"))
}

fn tables_in(store: &FaultyStore) -> String {
    format!(
        "[tables]\ndirectory = \"s3://{BUCKET}/earlybid\"\n[tables.s3]\nendpoint = \"{}\"\nregion = \"us-east-1\"\n\
         access_key_id = \"{KEY_ID}\"\nsecret_access_key = \"secret\"\n",
        store.endpoint
    )
}

/// The settings of its tables, for an instance with this folder.
type Tables<'a> = &'a dyn Fn(&Path) -> String;

/// A log-ingest with nothing in it yet.
#[derive(Debug)]
struct Instance {
    log: Program,
    config: String,
    client: Client,
    /// Deleted last.
    folder: TempDir,
}

impl Instance {
    async fn start(tables: Tables<'_>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut config = format!("[buffer]\ndirectory = {:?}\n", folder.path().join("buffer"));
        config += &config_files::log_ingest_ports(None);
        config += &tables(folder.path());
        Ok(Self {
            log: serve(&config, folder.path()).await?,
            config,
            client: Client::new()?,
            folder,
        })
    }

    async fn run(&self, events: u32) -> anyhow::Result<Spread> {
        let mut spread = Spread::default();
        for number in 0..events {
            let id = format!("seen-{number}");
            let acknowledged = self.send(&id).await?;
            spread.add(vec![self.seen(&id, acknowledged).await?]);
        }
        Ok(spread)
    }

    /// The same, with the program killed right after the acknowledgement.
    async fn killed(&mut self, times: u32) -> anyhow::Result<Spread> {
        let mut spread = Spread::default();
        for number in 0..times {
            let id = format!("killed-{number}");
            let acknowledged = self.send(&id).await?;
            self.log.kill_now()?;
            self.log = serve(&self.config, self.folder.path()).await?;
            spread.add(vec![self.seen(&id, acknowledged).await?]);
        }
        Ok(spread)
    }

    /// When it was acknowledged.
    async fn send(&self, id: &str) -> anyhow::Result<Instant> {
        let event =
            json!({"event_id": id, "event": "ad_rendered", "page_view_id": id, "elapsed_ms": 1});
        let url = self.log.url("http", "/ads.render");
        let (status, answer) = self.client.post(&url, event.to_string()).await?;
        anyhow::ensure!(status == 204, "log-ingest answered {status}: {answer}");
        Ok(Instant::now())
    }

    async fn seen(&self, id: &str, since: Instant) -> anyhow::Result<Duration> {
        let sql = format!("SELECT 1 FROM render_events WHERE event_id = '{id}'");
        wait::until(&sql, async || {
            let rows = self.client.sql(&self.log, &sql).await?;
            Ok((rows.len() == 1).then(|| since.elapsed()))
        })
        .await
    }
}

async fn serve(config: &str, folder: &Path) -> anyhow::Result<Program> {
    let log = Program::start("log-ingest", &["serve"], config, folder).await;
    log.context("log-ingest")
}
