//! `kill -9` in the middle of acknowledged writes, again and again over the same directory: everything that was
//! acknowledged is in the sink exactly once.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use forward_protocol::encode;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::clients::{Forward, entries};

const ROUNDS: u64 = 10;
const FORWARD_CLIENTS: u64 = 4;
const EVENTS_PER_CHUNK: u64 = 20;
/// Ids of one client in one round start here times the client's number.
const SPACE: u64 = 10_000_000;

struct Program {
    child: Child,
    http: SocketAddr,
    forward: SocketAddr,
}

/// The example is built together with the tests and lies beside them.
fn program_path() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent()
        .and_then(Path::parent)
        .unwrap()
        .join("examples/receiver_to_files")
}

async fn start(directory: &Path) -> Program {
    let mut child = Command::new(program_path())
        .arg(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .await
        .unwrap();
    let address = |name: &str| {
        let found = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix(name));
        found
            .unwrap_or_else(|| panic!("no {name} in {line:?}"))
            .parse()
            .unwrap()
    };
    Program {
        http: address("http="),
        forward: address("forward="),
        child,
    }
}

/// Sends chunk after chunk, each with ids never used before, until the receiver dies; returns what was acknowledged.
async fn forward_client(address: SocketAddr, first: u64) -> Vec<u64> {
    let mut acknowledged = Vec::new();
    let Ok(stream) = TcpStream::connect(address).await else {
        return acknowledged;
    };
    drop(stream);
    let mut client = Forward::connect(address).await;
    for id in (first..).step_by(usize::try_from(EVENTS_PER_CHUNK).unwrap()) {
        let ids = id..id + EVENTS_PER_CHUNK;
        let message = encode::packed_forward("t", &entries(ids.clone()), Some("chunk"));
        if client.stream.write_all(&message).await.is_err() || client.ack().await.is_none() {
            break;
        }
        acknowledged.extend(ids);
    }
    acknowledged
}

/// The same over HTTP with one event per request.
async fn http_client(address: SocketAddr, first: u64) -> Vec<u64> {
    let mut acknowledged = Vec::new();
    let Ok(stream) = TcpStream::connect(address).await else {
        return acknowledged;
    };
    let mut stream = BufReader::new(stream);
    for id in first.. {
        let body = format!("[{{\"id\":{id}}}]");
        let request = format!(
            "POST /t HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(request.as_bytes()).await.is_err() {
            break;
        }
        let mut answer = String::new();
        while !answer.ends_with("\r\n\r\n") {
            match stream.read_line(&mut answer).await {
                Ok(count) if count > 0 => {}
                _ => return acknowledged,
            }
        }
        if answer.starts_with("HTTP/1.1 204") {
            acknowledged.push(id);
        }
    }
    acknowledged
}

/// One life of the program: load on it, `SIGKILL` after a while, and the ids that were acknowledged.
async fn live_and_die(directory: &Path, round: u64) -> Vec<u64> {
    let mut program = start(directory).await;
    let mut clients = JoinSet::new();
    for client in 0..FORWARD_CLIENTS {
        clients.spawn(forward_client(
            program.forward,
            (round * 10 + client) * SPACE,
        ));
    }
    clients.spawn(http_client(
        program.http,
        (round * 10 + FORWARD_CLIENTS) * SPACE,
    ));
    // Lives differ in length, so that some die while writing, some while sealing and some while landing.
    tokio::time::sleep(Duration::from_millis(60 + round * 97 % 350)).await;
    program.child.kill().await.unwrap();
    let mut acknowledged = Vec::new();
    while let Some(ids) = clients.join_next().await {
        acknowledged.extend(ids.unwrap());
    }
    acknowledged
}

/// How often each id is in the sink's files.
fn landed(directory: &Path) -> HashMap<u64, u32> {
    let mut counts = HashMap::new();
    for file in fs::read_dir(directory.join("landed")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|end| end == "ndjson") {
            for line in fs::read_to_string(path).unwrap().lines() {
                let record: Value = serde_json::from_str(line).unwrap();
                let id = record["fields"]["id"].as_u64().unwrap();
                *counts.entry(id).or_insert(0) += 1;
            }
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_before_a_kill_is_in_the_sink_exactly_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(live_and_die(directory.path(), round).await);
    }
    let mut last = start(directory.path()).await;
    // The end of its standard input shuts it down, and that lands what is left.
    drop(last.child.stdin.take());
    assert!(last.child.wait().await.unwrap().success());
    let counts = landed(directory.path());
    assert!(!acknowledged.is_empty());
    let lost = acknowledged
        .iter()
        .filter(|id| !counts.contains_key(id))
        .count();
    let doubled = counts.values().filter(|count| **count > 1).count();
    assert_eq!(
        (lost, doubled),
        (0, 0),
        "of {} acknowledged events",
        acknowledged.len()
    );
}
