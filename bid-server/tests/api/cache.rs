//! `/cache` in memory and in a real Redis, and the creatives of auctions in it.

use std::process::{Child, Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::Server;

async fn put(server: &Server, body: &Value) -> (u16, String) {
    let request = server.request(Method::POST, "/cache");
    let answer = request.body(body.to_string()).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn ids(server: &Server, body: &Value) -> Vec<String> {
    let (status, text) = put(server, body).await;
    assert_eq!(status, 200, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    let ids = answer["responses"].as_array().unwrap().iter();
    ids.map(|id| id["uuid"].as_str().unwrap().to_owned())
        .collect()
}

/// Status, content type and body.
pub(crate) async fn get(server: &Server, id: &str) -> (u16, String, String) {
    let path = format!("/cache?uuid={id}");
    let answer = server.request(Method::GET, &path).send().await.unwrap();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (answer.status().as_u16(), kind, answer.text().await.unwrap())
}

async fn keeps_and_gives_back(server: &Server) {
    let puts = json!({"puts": [
        {"type": "xml", "value": "<VAST/>", "ttlseconds": 60},
        {"type": "json", "value": {"b": 1, "a": "\u{e4}"}},
    ]});
    let ids = ids(server, &puts).await;
    assert_ne!(ids[0], ids[1]);
    let xml = get(server, &ids[0]).await;
    assert_eq!(
        xml,
        (200, "application/xml".to_owned(), "<VAST/>".to_owned())
    );
    let json = get(server, &ids[1]).await;
    assert_eq!((json.0, json.1.as_str()), (200, "application/json"));
    assert_eq!(json.2, "{\"b\":1,\"a\":\"\u{e4}\"}");
    assert_eq!(get(server, "unknown").await.0, 404);
    assert_eq!(get(server, "%00%20").await.0, 404);
}

async fn gives_a_wished_key_once(server: &Server) {
    let puts = json!({"puts": [{"type": "xml", "value": "<VAST/>", "key": "my-key"}]});
    assert_eq!(ids(server, &puts).await, ["my-key"]);
    assert_eq!(ids(server, &puts).await, [""]);
    assert_eq!(get(server, "my-key").await.0, 200);
}

#[tokio::test]
async fn memory_keeps_and_gives_back() {
    let server = Server::start("[cache]\nallow_keys = true").await;
    keeps_and_gives_back(&server).await;
    gives_a_wished_key_once(&server).await;
}

#[tokio::test]
async fn faults_and_caps_are_client_errors() {
    let server = Server::start("[cache]\nmax_puts = 2\nmax_value_bytes = 10").await;
    let value = |text: &str| json!({"type": "xml", "value": text});
    let cases = [
        (
            json!({"puts": [value("a"), value("b"), value("c")]}),
            "puts: more than 2",
        ),
        (
            json!({"puts": [value("a"), value("12345678901")]}),
            "puts[1].value: larger than 10 bytes",
        ),
        (
            json!({"puts": [{"value": "a", "key": "k", "type": "xml"}]}),
            "puts[0].key: this server gives the ids itself",
        ),
        (json!({"puts": 1}), "not a list of puts"),
        (json!([1]), "not a list of puts"),
    ];
    for (body, fault) in cases {
        let (status, text) = put(&server, &body).await;
        assert_eq!(status, 400, "{text}");
        assert!(
            text.starts_with(&format!("Invalid request: {fault}")),
            "{text}"
        );
    }
    let many = "x".repeat(2000);
    assert_eq!(put(&server, &json!({"puts": [value(&many)]})).await.0, 400);
    assert_eq!(get(&server, "").await.0, 400);
    assert_eq!(
        ids(&server, &json!({"puts": []})).await,
        Vec::<String>::new()
    );
}

/// Our own Redis on a socket; dropping it ends the process.
struct Redis {
    folder: TempDir,
    process: Child,
}

impl Redis {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let process = Self::spawn(&folder);
        let redis = Self { folder, process };
        redis.listens().await;
        redis
    }

    /// Debian's `redis-server`, which `cargo xtask setup` installs.
    fn spawn(folder: &TempDir) -> Child {
        let socket = folder.path().join("redis.sock");
        Command::new("redis-server")
            .args([
                "--port",
                "0",
                "--save",
                "",
                "--appendonly",
                "no",
                "--unixsocket",
            ])
            .arg(&socket)
            .arg("--dir")
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Waits until its socket accepts connections.
    async fn listens(&self) {
        let socket = self.folder.path().join("redis.sock");
        while tokio::net::UnixStream::connect(&socket).await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    fn settings(&self) -> String {
        let socket = self.folder.path().join("redis.sock");
        format!(
            "[cache]\nstore = 'redis'\nredis_url = 'unix://{}'\ntimeout_ms = 5000\nallow_keys = true\n",
            socket.display()
        )
    }

    fn end(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[tokio::test]
async fn redis_keeps_and_gives_back_for_several_servers() {
    let redis = Redis::start().await;
    let one = Server::start(&redis.settings()).await;
    keeps_and_gives_back(&one).await;
    gives_a_wished_key_once(&one).await;
    let other = Server::start(&redis.settings()).await;
    assert_eq!(get(&other, "my-key").await.2, "<VAST/>");
}

#[tokio::test]
async fn redis_that_goes_and_comes_back_is_an_outage_and_nothing_more() {
    let mut redis = Redis::start().await;
    let server = Server::start(&redis.settings()).await;
    keeps_and_gives_back(&server).await;
    redis.end();
    let puts = json!({"puts": [{"type": "xml", "value": "<VAST/>"}]});
    let (status, text) = put(&server, &puts).await;
    assert_eq!(status, 503, "{text}");
    assert_eq!(get(&server, "any").await.0, 503);
    redis.process = Redis::spawn(&redis.folder);
    redis.listens().await;
    keeps_and_gives_back(&server).await;
}
