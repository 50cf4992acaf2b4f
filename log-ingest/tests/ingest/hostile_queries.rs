//! No statement ends the server, or keeps others from their answers (issue 12, points 2 to 4).

use std::time::Duration;

use log_ingest::query::limits::QueryLimits;

use crate::fixture::LIMITS;
use crate::http::Server as HttpServer;
use crate::psql::Server as PostgresServer;
use crate::wire_client::{WireClient, error, state, value};

/// Time enough for an honest query of a busy machine, and little enough to wait for the others.
const SHORT: QueryLimits = QueryLimits {
    timeout: Duration::from_secs(8),
    memory: 256 << 20,
    concurrent: 4,
    ..LIMITS
};

fn chain(first: &str, next: &str, length: usize) -> String {
    format!("{first}{}", next.repeat(length))
}

fn doubled(levels: usize) -> String {
    let levels = (1..=levels).map(|n| {
        let before = n - 1;
        format!(", c{n} AS (SELECT * FROM c{before} UNION ALL SELECT * FROM c{before})")
    });
    let levels: String = levels.collect();
    format!("WITH c0 AS (SELECT 1 AS n){levels} SELECT COUNT(*) FROM c24")
}

/// Statements that are refused or answered, as long as the client hears of it and others are not disturbed.
fn deep() -> Vec<String> {
    vec![
        chain("SELECT 1", "+1", 1_600),
        chain("SELECT 1", "::bigint", 1_600),
        chain("SELECT 1", "::text::bigint", 900),
        chain("SELECT 'a'", "||'a'", 1_900),
        chain(
            "SELECT COUNT(*) FROM bids WHERE bidder = 'a'",
            " OR bidder = 'a'",
            900,
        ),
        chain(
            "SELECT COUNT(*) FROM bids WHERE NOT bidder = 'a'",
            " AND cpm <> 1",
            900,
        ),
        chain("SELECT 1 AS n", " UNION ALL SELECT 1", 200),
        chain("SELECT 1 AS n", " UNION ALL SELECT 1", 900),
        chain("SELECT COUNT(*) FROM bids", " NATURAL JOIN bids", 800),
        chain("SELECT COUNT(*) FROM bids b0", ", bids", 800),
        format!("SELECT {}1{}", "(".repeat(90), ")".repeat(90)),
        format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("SELECT {}1{}", "abs(".repeat(60), ")".repeat(60)),
        format!("SELECT {}1{}", "- ".repeat(3_000), ""),
        format!("SELECT {}true", "NOT ".repeat(1_500)),
        format!(
            "SELECT {}1{}",
            "CASE WHEN true THEN ".repeat(900),
            " END".repeat(900)
        ),
        format!("SELECT {}SELECT 1{}", "(".repeat(95), ")".repeat(95)),
        doubled(24),
    ]
}

/// Statements that take memory which the engine does not count.
const LARGE: &[&str] = &[
    "SELECT array_length(generate_series(1, 1000000000))",
    "SELECT array_length(range(0, 1000000000))",
    "SELECT array_length(array_agg(repeat('x', 10000000))) FROM generate_series(1, 1000)",
    "SELECT length(repeat('x', 2000000000))",
    "SELECT array_length(array_repeat(1, 1000000000))",
    "SELECT length(lpad('x', 2000000000, 'y'))",
    "SELECT array_length(array_agg(repeat('x', 1000) || v.value)) FROM generate_series(1, 10000000) AS v",
    "SELECT length(string_agg(repeat('x', 1000) || v.value, ',')) FROM generate_series(1, 10000000) AS v",
    "WITH RECURSIVE r AS (SELECT repeat('x', 1000) AS s UNION ALL SELECT s || s FROM r) SELECT MAX(length(s)) FROM r",
];

/// Statements that would run forever.
const LONG: &[&str] = &[
    "SELECT COUNT(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b WHERE a.value + b.value = -1",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r",
    "SELECT COUNT(*) FROM generate_series(1, 100000000000) AS v WHERE v.value % 7 = 9",
];

#[tokio::test]
async fn statements_of_any_depth_are_answered_or_refused_over_http() {
    let server = HttpServer::with(SHORT).await;
    for sql in deep() {
        let answer = server.post("/query", &sql).await;
        let what = &sql[..sql.len().min(60)];
        assert!(
            matches!(answer.status, 200 | 400 | 504),
            "{what}: {} {}",
            answer.status,
            answer.body
        );
        assert!(!answer.body.is_empty(), "{what}");
    }
    assert_eq!(
        server.post("/query", "SELECT 1 AS n").await.body,
        "[{\"n\":1}]"
    );
}

