//! Events that are passed on to another receiver: through refusals, restarts and a kill, each of them once.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use forward_protocol::{Ack, Frame, FrameScanner, Limits, Scan, encode};
use log_receiver::{ReceiverFile, UserSection};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::clients::{Forward, entries, ids, request};
use crate::setup::{Memory, Running, settings, start, start_in};

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

/// Until a condition holds; what never comes ends the test by its cap.
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

fn pem(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/receiver/tls")
        .join(name);
    path.display().to_string()
}

/// A receiver that asks for a key, a user and a certificate.
async fn strict() -> (Running, tempfile::TempDir) {
    let mut file = settings();
    file.forward.security.shared_key = Some("k".into());
    file.forward.security.users = vec![UserSection {
        name: "u".to_owned(),
        password: "p".into(),
    }];
    file.forward.tls.certificate = Some(pem("server.pem").into());
    file.forward.tls.private_key = Some(pem("server.key").into());
    file.forward.tls.client_authorities = Some(pem("authority.pem").into());
    start(file).await
}

/// What an output needs to know of its certificates.
fn tls() -> String {
    format!(
        "tls = {{ authorities = {:?}, server_name = \"localhost\", certificate = {:?}, private_key = {:?} }}\n",
        pem("authority.pem"),
        pem("client.pem"),
        pem("client.key")
    )
}

#[tokio::test]
async fn keys_users_and_certificates() {
    let ((next, _directory), tls) = (strict().await, tls());
    for (number, keepalive) in [true, false].into_iter().enumerate() {
        let login = format!(
            "shared_key = \"k\"\nusername = \"u\"\npassword = \"p\"\nkeepalive = {keepalive}\n{tls}"
        );
        let (first, _directory) = start(with_output(&[next.forward], &login)).await;
        let from = number as u64 * 10;
        send(&first, "t", from..from + 5).await;
        send(&first, "u", from + 5..from + 10).await;
        next.memory.wait_for(number * 10 + 10).await;
        first.stop().await;
    }
    assert_eq!(sorted(&next.memory), (0..20).collect::<Vec<_>>());
    next.stop().await;
}

#[tokio::test]
async fn who_is_not_let_in_says_why() {
    let ((next, _directory), tls) = (strict().await, tls());
    for (wrong, said) in [
        (
            format!("shared_key = \"x\"\nusername = \"u\"\npassword = \"p\"\n{tls}"),
            "shared_key mismatch",
        ),
        (
            format!("shared_key = \"k\"\nusername = \"u\"\npassword = \"x\"\n{tls}"),
            "username/password mismatch",
        ),
        (
            format!(
                "shared_key = \"k\"\nself_hostname = \"log-ingest\"\nusername = \"u\"\npassword = \"p\"\n{tls}"
            ),
            "a circle",
        ),
        (
            format!(
                "shared_key = \"k\"\n{}",
                tls.replace("\"localhost\"", "\"elsewhere\"")
            ),
            "certificate",
        ),
    ] {
        let (first, _directory) = start(with_output(&[next.forward], &wrong)).await;
        send(&first, "t", 0..1).await;
        until(|| first.sum("log_ingest_output_retries_total", "next") > 1).await;
        let status = request(first.http, "GET /status", b"").await.json();
        let error = status
            .pointer("/outputs/0/error")
            .and_then(Value::as_str)
            .unwrap()
            .to_owned();
        assert!(error.contains(said), "{error}");
        first.stop().await;
    }
    assert!(next.stop().await.records().is_empty());
}

/// What a scripted server does with a message.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    CloseAtOnce,
    CloseWithoutAck,
    WrongAck,
    Garbage,
    EmptyMap,
    TwoAcks,
    Silence,
    Ack,
}

/// One message of a connection; `None` = closed before it was complete.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut received = Vec::new();
    loop {
        let scan = FrameScanner::new()
            .scan(&received, &Limits::default())
            .unwrap();
        if let Scan::Complete(length) = scan {
            assert_eq!(length, received.len(), "one chunk at a time");
            return Some(received);
        }
        if stream.read_buf(&mut received).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}

