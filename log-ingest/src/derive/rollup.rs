//! `latency_hist`, `latency_hist_minute` and `house_delivery`: hours that are counted again whenever
//! a row in them changes.

use std::collections::HashSet;

use ad_events::ad_render::AD_RENDERS;
use ad_events::bid::BIDS;
use ad_events::house::HOUSE_DELIVERY;
use ad_events::latency::{LATENCY_HIST, LATENCY_HIST_MINUTE};
use ad_events::table::Table;
use chrono::DateTime;
use deltalake::arrow::array::RecordBatch;

use super::aside::SetAside;
use super::changes::{self, Changes, Remaining};
use super::isolate::{Separable, run_isolated};
use super::replace::{Replacement, replace};
use super::rows::{Sources, load, named, selected, time};
use super::spans::Spans;
use super::{Deriver, Progress};
use crate::stage::{self, Stage};
use crate::table::commit::ChangeKind;
use crate::table::files::RowSelection;
use crate::table::version::TableVersion;
use crate::table::{TableError, files};

const HOUR_US: i64 = 3_600_000_000;

/// A table whose rows belong to an hour.
#[derive(Debug)]
pub(super) struct RollUpTable {
    table: &'static Table,
    sql: String,
    /// Hours around a slot render in which its auction may lie.
    spread: i64,
}

impl RollUpTable {
    pub(super) fn table(&self) -> &'static Table {
        self.table
    }
}

pub(super) fn targets() -> [RollUpTable; 3] {
    let histogram = |table, grain| RollUpTable {
        table,
        sql: histogram_sql(grain),
        spread: 0,
    };
    [
        histogram(&LATENCY_HIST, "hour"),
        histogram(&LATENCY_HIST_MINUTE, "minute"),
        RollUpTable {
            table: &HOUSE_DELIVERY,
            sql: include_str!("house_delivery.sql").to_owned(),
            spread: 1,
        },
    ]
}

/// Counts again what the next changes of the sources touch.
pub(super) async fn step(deriver: &Deriver, target: &RollUpTable) -> Result<Progress, TableError> {
    let before = deriver.newest(target.table.name).await?;
    let renders = deriver.newest(AD_RENDERS.name).await?;
    let bids = deriver.newest(BIDS.name).await?;
    let new_renders = changes::since(&renders, &before, ROWS_PER_STEP).await?;
    let new_bids = changes::since(&bids, &before, ROWS_PER_STEP).await?;
    if new_renders.is_none() && new_bids.is_none() {
        return Ok(Progress::Nothing);
    }
    let _stage = stage::begin(Stage::RollUp, Some(target.table.name));
    let mut hours = Hours::default();
    hours.take(&renders, new_renders.as_ref()).await?;
    let mut hours = hours.widened(target.spread);
    hours.take(&bids, new_bids.as_ref()).await?;
    let wide = hours.widened(target.spread);
    let loaded = LoadedHours {
        renders: wide.load(deriver, (&renders, target)).await?,
        bids: hours.load(deriver, (&bids, target)).await?,
        hours,
        spread: target.spread,
    };
    let everything = sources(loaded.renders.clone(), loaded.bids.clone());
    let derived = run_isolated(&loaded, everything, &target.sql, target.table).await?;
    let mut hours = loaded.hours;
    for hour in &derived.aside {
        hours.0.remove(&hour.0);
    }
    let changes: Vec<Changes> = [new_renders, new_bids].into_iter().flatten().collect();
    let remaining = Remaining::after(&changes);
    let replacement = Replacement {
        spans: hours.spans(),
        replaced: hours.rows(),
        known: &deriver.known,
        rows: derived.rows,
        markers: changes.into_iter().map(|changes| changes.marker).collect(),
        kind: ChangeKind::Replace,
    };
    let committed = replace(&before, replacement).await?;
    if committed {
        let mut aside = SetAside::default();
        let keys = derived.aside.iter().map(ToString::to_string);
        aside.add(keys.collect(), derived.reason);
        aside.report(deriver, target.table).await;
    }
    Ok(Progress::of(committed, remaining))
}

/// The rows from which the hours are counted.
struct LoadedHours {
    renders: Vec<RecordBatch>,
    bids: Vec<RecordBatch>,
    hours: Hours,
    spread: i64,
}

impl Separable for LoadedHours {
    type Key = Hour;

    fn keys(&self) -> Vec<Hour> {
        self.hours.0.iter().copied().map(Hour).collect()
    }

    fn part(&self, keys: &HashSet<Hour>) -> Result<Sources, TableError> {
        let hours = Hours(keys.iter().map(|hour| hour.0).collect());
        let near = hours.widened(self.spread).rows();
        let renders = selected(&self.renders, &near, AD_RENDERS.name)?;
        Ok(sources(
            renders,
            selected(&self.bids, &hours.rows(), BIDS.name)?,
        ))
    }
}

fn sources(renders: Vec<RecordBatch>, bids: Vec<RecordBatch>) -> Sources {
    vec![(&AD_RENDERS, renders), (&BIDS, bids)]
}

