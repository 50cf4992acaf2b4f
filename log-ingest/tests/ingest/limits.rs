//! A query takes no more than it may.

use std::time::Duration;

use log_ingest::query::QueryError;
use log_ingest::query::limits::QueryLimits;

use crate::fixture::{Fixture, LIMITS};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_is_stopped_when_its_time_is_up() {
    let limits = QueryLimits {
        timeout: Duration::from_millis(200),
        ..LIMITS
    };
    let fixture = Fixture::with_limits(limits).await;
    let sql = "SELECT COUNT(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b";
    let error = fixture.error(sql).await;
    assert_eq!(error, "the query took longer than 200 ms and was stopped");
}

#[tokio::test]
async fn an_answer_with_too_many_rows_is_refused() {
    let limits = QueryLimits {
        max_rows: 10,
        ..LIMITS
    };
    let fixture = Fixture::with_limits(limits).await;
    let ten = fixture.rows("SELECT * FROM generate_series(1, 10)").await;
    assert_eq!(ten.as_array().unwrap().len(), 10);
    let error = fixture.error("SELECT * FROM generate_series(1, 11)").await;
    assert!(
        error.starts_with("the answer has more than 10 rows"),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_that_needs_too_much_memory_is_refused() {
    let limits = QueryLimits {
        memory: 1 << 20,
        max_rows: 100_000_000,
        ..LIMITS
    };
    let fixture = Fixture::with_limits(limits).await;
    let error = fixture
        .engine
        .query("SELECT * FROM generate_series(1, 10000000)")
        .await;
    assert!(matches!(error, Err(QueryError::TooLarge(_))), "{error:?}");
}

#[tokio::test]
async fn a_waiting_query_gets_its_turn() {
    let limits = QueryLimits {
        concurrent: 1,
        ..LIMITS
    };
    let fixture = Fixture::with_limits(limits).await;
    let (first, second) =
        tokio::join!(fixture.rows("SELECT 1 AS n"), fixture.rows("SELECT 2 AS n"));
    assert_eq!(
        (first[0]["n"].as_i64(), second[0]["n"].as_i64()),
        (Some(1), Some(2))
    );
}
