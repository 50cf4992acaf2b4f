//! Events that are passed on to another receiver: through refusals, restarts and a kill, each of them once.

mod kills;
mod scripted;
mod security;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use forward_protocol::encode;
use log_receiver::ReceiverFile;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::clients::{Forward, entries, ids, request};
use crate::setup::{Memory, Running, settings, start};

/// Settings with one output to these servers.
fn with_output(servers: &[SocketAddr], more: &str) -> ReceiverFile {
    let mut file = settings();
    file.output = outputs(&format!(
        "[[output]]\nkind = \"forward\"\nname = \"next\"\nservers = {:?}\nmax_backoff_ms = 40\n{more}",
        servers.iter().map(ToString::to_string).collect::<Vec<_>>()
    ));
    // Nothing to wait for where the other end is gone.
    file.buffer.shutdown_grace_ms = 2000;
    file
}

pub(crate) fn outputs(text: &str) -> Vec<log_receiver::OutputSection> {
    let file: ReceiverFile = toml::from_str(text).unwrap();
    file.output
}

async fn send(receiver: &Running, tag: &str, ids: std::ops::Range<u64>) {
    let chunk = format!("{tag}{}", ids.start);
    let message = encode::packed_forward(tag, &entries(ids), Some(&chunk));
    let mut client = Forward::connect(receiver.forward).await;
    client.send(&message).await;
    assert!(client.ack().await.is_some());
}

/// Waits until a condition holds; if it never does, the cap ends the test.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    let patience = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), patience)
        .await
        .unwrap();
}

/// An address at which nobody listens.
async fn deserted() -> SocketAddr {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    gone.local_addr().unwrap()
}

fn sorted(memory: &Memory) -> Vec<u64> {
    let mut found = ids(&memory.records());
    found.sort_unstable();
    found
}

/// Files that hold events.
fn segment_files(directory: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.to_string_lossy().contains(".segment"))
        .collect()
}

#[tokio::test]
async fn another_receiver_gets_what_matches_with_its_tag_and_time() {
    for compress in ["none", "gzip", "zstd"] {
        let (next, _next_directory) = start(settings()).await;
        let more = format!("compress = \"{compress}\"\nmatch = [\"ads.*\", \"{{a,b}}.x\"]");
        let (first, directory) = start(with_output(&[next.forward], &more)).await;
        send(&first, "ads.render", 0..1500).await;
        send(&first, "other", 9000..9001).await;
        let body = br#"[{"id":1500,"time":1700000001.5},{"id":1501}]"#;
        assert_eq!(request(first.http, "POST /a/x", body).await.status, 204);
        let got = next.memory.wait_for(1502).await;
        assert_eq!(sorted(&next.memory), (0..1502).collect::<Vec<_>>());
        let posted: Vec<_> = got.iter().filter(|record| record.tag == "a.x").collect();
        let [timed, untimed] = posted.as_slice() else {
            panic!("{posted:?}");
        };
        assert_eq!(timed.event_time_us, Some(1_700_000_001_500_000));
        let here = first.memory.wait_for(1503).await;
        let here = here.iter().find(|record| ids([*record]) == [1501]).unwrap();
        assert_eq!(untimed.event_time_us, Some(here.received_at_us));
        assert!(got.iter().all(|record| record.tag != "other"));
        until(|| segment_files(directory.path()).is_empty()).await;
        assert_eq!(
            first.sum("log_ingest_output_acknowledged_events_total", "next"),
            1502
        );
        let status = request(first.http, "GET /status", b"").await.json();
        let output = status.pointer("/outputs/0").unwrap();
        assert_eq!(
            output.get("state").and_then(Value::as_str),
            Some("idle"),
            "{output}"
        );
        first.stop().await;
        next.stop().await;
    }
}

#[tokio::test]
async fn the_next_server_takes_over_from_one_that_is_gone() {
    let nobody = deserted().await;
    let (next, _directory) = start(settings()).await;
    let (first, _directory) = start(with_output(&[nobody, next.forward], "")).await;
    send(&first, "t", 0..3).await;
    next.memory.wait_for(3).await;
    first.stop().await;
    next.stop().await;
}