/// Hours since 1970; shown as the time at which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Hour(i64);

impl std::fmt::Display for Hour {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match DateTime::from_timestamp_micros(self.0.saturating_mul(HOUR_US)) {
            Some(time) => write!(formatter, "{}", time.format("%Y-%m-%dT%H:00Z")),
            None => write!(formatter, "hour {}", self.0),
        }
    }
}

/// New rows of a step. Few columns of them are in memory, and each step counts whole hours again.
const ROWS_PER_STEP: u64 = 500_000;

/// Hours since 1970.
#[derive(Debug, Default)]
struct Hours(HashSet<i64>);

impl Hours {
    async fn take(
        &mut self,
        version: &TableVersion,
        changes: Option<&Changes>,
    ) -> Result<(), TableError> {
        let Some(changes) = changes else {
            return Ok(());
        };
        for file in &changes.added {
            let batches = version.read(file, &["event_time"]).await?;
            self.take_rows(&batches.unwrap_or_default());
        }
        for file in &changes.removed {
            // Its rows came back in other files, but some may have moved to another hour. Once the
            // file is gone from the disk, nothing shows which hours those were.
            let (table, delta) = (version.description(), &version.delta);
            match files::read_where(table, delta, (file, &["event_time"]), None).await {
                Ok(batches) => self.take_rows(&batches),
                Err(error) => tracing::debug!(error = %error, "a replaced file cannot be read"),
            }
        }
        Ok(())
    }

    fn take_rows(&mut self, batches: &[RecordBatch]) {
        for batch in batches {
            let times = (0..batch.num_rows()).filter_map(|row| time(batch, row));
            self.0.extend(times.map(|at| at.div_euclid(HOUR_US)));
        }
    }

    fn widened(&self, spread: i64) -> Self {
        let near = |hour: &i64| hour - spread..=hour + spread;
        Self(self.0.iter().flat_map(near).collect())
    }

    /// The rows of these hours.
    fn rows(&self) -> RowSelection {
        let hours = self.0.clone();
        RowSelection::by(&["event_time"], move |batch, row| {
            time(batch, row).is_some_and(|at| hours.contains(&at.div_euclid(HOUR_US)))
        })
    }

    fn spans(&self) -> Spans {
        let mut hours: Vec<i64> = self.0.iter().copied().collect();
        hours.sort_unstable();
        let mut spans = Spans::default();
        for hour in hours {
            spans.add(
                hour.saturating_mul(HOUR_US),
                hour.saturating_add(1).saturating_mul(HOUR_US),
            );
        }
        spans
    }

    async fn load(
        &self,
        deriver: &Deriver,
        (version, target): (&TableVersion, &RollUpTable),
    ) -> Result<Vec<RecordBatch>, TableError> {
        let columns = named(&target.sql, version.description());
        let rows = self.rows();
        let known = &deriver.known;
        load(version, &self.spans(), &columns, (&rows, known)).await
    }
}

/// Longest latency that is counted as what it is, ms: 31 days, the most that a column of the sources takes today.
const MOST_MS: u64 = 2_678_400_000;

/// The histogram of every `d_` column of `ad_renders` and of the bidders' latencies.
fn histogram_sql(grain: &str) -> String {
    let durations = AD_RENDERS
        .columns
        .iter()
        .filter(|column| column.name.starts_with("d_"));
    let mut measures: Vec<String> = durations
        .map(|column| {
            let name = column.name;
            format!(
                "SELECT '{name}' AS measure, event_time, received_at, page_type, variant, device, slot, \
                 CAST(NULL AS VARCHAR) AS bidder, {name} AS ms FROM ad_renders WHERE {name} >= 0"
            )
        })
        .collect();
    let no_text = "CAST(NULL AS VARCHAR)";
    measures.push(format!(
        "SELECT 'bidder_latency', MIN(event_time), MAX(received_at), {no_text}, {no_text}, {no_text}, \
         {no_text}, bidder, MAX(latency_ms) FROM bids WHERE latency_ms >= 0 AND bidder <> 'house' \
         GROUP BY auction_id, bidder"
    ));
    let measures = measures.join(" UNION ALL ");
    format!(
        "WITH measures AS ({measures}), buckets AS (\
         SELECT date_trunc('{grain}', event_time) AS event_time, received_at, measure, page_type, variant, \
         device, slot, bidder, LEAST(ms, {MOST_MS}) AS ms, \
         TRY_CAST(CEIL(LN(LEAST(GREATEST(ms, 0.01), {MOST_MS})) / LN(1.01 / 0.99)) AS BIGINT) AS bucket \
         FROM measures) \
         SELECT CAST(event_time AS DATE) AS event_date, event_time, MAX(received_at) AS received_at, measure, \
         page_type, variant, device, slot, bidder, bucket, COUNT(*) AS n, SUM(ms) AS sum_ms FROM buckets \
         GROUP BY event_time, measure, page_type, variant, device, slot, bidder, bucket \
         ORDER BY measure, bucket, event_time"
    )
}
