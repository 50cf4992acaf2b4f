//! Minutes of a steady load: how soon its events can be asked for, and what log-ingest needs for all of it, with landing,
//! deriving and joining as they come.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::json;
use system_tests::pace::{Calls, steady};
use tokio::time::{Instant, sleep};

use super::events::records;
use super::{Bench, PATIENCE};
use crate::process::{cpu_seconds, peak_resident_mib};
use crate::rows::{Row, rounded, row};
use crate::spread::Spread;

/// Joined after a minute in place of five, so that the time of the measurement has some of it.
const JOIN_SOON: &str = "[maintain]\ncompact_interval_s = 60\nsettled_after_s = 60\n";
/// 50 posts a second, each of 20 events: 1000 events a second.
const POST_EVERY: Duration = Duration::from_millis(20);
const EVENTS_A_POST: u32 = 20;
/// How often it is asked for the last marked event.
const POLL: Duration = Duration::from_millis(200);

/// One row for a load of so long.
///
/// # Errors
/// When log-ingest does not start, refuses something, or does not have all of it in the end.
pub(super) async fn steady_load(lasting: Duration) -> anyhow::Result<Row> {
    let bench = Bench::start_with("", JOIN_SOON).await?;
    let (before, began) = (cpu_seconds(bench.log.id())?, Instant::now());
    let until = began + lasting;
    let (sent, visible, derived) = tokio::join!(
        bench.posts(0, until),
        bench.seen_in("render_events", until),
        bench.seen_in("ad_renders", until),
    );
    let (visible, derived) = (visible?, derived?);
    ensure!(sent.refused.is_empty(), "refused: {:?}", sent.refused);
    let marks = visible.len() + derived.len();
    let events = u32::try_from(sent.took.len() * EVENTS_A_POST as usize + marks)?;
    let stored = tokio::time::timeout(PATIENCE, bench.stored(events));
    stored
        .await
        .context("the tables did not get everything")??;
    let cpu = cpu_seconds(bench.log.id())? - before;
    bench.check(events).await?;
    let (files, bytes) = disk(&bench.folder.path().join("tables"))?;
    let (acks, visible, derived) = (spread(sent.took), spread(visible), spread(derived));
    Ok(row(json!({
        "what": format!("{} s of 1000 events a second", lasting.as_secs()),
        "events": events,
        "ack_p99_ms": rounded(acks.percentile_ms(99)),
        "visible_after_ms_p50": rounded(visible.percentile_ms(50)),
        "visible_after_ms_max": rounded(visible.percentile_ms(100)),
        "derived_after_ms_p50": rounded(derived.percentile_ms(50)),
        "derived_after_ms_max": rounded(derived.percentile_ms(100)),
        "cpu_s_per_million": rounded(cpu / f64::from(events) * 1e6),
        "peak_mib": peak_resident_mib(bench.log.id())?.round(),
        "files": files,
        "disk_mib": bytes.div_ceil(1 << 20),
    })))
}

impl Bench {
    /// Posts events at a steady pace, each only once: of so many posts there were before, they differ.
    pub(super) async fn posts(&self, before: u32, until: Instant) -> Calls {
        steady(POST_EVERY, until, |number| {
            let (client, url) = (self.client.clone(), self.log.url("http", "/ads.render"));
            async move {
                let body = serde_json::to_string(&records(EVENTS_A_POST, before + number))?;
                let (status, answer) = client.post(&url, body).await?;
                ensure!(status == 204, "log-ingest answered {status}: {answer}");
                Ok(())
            }
        })
        .await
    }

    /// Sends one marked event after another, each when the one before has been seen in the table; how long each took.
    async fn seen_in(&self, table: &str, until: Instant) -> anyhow::Result<Vec<Duration>> {
        let mut lags = Vec::new();
        while Instant::now() < until {
            let id = format!("seen-in-{table}-{}", lags.len());
            let event = json!({
                "event_id": id, "page_view_id": id, "event": "ad_rendered", "slot": "div-top", "elapsed_ms": 1,
            });
            let url = self.log.url("http", "/ads.render");
            let (status, answer) = self.client.post(&url, event.to_string()).await?;
            ensure!(status == 204, "log-ingest answered {status}: {answer}");
            let acknowledged = Instant::now();
            let sql = format!("SELECT 1 AS n FROM {table} WHERE page_view_id = '{id}'");
            while self.client.sql(&self.log, &sql).await?.is_empty() {
                ensure!(acknowledged.elapsed() < PATIENCE, "{id} is never seen");
                sleep(POLL).await;
            }
            lags.push(acknowledged.elapsed());
        }
        Ok(lags)
    }
}

/// Files below a folder, and their bytes.
fn disk(folder: &Path) -> anyhow::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (more, length) = match entry.metadata()? {
            found if found.is_dir() => disk(&entry.path())?,
            found => (1, found.len()),
        };
        files += more;
        bytes += length;
    }
    Ok((files, bytes))
}

pub(super) fn spread(times: Vec<Duration>) -> Spread {
    let mut spread = Spread::default();
    spread.add(times);
    spread
}
