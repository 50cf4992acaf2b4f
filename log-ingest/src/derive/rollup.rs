//! `latency_hist`, `latency_hist_minute` and `house_delivery`: hours that are counted again whenever
//! a row in them changes.

use std::collections::HashSet;

use ad_events::ad_render::AD_RENDERS;
use ad_events::bid::BIDS;
use ad_events::house::HOUSE_DELIVERY;
use ad_events::latency::{LATENCY_HIST, LATENCY_HIST_MINUTE};
use ad_events::table::Table;
use deltalake::DeltaTable;
use deltalake::arrow::array::RecordBatch;

use super::changes::{self, Changes};
use super::replace::{Replacement, replace};
use super::rows::{Span, ask, load, named, time};
use super::{Deriver, Progress};
use crate::stage::{self, Stage};
use crate::table::commit::Kind;
use crate::table::files::Wanted;
use crate::table::{TableError, files};

const HOUR_US: i64 = 3_600_000_000;

/// A table whose rows belong to an hour.
#[derive(Debug)]
pub(super) struct Target {
    table: &'static Table,
    sql: String,
    /// Hours around a slot render in which its auction may lie.
    spread: i64,
}

pub(super) fn targets() -> [Target; 3] {
    let histogram = |table, grain| Target {
        table,
        sql: histogram_sql(grain),
        spread: 0,
    };
    [
        histogram(&LATENCY_HIST, "hour"),
        histogram(&LATENCY_HIST_MINUTE, "minute"),
        Target {
            table: &HOUSE_DELIVERY,
            sql: include_str!("house_delivery.sql").to_owned(),
            spread: 1,
        },
    ]
}

/// Counts again what the next changes of the sources touch.
pub(super) async fn step(deriver: &Deriver, target: &Target) -> Result<Progress, TableError> {
    let derived = deriver.table(target.table.name)?;
    let before = derived.delta().await?;
    let (renders, bids) = (deriver.table(AD_RENDERS.name)?, deriver.table(BIDS.name)?);
    let (renders_now, bids_now) = (renders.delta().await?, bids.delta().await?);
    let place = (derived.as_ref(), &before);
    let new_renders = changes::since(renders, &renders_now, place, ROWS_PER_STEP).await?;
    let new_bids = changes::since(bids, &bids_now, place, ROWS_PER_STEP).await?;
    if new_renders.is_none() && new_bids.is_none() {
        return Ok(Progress::default());
    }
    let _stage = stage::begin(Stage::RollUp, target.table.name);
    let mut hours = Hours::default();
    if let Some(changes) = &new_renders {
        hours.take(&AD_RENDERS, &renders_now, changes).await?;
    }
    let mut hours = hours.widened(target.spread);
    if let Some(changes) = &new_bids {
        hours.take(&BIDS, &bids_now, changes).await?;
    }
    let wide = hours.widened(target.spread);
    let rows = vec![
        (
            &AD_RENDERS,
            wide.load(deriver, &AD_RENDERS, (&renders_now, target))
                .await?,
        ),
        (
            &BIDS,
            hours.load(deriver, &BIDS, (&bids_now, target)).await?,
        ),
    ];
    let rows = ask(rows, &target.sql, target.table).await?;
    let changes: Vec<Changes> = [new_renders, new_bids].into_iter().flatten().collect();
    let more = changes.iter().any(|changes| changes.more);
    let replacement = Replacement {
        span: hours.span(),
        doomed: hours.rows(),
        known: &deriver.known,
        rows,
        markers: changes.into_iter().map(|changes| changes.marker).collect(),
        kind: Kind::Replace,
    };
    let committed = replace(derived, &before, replacement).await?;
    Ok(Progress {
        committed,
        more: committed && more,
    })
}

/// New rows of a step. Few columns of them are in memory, and each step counts whole hours again.
const ROWS_PER_STEP: u64 = 500_000;

/// Hours since 1970.
#[derive(Debug, Default)]
struct Hours(HashSet<i64>);

impl Hours {
    async fn take(
        &mut self,
        table: &Table,
        delta: &DeltaTable,
        changes: &Changes,
    ) -> Result<(), TableError> {
        for file in &changes.added {
            let batches = files::read(table, delta, file, &["event_time"]).await?;
            self.take_rows(&batches);
        }
        for file in &changes.removed {
            // Its rows came back in other files, but some may have moved to another hour. Once the
            // file is gone from the disk there is nobody left to tell.
            match files::read(table, delta, file, &["event_time"]).await {
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
    fn rows(&self) -> Wanted {
        let hours = self.0.clone();
        Wanted::by(&["event_time"], move |batch, row| {
            time(batch, row).is_some_and(|at| hours.contains(&at.div_euclid(HOUR_US)))
        })
    }

    fn span(&self) -> Span {
        let first = self.0.iter().min().copied().unwrap_or_default();
        let last = self.0.iter().max().copied().unwrap_or_default();
        (first * HOUR_US, (last + 1) * HOUR_US)
    }

    async fn load(
        &self,
        deriver: &Deriver,
        table: &'static Table,
        (delta, target): (&DeltaTable, &Target),
    ) -> Result<Vec<RecordBatch>, TableError> {
        let columns = named(&target.sql, table);
        let rows = self.rows();
        let known = &deriver.known;
        load(table, delta, self.span(), &columns, (&rows, known)).await
    }
}

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
         device, slot, bidder, ms, \
         CAST(CEIL(LN(GREATEST(ms, 0.01)) / LN(1.01 / 0.99)) AS BIGINT) AS bucket FROM measures) \
         SELECT CAST(event_time AS DATE) AS event_date, event_time, MAX(received_at) AS received_at, measure, \
         page_type, variant, device, slot, bidder, bucket, COUNT(*) AS n, SUM(ms) AS sum_ms FROM buckets \
         GROUP BY event_time, measure, page_type, variant, device, slot, bidder, bucket \
         ORDER BY measure, bucket, event_time"
    )
}