#[tokio::test]
async fn statements_of_any_depth_are_answered_or_refused_over_the_wire() {
    let server = PostgresServer::with(SHORT, None).await;
    for sql in deep() {
        let mut client = WireClient::connect(server.address).await;
        let answer = client.query(&sql).await;
        let what = &sql[..sql.len().min(60)];
        if let Some(state) = state(&answer) {
            assert!(
                [
                    "54001", "57014", "53200", "42601", "42000", "42702", "42703"
                ]
                .contains(&state.as_str()),
                "{what}: {answer:?}"
            );
        } else {
            assert!(
                answer.iter().any(|(kind, _)| *kind == b'D'),
                "{what}: {answer:?}"
            );
        }
    }
    let mut client = WireClient::connect(server.address).await;
    assert_eq!(value(&client.query("SELECT 1").await), b"1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_takes_too_much_memory_is_told_so_and_harms_nobody() {
    let server = HttpServer::with(SHORT).await;
    for sql in LARGE {
        let answer = server.post("/query", sql).await;
        assert!(
            matches!(answer.status, 400 | 504),
            "{sql}: {} {}",
            answer.status,
            answer.body
        );
        let said = [
            "memory",
            "too large",
            "longer than",
            "exceed",
            "limit",
            "overflow",
            "range",
        ];
        assert!(
            said.iter().any(|word| answer.body.contains(word)),
            "{sql}: {}",
            answer.body
        );
        assert_eq!(
            server.post("/query", "SELECT 1 AS n").await.body,
            "[{\"n\":1}]",
            "{sql}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_does_not_end_is_stopped_and_others_are_answered_meanwhile() {
    let server = HttpServer::with(SHORT).await;
    let hostile = async {
        for sql in LONG {
            let answer = server.post("/query", sql).await;
            assert_eq!(
                (answer.status, answer.header("x-sqlstate")),
                (504, "57014"),
                "{sql}: {}",
                answer.body
            );
        }
    };
    let honest = async {
        for _ in 0..3 {
            assert_eq!(
                server.post("/query", "SELECT 1 AS n").await.body,
                "[{\"n\":1}]"
            );
        }
    };
    tokio::join!(hostile, honest);
}

/// The session may go on or end; what was asked for is stopped, and the client hears that it was cancelled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_request_stops_a_query_whatever_it_does() {
    let limits = QueryLimits {
        timeout: Duration::from_secs(600),
        ..SHORT
    };
    let server = PostgresServer::with(limits, None).await;
    for sql in LONG {
        let mut client = WireClient::connect(server.address).await;
        client.start(sql).await;
        let key = client.key().to_vec();
        let answer = client.answer();
        tokio::pin!(answer);
        let mut again = tokio::time::interval(Duration::from_millis(300));
        let answer = loop {
            // A request may be there before the query is; it is sent until it is heard.
            tokio::select! {
                answer = &mut answer => break answer,
                _ = again.tick() => WireClient::cancel(server.address, &key).await,
            }
        };
        assert_eq!(
            state(&answer).as_deref(),
            Some("57014"),
            "{sql}: {answer:?}"
        );
        let text = error(&answer).unwrap();
        assert!(text.contains("cancelled"), "{text}");
    }
}

#[tokio::test]
async fn silent_connections_take_no_place_of_a_session() {
    let server = PostgresServer::start().await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(
            tokio::net::TcpStream::connect(server.address)
                .await
                .unwrap(),
        );
    }
    let mut client = WireClient::connect(server.address).await;
    assert_eq!(value(&client.query("SELECT 1").await), b"1");
    // Sessions have places of their own: eight of them here.
    let mut sessions = Vec::new();
    for _ in 0..7 {
        sessions.push(WireClient::connect(server.address).await);
    }
    let refused = WireClient::try_connect(server.address).await;
    let answer = refused.err().unwrap();
    assert_eq!(state(&answer).as_deref(), Some("53300"), "{answer:?}");
    sessions.pop();
    loop {
        // The place is free as soon as the server has seen the end of the session.
        if WireClient::try_connect(server.address).await.is_ok() {
            break;
        }
    }
}

#[tokio::test]
async fn garbage_ends_its_own_connection() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = PostgresServer::start().await;
    let starts: [&[u8]; 4] = [
        b"GET / HTTP/1.1\r\n\r\n",
        &[0, 0, 0, 8, 0, 0, 0, 0],
        &[0xff; 64],
        &[0, 0, 0, 0],
    ];
    for bytes in starts {
        let mut socket = tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap();
        socket.write_all(bytes).await.unwrap();
        let mut rest = Vec::new();
        // The server may reset the connection.
        socket.read_to_end(&mut rest).await.ok();
    }
    let mut client = WireClient::connect(server.address).await;
    client.send_raw(b"Q\xff\xff\xff\xff").await;
    assert_eq!(state(&client.answer().await).as_deref(), Some("54001"));
    let mut client = WireClient::connect(server.address).await;
    assert_eq!(value(&client.query("SELECT 1").await), b"1");
}
