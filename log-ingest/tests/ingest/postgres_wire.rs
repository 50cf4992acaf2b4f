//! Prepared statements with parameters, as drivers use them.

use std::time::Duration;

use log_ingest::query::limits::QueryLimits;

use crate::fixture::{LIMITS, one_of_each};
use crate::psql::Server;
use crate::read_only::WRITES;
use crate::wire_client::{WireClient, error, value};

#[tokio::test]
async fn a_prepared_statement_takes_a_parameter() {
    let server = Server::start().await;
    let mut client = WireClient::connect(server.address).await;
    let sql = "SELECT COUNT(*) FROM bids WHERE bidder = $1";
    assert_eq!(error(&client.prepare("s", sql).await), None);
    assert_eq!(value(&client.run("s", "beta", false).await), b"1");
    assert_eq!(value(&client.run("s", "nobody", false).await), b"0");
    assert_eq!(
        value(&client.run("s", "beta", true).await),
        1_i64.to_be_bytes()
    );
}

#[tokio::test]
async fn statements_that_write_are_refused_when_they_are_prepared() {
    let server = Server::start().await;
    let mut client = WireClient::connect(server.address).await;
    for sql in WRITES {
        let answer = client.prepare("", sql).await;
        assert!(error(&answer).is_some(), "{sql}: {answer:?}");
    }
    let sql = "SELECT COUNT(*) FROM auctions WHERE auction_id = $1";
    client.prepare("s", sql).await;
    assert_eq!(value(&client.run("s", "a1", false).await), b"1");
}

/// Dashboards keep a connection and its prepared statements for days.
#[tokio::test]
async fn a_statement_prepared_long_ago_sees_the_newest_rows() {
    let limits = QueryLimits {
        plan_keeps_versions: Duration::ZERO,
        ..LIMITS
    };
    let server = Server::with(limits, None).await;
    let mut client = WireClient::connect(server.address).await;
    let sql = "SELECT COUNT(*) FROM bids WHERE bidder = $1";
    client.prepare("s", sql).await;
    server.fixture.land(2, one_of_each()).await;
    assert_eq!(value(&client.run("s", "beta", false).await), b"2");
}