fn chunk_of(message: &[u8]) -> Vec<u8> {
    let Frame::Message(message) = Frame::decode(message, &Limits::default()).unwrap() else {
        panic!("a message");
    };
    message.option.chunk.unwrap().to_vec()
}

async fn act(act: Act, stream: &mut TcpStream, message: &[u8]) {
    let mut ack = Vec::new();
    let chunk = chunk_of(message);
    Ack { chunk: &chunk }.encode(&mut ack);
    let answer = match act {
        Act::WrongAck => b"\x81\xa3ack\xa5other".to_vec(),
        Act::Garbage => b"\xc1\xc1\xc1".to_vec(),
        Act::EmptyMap => b"\x80".to_vec(),
        Act::TwoAcks => ack.repeat(2),
        Act::Ack => ack,
        Act::Silence => {
            // Until the other end gives up.
            stream.read_u8().await.ok();
            Vec::new()
        }
        Act::CloseAtOnce | Act::CloseWithoutAck => Vec::new(),
    };
    stream.write_all(&answer).await.ok();
}

#[tokio::test]
async fn a_server_that_misbehaves_gets_the_same_bytes_until_it_acknowledges() {
    let script = [
        Act::CloseAtOnce,
        Act::CloseWithoutAck,
        Act::WrongAck,
        Act::Garbage,
        Act::EmptyMap,
        Act::TwoAcks,
        Act::Silence,
        Act::Ack,
    ];
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    let (first, directory) = start(with_output(&[address], "ack_timeout_ms = 300")).await;
    send(&first, "t", 0..10).await;
    let mut messages = Vec::new();
    for step in script {
        let (mut stream, _) = server.accept().await.unwrap();
        if step == Act::CloseAtOnce {
            continue;
        }
        let message = message(&mut stream).await.unwrap();
        act(step, &mut stream, &message).await;
        messages.push(message);
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "the same bytes every time");
    until(|| segment_files(directory.path()).is_empty()).await;
    let count = |name: &str| first.sum(&format!("log_ingest_output_{name}_total"), "next");
    assert_eq!(count("retries"), script.len() as u64 - 1);
    assert_eq!(count("sent_events"), 10 * script.len() as u64);
    assert_eq!(count("acknowledged_events"), 10);
    first.stop().await;
}

#[tokio::test]
async fn the_next_server_takes_over_from_one_that_is_gone() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = gone.local_addr().unwrap();
    drop(gone);
    let (next, _directory) = start(settings()).await;
    let (first, _directory) = start(with_output(&[nobody, next.forward], "")).await;
    send(&first, "t", 0..3).await;
    next.memory.wait_for(3).await;
    first.stop().await;
    next.stop().await;
}

/// A port that passes bytes on, but acks only when it is told to.
async fn without_acks(to: SocketAddr) -> (SocketAddr, tokio::task::JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        loop {
            let (from, _) = listener.accept().await.unwrap();
            let to = TcpStream::connect(to).await.unwrap();
            let (mut read, _answers) = from.into_split();
            let (_unread, mut write) = to.into_split();
            tokio::io::copy(&mut read, &mut write).await.ok();
        }
    });
    (address, tasks)
}

/// A buffer's directory as a kill at this moment would leave it.
fn as_a_kill_leaves_it(directory: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(directory).unwrap() {
        let file = file.unwrap();
        // One that goes while we look is one that a kill would not have left.
        fs::copy(file.path(), copy.path().join(file.file_name())).ok();
    }
    copy
}

