//! Who gets in at the HTTP port of queries, and how many (issue 12, points 17 and 18).

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fixture::LIMITS;
use crate::http::{CONNECTIONS, Server};

#[tokio::test]
async fn pages_of_other_sites_and_unknown_names_run_no_query() {
    let server = Server::start().await;
    let ask = async |headers: &str| {
        let request =
            format!("GET /query?q=SELECT%201 HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
        server.exchange(request.as_bytes()).await.status
    };
    assert_eq!(ask("host: localhost\r\n").await, 200);
    assert_eq!(ask("host: evil.test\r\n").await, 421);
    assert_eq!(ask("").await, 400);
    assert_eq!(ask("host: localhost\r\nhost: localhost\r\n").await, 400);
    let image = "host: localhost\r\nsec-fetch-site: cross-site\r\nsec-fetch-dest: image\r\n";
    assert_eq!(ask(image).await, 403);
    let form = "origin: http://evil.test\r\ncontent-type: text/plain\r\n";
    let posted = server.request("POST", "/query", form, "SELECT 1").await;
    assert_eq!(posted.status, 403);
    for path in ["/", "/status", "/metrics", "/catalog"] {
        let rebound =
            format!("GET {path} HTTP/1.1\r\nhost: evil.test\r\nconnection: close\r\n\r\n");
        assert_eq!(
            server.exchange(rebound.as_bytes()).await.status,
            421,
            "{path}"
        );
    }
    let counted = server.get("/metrics").await.body;
    let one = "log_ingest_queries_total{interface=\"http\",outcome=\"answered\"} 1";
    assert!(counted.contains(one), "{counted}");
}

#[tokio::test]
async fn connections_are_counted_and_a_silent_one_is_ended() {
    let server = Server::with_head(LIMITS, Duration::from_secs(2)).await;
    let mut silent = Vec::new();
    for _ in 0..CONNECTIONS.total {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        silent.push(socket);
    }
    let mut nothing = Vec::new();
    // Their time for a head is up; then there is room again.
    for mut socket in silent {
        socket.read_to_end(&mut nothing).await.ok();
    }
    assert_eq!(server.get("/page.css").await.status, 200);
    let long = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n",
        "x".repeat(70_000)
    );
    assert_eq!(server.exchange(long.as_bytes()).await.status, 431);
}
