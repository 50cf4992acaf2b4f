//! Nothing that comes through a query changes anything.

use log_ingest::query::QueryError;

use crate::fixture::{Fixture, one_of_each};

/// Statements that must be refused, by every interface.
pub(crate) const WRITES: &[&str] = &[
    "INSERT INTO auctions (auction_id) VALUES ('x')",
    "INSERT INTO auctions SELECT * FROM auctions",
    "UPDATE auctions SET auction_id = 'x'",
    "DELETE FROM auctions",
    "TRUNCATE TABLE auctions",
    "DROP TABLE auctions",
    "DROP SCHEMA public CASCADE",
    "CREATE TABLE copied AS SELECT * FROM auctions",
    "CREATE VIEW v AS SELECT 1",
    "CREATE SCHEMA s",
    "ALTER TABLE auctions ADD COLUMN x INT",
    "SELECT * INTO copied FROM auctions",
    "EXPLAIN ANALYZE INSERT INTO auctions (auction_id) VALUES ('x')",
    "COPY auctions TO '/tmp/stolen.csv'",
    "SET datafusion.execution.batch_size = 1",
    "SET \"datafusion.execution.batch_size\" = 1",
];

#[tokio::test]
async fn statements_that_write_are_refused() {
    let fixture = Fixture::new().await;
    fixture.land(1, one_of_each()).await;
    for sql in WRITES {
        let answer = fixture.engine.query(sql).await;
        let refused = matches!(answer, Err(QueryError::Refused(_) | QueryError::Sql(_)));
        assert!(refused, "{sql}: {answer:?}");
    }
    assert_eq!(fixture.counts().await, [1, 1, 1, 1]);
}

#[tokio::test]
async fn statements_that_reach_for_files_are_refused() {
    let fixture = Fixture::new().await;
    let file = fixture.directory.path().join("secret.csv");
    std::fs::write(&file, "a\n1\n").unwrap();
    for sql in [
        format!("SELECT * FROM '{}'", file.display()),
        format!(
            "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '{}'",
            file.display()
        ),
        format!("COPY (SELECT 1) TO '{}'", file.display()),
        format!("SELECT * FROM read_csv('{}')", file.display()),
    ] {
        let answer = fixture.engine.query(&sql).await;
        assert!(answer.is_err_and(|error| error.is_callers()), "{sql}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a\n1\n");
}

#[tokio::test]
async fn a_refusal_says_what_may_be_asked() {
    let fixture = Fixture::new().await;
    let error = fixture.error("DROP TABLE auctions").await;
    let expected =
        "DROP is not allowed: the tables are read-only here, use SELECT, EXPLAIN or SHOW";
    assert_eq!(error, expected);
}

#[tokio::test]
async fn several_statements_at_once_are_refused() {
    let fixture = Fixture::new().await;
    assert!(
        fixture
            .engine
            .query("SELECT 1; DROP TABLE auctions")
            .await
            .is_err()
    );
    assert_eq!(fixture.counts().await, [0, 0, 0, 0]);
}

#[tokio::test]
async fn reading_statements_of_all_kinds_are_answered() {
    let fixture = Fixture::new().await;
    for sql in [
        "SELECT 1",
        "EXPLAIN SELECT COUNT(*) FROM bids",
        "EXPLAIN ANALYZE SELECT COUNT(*) FROM bids",
        "SHOW TABLES",
        "SHOW COLUMNS FROM bids",
        "WITH a AS (SELECT 1 AS n) SELECT n FROM a",
        "SELECT table_name FROM information_schema.tables",
        "SELECT version()",
    ] {
        assert!(
            !fixture.rows(sql).await.as_array().unwrap().is_empty(),
            "{sql}"
        );
    }
}

#[tokio::test]
async fn garbage_is_answered_with_the_place_of_the_fault() {
    let fixture = Fixture::new().await;
    let error = fixture.error("SELEC 1").await;
    assert!(error.contains("SELEC"), "{error}");
    let error = fixture.error("SELECT nothing FROM bids").await;
    assert!(error.contains("nothing"), "{error}");
    for sql in ["", ";", "\u{0}", "(((((", "SELECT '", "🦀"] {
        assert!(
            fixture
                .engine
                .query(sql)
                .await
                .is_err_and(|error| error.is_callers()),
            "{sql}"
        );
    }
}