#[tokio::test]
async fn what_was_sent_before_a_kill_and_not_acknowledged_is_stored_once_at_the_other_end() {
    let (next, _next_directory) = start(settings()).await;
    let (silent, _tasks) = without_acks(next.forward).await;
    let (first, directory) = start(with_output(&[silent], "chunk_bytes = 1024")).await;
    send(&first, "t", 0..100).await;
    // The first chunk has arrived, and nobody here knows.
    let arrived = next.memory.wait_for(1).await.len();
    let landed = first.memory.wait_for(100).await;
    assert!(landed.len() == 100 && arrived < 100, "{arrived}");
    until(|| {
        segment_files(directory.path())
            .iter()
            .all(|path| path.extension().unwrap() == "landed")
    })
    .await;
    let left = as_a_kill_leaves_it(directory.path());
    let memory = Arc::new(Memory::default());
    let second = start_in(
        with_output(&[next.forward], "chunk_bytes = 1024"),
        left.path(),
        memory,
    )
    .await;
    next.memory.wait_for(100).await;
    until(|| segment_files(left.path()).is_empty()).await;
    assert_eq!(sorted(&next.memory), (0..100).collect::<Vec<_>>());
    assert_eq!(
        next.sum("log_ingest_repeated_events_total", "forward"),
        arrived as u64
    );
    assert!(
        second.stop().await.records().is_empty(),
        "the tables had it all"
    );
    first.stop().await;
    next.stop().await;
}

#[tokio::test]
async fn what_waits_for_an_output_outlives_restarts_and_goes_with_it() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = gone.local_addr().unwrap();
    drop(gone);
    let directory = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::default());
    for (round, landed) in (0..3).zip(1..) {
        let file = with_output(&[nobody], "");
        let first = start_in(file, directory.path(), Arc::clone(&memory)).await;
        send(&first, "t", round * 3..round * 3 + 3).await;
        memory.wait_for(landed * 3).await;
        first.stop().await;
    }
    assert_eq!(segment_files(directory.path()).len(), 3);
    let left = as_a_kill_leaves_it(directory.path());
    let (next, _next_directory) = start(settings()).await;
    let first = start_in(
        with_output(&[next.forward], ""),
        directory.path(),
        Arc::default(),
    )
    .await;
    next.memory.wait_for(9).await;
    assert_eq!(sorted(&next.memory), (0..9).collect::<Vec<_>>());
    until(|| segment_files(directory.path()).is_empty()).await;
    assert!(first.stop().await.records().is_empty());
    next.stop().await;
    // Without the output nobody wants them.
    let first = start_in(settings(), left.path(), Arc::default()).await;
    assert!(segment_files(left.path()).is_empty());
    assert!(!left.path().join("output-next.position").exists());
    assert!(first.stop().await.records().is_empty());
}

#[tokio::test]
async fn an_output_that_lies_too_far_behind_loses_the_oldest_and_says_how_many() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let mut file = with_output(&[address], "max_lag_bytes = 8192");
    file.buffer.segment_bytes = 4096;
    let (first, directory) = start(file).await;
    for batch in 0..20 {
        send(&first, "t", batch * 50..batch * 50 + 50).await;
    }
    // Neither the tables nor the senders notice.
    first.memory.wait_for(1000).await;
    let dropped = || first.sum("log_ingest_output_dropped_events_total", "next");
    let kept = || {
        let files = segment_files(directory.path());
        let lengths = files.iter().filter_map(|path| path.metadata().ok());
        lengths.map(|file| file.len()).sum::<u64>()
    };
    until(|| dropped() > 0 && kept() <= 8192).await;
    let server = TcpListener::bind(address).await.unwrap();
    let mut last = Vec::new();
    while !segment_files(directory.path()).is_empty() {
        let accepted = tokio::time::timeout(Duration::from_millis(20), server.accept()).await;
        let Ok(Ok((mut stream, _))) = accepted else {
            continue;
        };
        while let Ok(Some(bytes)) =
            tokio::time::timeout(Duration::from_millis(100), message(&mut stream)).await
        {
            act(Act::Ack, &mut stream, &bytes).await;
            last = bytes;
        }
    }
    let acknowledged = first.sum("log_ingest_output_acknowledged_events_total", "next");
    assert_eq!(acknowledged + dropped(), 1000);
    assert!(acknowledged > 0 && !last.is_empty());
    first.stop().await;
}
