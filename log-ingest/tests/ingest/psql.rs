//! The Postgres interface, asked by the real `psql`.

use std::net::SocketAddr;
use std::time::Duration;

use log_ingest::connections::{ConnectionLimits, ConnectionMetrics};
use log_ingest::postgres::startup::Login;
use log_ingest::postgres_door::PostgresDoor;
use log_ingest::query::limits::QueryLimits;
use log_ingest::query::metrics::QueryMetrics;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::fixture::{Fixture, LIMITS, one_of_each, workers};
use crate::read_only::WRITES;

#[tokio::test]
async fn lists_and_describes_the_tables() {
    let server = Server::start().await;
    let tables = server.psql(&["\\dt"]).await.unwrap();
    for table in ad_events::TABLES.iter().map(|table| table.name) {
        assert!(
            tables.contains(&format!("public|{table}|table")),
            "{tables}"
        );
    }
    let columns = server.psql(&["\\d render_events"]).await.unwrap();
    for column in [
        "event_date|date",
        "elapsed_ms|double precision",
        "seq|bigint",
        "event|text",
    ] {
        assert!(columns.contains(column), "{columns}");
    }
    assert!(
        columns.contains("received_at|timestamp with time zone"),
        "{columns}"
    );
}

#[tokio::test]
async fn answers_queries() {
    let server = Server::start().await;
    let sql = "SELECT event, elapsed_ms, cpm, slot IS NULL, event_date FROM render_events";
    let answer = server.psql(&[sql]).await.unwrap();
    assert_eq!(answer, "ad_rendered|400.5|1.2|t|2026-09-21\n");
    let sql = "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY elapsed_ms) FROM render_events";
    assert_eq!(server.psql(&[sql]).await.unwrap(), "400.5\n");
}

#[tokio::test]
async fn new_rows_show_up_in_a_connection_that_is_open() {
    let server = Server::start().await;
    server.fixture.land(2, one_of_each()).await;
    let count = "SELECT COUNT(*) FROM bids";
    assert_eq!(server.psql(&[count]).await.unwrap(), "2\n");
}

#[tokio::test]
async fn says_that_it_is_a_postgres() {
    let server = Server::start().await;
    let answer = server
        .psql(&["SELECT version()", "SELECT pg_catalog.version()"])
        .await
        .unwrap();
    for line in answer.lines() {
        assert!(line.starts_with("PostgreSQL 16."), "{answer}");
    }
}

#[tokio::test]
async fn refuses_every_statement_that_writes() {
    let server = Server::start().await;
    for sql in WRITES {
        let error = server.psql(&[sql]).await.expect_err(sql);
        assert!(error.contains("ERROR:"), "{sql}: {error}");
    }
    let hidden = "SELECT 1; DROP TABLE auctions";
    assert!(server.psql(&[hidden]).await.is_err());
    assert_eq!(
        server
            .psql(&["SELECT COUNT(*) FROM auctions"])
            .await
            .unwrap(),
        "1\n"
    );
}

#[tokio::test]
async fn goes_along_with_a_drivers_small_talk() {
    let server = Server::start().await;
    let answer = server
        .psql(&[
            "BEGIN",
            "SET search_path = 'public'",
            "SET standard_conforming_strings = on",
            "SET TIME ZONE 'UTC'",
            "SHOW TIME ZONE",
            "SELECT 1",
            "COMMIT",
            "DISCARD ALL",
        ])
        .await
        .unwrap();
    assert_eq!(answer, "UTC\n1\n");
}

#[tokio::test]
async fn a_faulty_statement_leaves_the_connection_open() {
    let server = Server::start().await;
    let error = server.psql(&["SELEC 1"]).await.unwrap_err();
    assert!(error.contains("SELEC"), "{error}");
    let both = server
        .script("SELECT nothing FROM bids;\nSELECT 2;\n")
        .await;
    assert_eq!(both, "2\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stops_a_query_at_the_timeout_and_at_the_row_limit() {
    let limits = QueryLimits {
        timeout: Duration::from_secs(20),
        max_rows: 100,
        ..LIMITS
    };
    let server = Server::with(limits, None).await;
    let endless =
        "SELECT COUNT(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b";
    let script = format!("SET statement_timeout = '200ms'; {endless}");
    let error = server
        .psql(&["SET statement_timeout = '200ms'", endless])
        .await;
    let error = error.expect_err(&script);
    assert!(error.contains("longer than 200 ms"), "{error}");
    let error = server
        .psql(&["SELECT * FROM generate_series(1, 101)"])
        .await
        .unwrap_err();
    assert!(error.contains("more than 100 rows"), "{error}");
}

#[tokio::test]
async fn a_password_is_asked_for_where_there_is_one() {
    let login = Login {
        user: "analyst".to_owned(),
        password: "pa ss".to_owned(),
    };
    let server = Server::with(LIMITS, Some(login)).await;
    let ask = async |user: &str, password: &str| {
        let mut psql = server.command(&["SELECT 1"]);
        psql.args(["-U", user]).env("PGPASSWORD", password);
        run(psql, "").await
    };
    assert_eq!(ask("analyst", "pa ss").await.unwrap(), "1\n");
    assert_eq!(
        ask("analyst", "pa ss").await.unwrap(),
        "1\n",
        "a second connection logs in as well"
    );
    assert!(ask("analyst", "wrong").await.is_err());
    assert!(ask("somebody", "pa ss").await.is_err());
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) fixture: Fixture,
    _task: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(LIMITS, None).await
    }

    pub(crate) async fn with(limits: QueryLimits, login: Option<Login>) -> Self {
        let fixture = Fixture::with_limits(limits).await;
        fixture.land(1, one_of_each()).await;
        let metrics = QueryMetrics::registered(&mut Registry::default());
        let workers = workers(fixture.directory.path(), limits, login);
        let connections = ConnectionLimits {
            total: 8,
            by_address: 8,
        };
        let door = PostgresDoor::new(
            workers,
            metrics,
            (connections, ConnectionMetrics::default()),
        );
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let mut task = JoinSet::new();
        task.spawn(door.serve(socket, CancellationToken::new()));
        Self {
            address,
            fixture,
            _task: task,
        }
    }

    /// What psql prints for the commands, or its errors if one of them fails.
    async fn psql(&self, commands: &[&str]) -> Result<String, String> {
        run(self.command(commands), "").await
    }

    /// What psql prints for a script of which some statements fail.
    async fn script(&self, script: &str) -> String {
        let mut psql = self.command(&[]);
        psql.args(["-v", "ON_ERROR_STOP=0", "-f", "-"]);
        run(psql, script).await.unwrap()
    }

    fn command(&self, commands: &[&str]) -> Command {
        let mut psql = Command::new("psql");
        psql.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-w",
            "-h",
            "127.0.0.1",
            "-U",
            "tester",
            "-d",
            "log_ingest",
        ])
        .args([
            "-v",
            "ON_ERROR_STOP=1",
            "-p",
            &self.address.port().to_string(),
        ]);
        for command in commands {
            psql.args(["-c", command]);
        }
        psql
    }
}

async fn run(mut psql: Command, input: &str) -> Result<String, String> {
    use tokio::io::AsyncWriteExt;
    psql.stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    let mut child = psql.spawn().unwrap_or_else(|error| {
        panic!("psql does not start ({error}): install the package postgresql-client")
    });
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.ok();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}
