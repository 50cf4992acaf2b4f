//! A year of roll-ups: what percentiles of each day cost when they come from buckets.

use std::time::Duration;

use chrono::{Days, Utc};
use serde_json::{Value, json};

use system_tests::stack::{LogIngestChanges, Stack};
use system_tests::wait;

const HOURS: u32 = 365 * 24;
/// Slot renders in an hour.
const RENDERS: u32 = 20;
/// Hours in a body.
const HOURS_A_BODY: u32 = 50;

/// Events of a year ago are taken, and everything is derived soon.
const OLD: LogIngestChanges = LogIngestChanges {
    config: "\n[derive]\ninterval_ms = 1000\nrollup_interval_ms = 1000\n",
    tables: "past_days = 400\n",
    log_filter: None,
};

/// Queries over it, by name.
pub(crate) const QUERIES: [(&str, &str); 3] = [
    (
        "a year of slot renders: p50, p95, p99 of each day",
        "SELECT event_date, approx_percentile_cont(d_total, 0.5), approx_percentile_cont(d_total, 0.95), \
         approx_percentile_cont(d_total, 0.99) FROM ad_renders WHERE d_total IS NOT NULL GROUP BY 1",
    ),
    (
        "a year of roll-ups: p50, p95, p99 of each day",
        "WITH buckets AS (SELECT event_date, bucket, SUM(n) AS n FROM latency_hist \
         WHERE measure = 'd_total' GROUP BY 1, 2), \
         ranked AS (SELECT *, SUM(n) OVER (PARTITION BY event_date ORDER BY bucket) AS up_to, \
         SUM(n) OVER (PARTITION BY event_date) AS total FROM buckets) \
         SELECT event_date, MIN(bucket) FILTER (WHERE up_to >= 0.5 * total), \
         MIN(bucket) FILTER (WHERE up_to >= 0.95 * total), MIN(bucket) FILTER (WHERE up_to >= 0.99 * total) \
         FROM ranked GROUP BY 1",
    ),
    (
        "a year of roll-ups: p95 of the year",
        "WITH buckets AS (SELECT bucket, SUM(n) AS n FROM latency_hist WHERE measure = 'd_total' GROUP BY 1), \
         ranked AS (SELECT *, SUM(n) OVER (ORDER BY bucket) AS up_to, SUM(n) OVER () AS total FROM buckets) \
         SELECT MIN(bucket) FILTER (WHERE up_to >= 0.95 * total) FROM ranked",
    ),
];

/// Sends a year of slot renders and waits until they are rolled up; the number of them.
pub(crate) async fn fill(stack: &mut Stack) -> anyhow::Result<u32> {
    stack.configure_log_ingest(OLD);
    stack.crash_log_ingest().await?;
    let first = Utc::now().checked_sub_days(Days::new(366));
    let first_ms = first.map_or(0, |time| time.timestamp_millis());
    let url = stack.log()?.url("http", "/ads.render");
    for hour in (0..HOURS).step_by(usize::try_from(HOURS_A_BODY)?) {
        let renders: Value = (hour * RENDERS..(hour + HOURS_A_BODY).min(HOURS) * RENDERS)
            .map(|number| render(number, first_ms))
            .collect();
        let (status, answer) = stack.client.post(&url, renders.to_string()).await?;
        anyhow::ensure!(status == 204, "log-ingest answered {status}: {answer}");
    }
    let all = HOURS * RENDERS;
    let sql = "SELECT SUM(n) AS n FROM latency_hist WHERE measure = 'd_total' AND event_date < CURRENT_DATE";
    let (mut before, mut now) = (None, 0);
    while before != Some(now) {
        before = Some(now);
        let rolled_up = wait::until("roll-ups of a year", async || {
            let rows = stack.client.sql(stack.log()?, sql).await?;
            now = rows
                .first()
                .and_then(|row| row["n"].as_u64())
                .unwrap_or_default();
            Ok((now == u64::from(all)).then_some(()))
        });
        if rolled_up.await.is_ok() {
            return Ok(all);
        }
    }
    anyhow::bail!("{now} of {all} slot renders are rolled up")
}

/// One slot render; how long it took follows from its number, from 100 ms to 3 s.
fn render(number: u32, first_ms: i64) -> Value {
    let elapsed_ms = 100 + number.wrapping_mul(2_654_435_761) % 2900;
    let hour = Duration::from_secs(3600).as_millis();
    let at = i64::from(number / RENDERS) * i64::try_from(hour).unwrap_or_default();
    json!({
        "event_id": format!("year-{number}"), "page_view_id": format!("year-{number}"), "slot": "top",
        "event": "ad_rendered", "elapsed_ms": elapsed_ms, "variant": "early", "page_type": "recipe",
        "client_time": first_ms + at + i64::from(elapsed_ms),
    })
}
