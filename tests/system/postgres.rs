//! `psql` reads the tables over the Postgres wire protocol.

use std::process::Command;

use serde_json::json;
use system_tests::stack::{Plan, Stack};

#[tokio::test]
async fn psql_reads_the_tables() {
    let stack = Stack::start(Plan::worked_example()).await.unwrap();
    let log = stack.log().unwrap();
    let event =
        json!([{ "event_id": "a-0", "event": "ad_rendered", "cpm": 1.5, "variant": "early" }]);
    let url = log.url("http", "/ads.render");
    let (status, body) = stack.client.post(&url, event.to_string()).await.unwrap();
    assert_eq!(status, 204, "{body}");
    let query = "SELECT event_id, variant, cpm FROM render_events";
    stack.rows(query, 1).await.unwrap();

    let (host, port) = log.address("postgres").split_once(':').unwrap();
    let output = Command::new("psql")
        .args(["-h", host, "-p", port, "-U", "analyst", "-d", "earlybid"])
        .args(["--no-psqlrc", "--tuples-only", "--no-align", "-c", query])
        .env("PGCONNECT_TIMEOUT", "10")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "a-0|early|1.5"
    );
}
