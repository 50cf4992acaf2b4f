//! SQL over HTTP, as a client on a socket sees it.

use std::time::Duration;

use log_ingest::connections::{ConnectionLimits, ConnectionMetrics, Places};
use log_ingest::derive::lag::DeriveLag;
use log_ingest::http::{self, Admission, HttpApp, Origins, router};
use log_ingest::metrics::MetricsPage;
use log_ingest::query::limits::QueryLimits;
use log_ingest::query::metrics::QueryMetrics;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::fixture::{Fixture, LIMITS, one_of_each, workers};
use crate::read_only::WRITES;

#[tokio::test]
async fn answers_as_json_csv_and_table() {
    let server = Server::start().await;
    let sql = "SELECT auction_id, imps, account FROM auctions";
    let json = server.post("/query", sql).await;
    assert_eq!(
        (json.status, json.header("content-type")),
        (200, "application/json")
    );
    let rows: Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(
        rows,
        json!([{"auction_id": "a1", "imps": 2, "account": null}])
    );
    let csv = server.post("/query?format=csv", sql).await;
    assert_eq!(csv.body, "auction_id,imps,account\na1,2,\n");
    let table = server.post("/query?format=table", sql).await;
    assert!(
        table.body.contains("| a1         | 2    |         |"),
        "{}",
        table.body
    );
}

#[tokio::test]
async fn an_answer_without_rows_still_has_its_columns_in_csv() {
    let server = Server::start().await;
    let sql = "SELECT imps, account FROM auctions WHERE imps = 9";
    assert_eq!(server.post("/query", sql).await.body, "[]");
    assert_eq!(
        server.post("/query?format=csv", sql).await.body,
        "imps,account\n"
    );
    assert!(
        server
            .post("/query?format=table", sql)
            .await
            .body
            .contains("| imps | account |")
    );
}

#[tokio::test]
async fn takes_the_statement_from_the_url_too() {
    let server = Server::start().await;
    let answer = server.get("/query?q=SELECT%201%20AS%20n").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "[{\"n\":1}]"));
    assert_eq!(server.get("/query").await.status, 400);
    assert_eq!(
        server.get("/query?q=SELECT%201&format=xml").await.status,
        400
    );
}

#[tokio::test]
async fn a_faulty_statement_gets_400_with_the_fault() {
    let server = Server::start().await;
    for (sql, fault) in [
        ("SELEC 1", "SELEC"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT 1 / 0", "Divide by zero"),
    ] {
        let answer = server.post("/query", sql).await;
        assert_eq!(answer.status, 400, "{sql}");
        assert!(answer.body.contains(fault), "{sql}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_statement_that_writes_gets_400_and_changes_nothing() {
    let server = Server::start().await;
    for sql in WRITES {
        let answer = server.post("/query", sql).await;
        assert_eq!(answer.status, 400, "{sql}: {}", answer.body);
    }
    let count = server
        .post("/query?format=csv", "SELECT COUNT(*) AS n FROM auctions")
        .await;
    assert_eq!(count.body, "n\n1\n");
}

#[tokio::test]
async fn bodies_that_are_no_statement_are_refused() {
    let server = Server::start().await;
    let long = format!("SELECT '{}'", "x".repeat(70_000));
    assert_eq!(server.post("/query", &long).await.status, 413);
    let raw = server.exchange(b"POST /query HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 2\r\n\r\n\xff\xfe");
    assert_eq!(raw.await.status, 400);
}

#[tokio::test]
async fn only_configured_origins_may_read_the_answer() {
    let server = Server::start().await;
    let allowed = server
        .request(
            "GET",
            "/query?q=SELECT%201",
            "origin: http://pages.test\r\n",
            "",
        )
        .await;
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "http://pages.test"
    );
    let other = server
        .request(
            "GET",
            "/query?q=SELECT%201",
            "origin: http://other.test\r\n",
            "",
        )
        .await;
    assert_eq!(other.header("access-control-allow-origin"), "");
    let preflight = "origin: http://pages.test\r\naccess-control-request-method: POST\r\n";
    let preflight = server.request("OPTIONS", "/query", preflight, "").await;
    assert_eq!(preflight.header("access-control-allow-methods"), "GET,POST");
}

#[tokio::test]
async fn status_catalog_and_metrics_tell_about_the_tables() {
    let server = Server::start().await;
    let status: Value = serde_json::from_str(&server.get("/status").await.body).unwrap();
    assert_eq!(status["status"], json!("ok"));
    assert_eq!(
        status["tables"][0],
        json!({"name": "render_events", "rows": 1, "files": 1, "version": 1})
    );

    let catalog: Value = serde_json::from_str(&server.get("/catalog").await.body).unwrap();
    assert_eq!(
        catalog["tables"].as_array().unwrap().len(),
        ad_events::TABLES.len()
    );
    assert_eq!(catalog["tables"][0]["columns"][0]["type"], json!("date"));
    assert_eq!(catalog["queries"][0]["name"], json!("latency_by_variant"));

    server.post("/query", "SELECT 1").await;
    server.post("/query", "DROP TABLE bids").await;
    let metrics = server.get("/metrics").await.body;
    for line in [
        "log_ingest_queries_total{interface=\"http\",outcome=\"answered\"} 1",
        "log_ingest_queries_total{interface=\"http\",outcome=\"refused\"} 1",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
}

#[tokio::test]
async fn the_page_and_its_parts_are_served() {
    let server = Server::start().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with(kind));
    }
    assert_eq!(server.get("/nothing").await.status, 404);
}

pub(crate) const CONNECTIONS: ConnectionLimits = ConnectionLimits {
    total: 16,
    by_address: 16,
};

pub(crate) struct Server {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) fixture: Fixture,
    _task: JoinSet<()>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(LIMITS).await
    }

    pub(crate) async fn with(limits: QueryLimits) -> Self {
        Self::with_head(limits, http::serve::HEAD).await
    }

    /// With this much time for the head of a request.
    pub(crate) async fn with_head(limits: QueryLimits, head: Duration) -> Self {
        let fixture = Fixture::with_limits(limits).await;
        fixture.land(1, one_of_each()).await;
        let mut registry = Registry::default();
        registry.register_collector(Box::new(fixture.lake.bad_files().clone()));
        let app = HttpApp {
            workers: workers(fixture.directory.path(), limits, None),
            lake: fixture.lake.clone(),
            lag: DeriveLag::default(),
            landing: fixture.sink.state(),
            metrics: QueryMetrics::registered(&mut registry),
            registry: MetricsPage::of(registry),
        };
        let admission = Admission {
            origins: Origins::parse(&["http://pages.test".to_owned()]).unwrap(),
            ..Admission::default()
        };
        let app = router(app, admission);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut task = JoinSet::new();
        let stop = CancellationToken::new();
        let places = Places::new("sql", CONNECTIONS, ConnectionMetrics::default());
        task.spawn(http::serve::serve(listener, app, (places, head), stop));
        Self {
            address,
            fixture,
            _task: task,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, "", "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        self.request("POST", path, "", body).await
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Answer {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
        );
        self.exchange(request.as_bytes()).await
    }

    pub(crate) async fn exchange(&self, request: &[u8]) -> Answer {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(request).await.unwrap();
        let mut bytes = Vec::new();
        // A server that refuses a body may reset the connection after its answer.
        socket.read_to_end(&mut bytes).await.ok();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head[9..12].parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let line = self
            .head
            .lines()
            .find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.map_or("", |line| line[name.len() + 1..].trim())
    }
}
