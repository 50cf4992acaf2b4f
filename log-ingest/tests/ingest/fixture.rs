//! A lake in a temporary directory, with its sink and its engine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use log_ingest::derive::Deriver;
use log_ingest::derive::metrics::DeriveMetrics;
use log_ingest::maintain::{Maintainer, Maintenance};
use log_ingest::postgres::startup::Login;
use log_ingest::query::engine::Engine;
use log_ingest::query::format::Format;
use log_ingest::query::limits::QueryLimits;
use log_ingest::table::lake::Lake;
use log_ingest::table::metrics::TableMetrics;
use log_ingest::table::s3::S3Access;
use log_ingest::table::sink::{LakeSink, LandingRules};
use log_ingest::workers::Workers;
use log_ingest::workers::wire::Settings;
use log_receiver::{LandReport, Record, Segment, TableSink};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Handle;

/// 2026-09-21T14:13:20Z.
pub(crate) const RECEIVED: i64 = 1_790_000_000_000_000;

/// Room enough for every test that is not about limits.
pub(crate) const LIMITS: QueryLimits = QueryLimits {
    timeout: Duration::from_secs(60),
    max_rows: 10_000,
    memory: 256 << 20,
    concurrent: 2,
    plan_keeps_versions: Duration::from_secs(2),
};

pub(crate) struct Fixture {
    pub(crate) directory: TempDir,
    pub(crate) lake: Lake,
    pub(crate) sink: LakeSink,
    pub(crate) engine: Engine,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::with_limits(LIMITS).await
    }

    pub(crate) async fn with_limits(limits: QueryLimits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let lake = Lake::create(directory.path()).await.unwrap();
        Self {
            sink: sink(&lake),
            engine: Engine::new(lake.clone(), limits).unwrap(),
            lake,
            directory,
        }
    }

    pub(crate) async fn land(&self, seq: u64, records: Vec<Record>) -> LandReport {
        self.sink.land(segment(seq, records)).await.unwrap()
    }

    /// Brings all derived tables up to date; the number of commits.
    pub(crate) async fn derive(&self) -> usize {
        let deriver = deriver(&self.lake);
        deriver.wide().await.unwrap() + deriver.rollups().await.unwrap()
    }

    pub(crate) fn maintainer(&self) -> Maintainer {
        Maintainer::new(self.lake.clone(), rules())
    }

    /// Rows as JSON.
    pub(crate) async fn rows(&self, sql: &str) -> Value {
        let answer = self.engine.query(sql).await;
        let answer = answer.unwrap_or_else(|error| panic!("{sql}: {error}"));
        serde_json::from_slice(&Format::Json.write(&answer).unwrap()).unwrap()
    }

    /// What a failing query says.
    pub(crate) async fn error(&self, sql: &str) -> String {
        match self.engine.query(sql).await {
            Ok(answer) => panic!("{sql} was answered: {answer:?}"),
            Err(error) => error.to_string(),
        }
    }

    /// Rows per table, in the order in which the tables are described.
    pub(crate) async fn counts(&self) -> [u64; 4] {
        let rows = self
            .rows(
                "SELECT (SELECT COUNT(*) FROM render_events) AS r, (SELECT COUNT(*) FROM auctions) AS a, \
                 (SELECT COUNT(*) FROM bids) AS b, (SELECT COUNT(*) FROM quarantine) AS q",
            )
            .await;
        ["r", "a", "b", "q"].map(|name| rows[0][name].as_u64().unwrap())
    }
}

/// A sink as the defaults have it.
pub(crate) fn sink(lake: &Lake) -> LakeSink {
    LakeSink::new(
        lake,
        LandingRules::default(),
        TableMetrics::default(),
        Handle::current(),
    )
}

pub(crate) fn deriver(lake: &Lake) -> Deriver {
    Deriver::new(lake.clone(), DeriveMetrics::default())
}

/// Processes that answer queries over the lake in that directory.
pub(crate) fn workers(directory: &Path, limits: QueryLimits, login: Option<Login>) -> Workers {
    let settings = Settings {
        tables: directory.to_str().unwrap().to_owned(),
        s3: S3Access::default(),
        limits,
        login,
        spill: None,
    };
    Workers::new(PathBuf::from(env!("CARGO_BIN_EXE_log-ingest")), settings)
}

/// Joins files as soon as there are two.
pub(crate) fn rules() -> Maintenance {
    Maintenance {
        compact_every: Duration::from_secs(60),
        min_files: 2,
        max_rows: 1000,
        settled_after: Duration::ZERO,
        clean_every: Duration::from_secs(60),
        vacuum_after: Duration::ZERO,
        retention: [("render_events", 2)].into(),
    }
}

pub(crate) fn segment(seq: u64, records: Vec<Record>) -> Segment {
    Segment {
        buffer_id: "b0".to_owned(),
        seq,
        records: records.into(),
    }
}

pub(crate) fn record(tag: &str, fields: Value) -> Record {
    let Value::Object(fields) = fields else {
        panic!("{fields} is no map");
    };
    Record {
        tag: tag.to_owned(),
        event_time_us: None,
        received_at_us: RECEIVED,
        fields,
        fault: None,
    }
}

/// One record for each table, the last of them for quarantine.
pub(crate) fn one_of_each() -> Vec<Record> {
    vec![
        record(
            "ads.render",
            json!({"event": "ad_rendered", "elapsed_ms": 400.5, "cpm": 1.2}),
        ),
        record("ads.auction", json!({"auction_id": "a1", "imps": 2})),
        record(
            "ads.bid",
            json!({"auction_id": "a1", "bidder": "beta", "cpm": 1.2}),
        ),
        record("app.other", json!({"hello": "world"})),
    ]
}
