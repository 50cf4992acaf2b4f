//! `log-ingest query` over tables on disk, without a server.

use std::path::Path;

use log_ingest::query::named::NAMED_QUERIES;
use log_ingest::table::lake::Lake;
use log_receiver::TableSink;

use crate::fixture::{one_of_each, segment};
use crate::served::{command, config};

#[tokio::test]
async fn answers_in_every_format() {
    let directory = tempfile::tempdir().unwrap();
    let lake = Lake::create(&directory.path().join("tables"))
        .await
        .unwrap();
    let sink = crate::fixture::sink(&lake);
    sink.land(segment(1, one_of_each())).await.unwrap();

    let sql = "SELECT auction_id, imps FROM auctions";
    let table = "+------------+------+\n| auction_id | imps |\n+------------+------+\n\
                 | a1         | 2    |\n+------------+------+\n";
    assert_eq!(query(directory.path(), &[sql]).await, Ok(table.to_owned()));
    let csv = query(directory.path(), &["--format", "csv", sql]).await;
    assert_eq!(csv, Ok("auction_id,imps\na1,2\n".to_owned()));
    let json = query(directory.path(), &["--format", "json", sql]).await;
    assert_eq!(json, Ok("[{\"auction_id\":\"a1\",\"imps\":2}]".to_owned()));
}

#[tokio::test]
async fn takes_a_file_with_a_comment_at_its_head() {
    let directory = tempfile::tempdir().unwrap();
    Lake::create(&directory.path().join("tables"))
        .await
        .unwrap();
    for named in NAMED_QUERIES {
        let answer = query(directory.path(), &["--format", "json", named.sql]).await;
        assert_eq!(answer, Ok("[]".to_owned()), "{}", named.name);
    }
}

#[tokio::test]
async fn a_faulty_statement_ends_with_the_fault() {
    let directory = tempfile::tempdir().unwrap();
    Lake::create(&directory.path().join("tables"))
        .await
        .unwrap();
    for (sql, fault) in [("SELEC", "SELEC"), ("DROP TABLE bids", "read-only")] {
        let error = query(directory.path(), &[sql]).await.unwrap_err();
        assert!(
            error.starts_with("log-ingest: ") && error.contains(fault),
            "{error}"
        );
    }
}

#[tokio::test]
async fn without_tables_it_says_so_and_makes_none() {
    let directory = tempfile::tempdir().unwrap();
    let error = query(directory.path(), &["SELECT 1"]).await.unwrap_err();
    assert!(error.contains("no table render_events in"), "{error}");
    assert!(!directory.path().join("tables").exists());
}

async fn query(directory: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = command("query", &config(directory))
        .args(arguments)
        .output()
        .await
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}
