//! What waits for an output through kills and restarts.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};

use super::{deserted, segment_files, send, sorted, until, with_output};
use crate::setup::{Memory, settings, start, start_in};

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
        // A file that goes while we look is one that a kill would not have left.
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
    // The first chunk has arrived, and the sender does not know it.
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
    let nobody = deserted().await;
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
