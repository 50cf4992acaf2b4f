//! Servers that do with a message what the test says, and servers that are not there.

use std::time::Duration;

use forward_protocol::{Ack, Frame, FrameScanner, Limits, Scan};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{deserted, segment_files, send, until, with_output};
use crate::setup::start;

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
async fn an_output_that_lies_too_far_behind_loses_the_oldest_and_says_how_many() {
    let address = deserted().await;
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
