//! Power cuts, full disks and failing syncs at seeded moments: what was acknowledged is handed to the tables once.
//!
//! Senders keep what got no answer and send the same bytes again after the cut, as clients do.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use forward_protocol::encode;
use log_receiver::{
    LandReport, Listeners, Metrics, Receiver, ReceiverConfig, Segment, SinkError, TableSink,
};
use prometheus_client::registry::Registry;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clients::{Forward, entries, ids};
use crate::frail_disk::FrailDisk;
use crate::setup::settings;

const SENDERS: u64 = 6;
const CUTS: u64 = 25;
const EVENTS: u64 = 3;

/// Ids by a segment's buffer and number.
type Landed = HashMap<(String, u64), Vec<u64>>;

/// Tables that keep what they were given under a buffer's name and number, as Delta does.
#[derive(Debug, Clone, Default)]
struct Tables(Arc<Mutex<Landed>>);

impl TableSink for Tables {
    async fn land(&self, segment: Segment) -> Result<LandReport, SinkError> {
        let records: Vec<_> = segment.records.into_iter().collect();
        let (found, seq) = (ids(&records), segment.seq);
        let mut tables = self.0.lock().unwrap();
        let mut is_new = false;
        tables.entry((segment.buffer_id, seq)).or_insert_with(|| {
            is_new = true;
            found
        });
        // Sometimes the answer of a commit gets lost.
        match is_new && seq.is_multiple_of(5) {
            true => Err(SinkError::new("the answer was lost")),
            false => Ok(LandReport::default()),
        }
    }
}

/// Counts acks; the power goes at the chosen one.
#[derive(Debug, Default)]
struct Acks {
    count: AtomicU64,
    cut_at: AtomicU64,
    cut: Notify,
}

/// A message of ids from the number on, sent until it is acknowledged.
async fn send_on(
    address: SocketAddr,
    mut first: u64,
    acks: Arc<Acks>,
    stop: CancellationToken,
) -> u64 {
    let deliver = async {
        loop {
            // A receiver that is gone refuses the connection, or closes it.
            if let Ok(stream) = TcpStream::connect(address).await {
                let mut client = Forward::over(stream);
                loop {
                    let message = entries(first..first + EVENTS);
                    let bytes = encode::packed_forward("t", &message, Some("1"));
                    if !client.try_send(&bytes).await || client.ack().await.is_none() {
                        break;
                    }
                    first += EVENTS;
                    if acks.count.fetch_add(1, Ordering::SeqCst) + 1
                        >= acks.cut_at.load(Ordering::SeqCst)
                    {
                        acks.cut.notify_one();
                    }
                }
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = deliver => {}
        () = stop.cancelled() => {}
    }
    first
}

/// One life over the disk, until this many acks were given; returns how far the senders have come.
async fn live(disk: &FrailDisk, tables: &Tables, firsts: Vec<u64>, acks: u64) -> Vec<u64> {
    let mut file = settings();
    file.buffer.segment_bytes = 2000;
    file.buffer.max_backoff_ms = 5;
    let config = ReceiverConfig::check(&file).unwrap();
    let listeners = Listeners::bind(&config).await.unwrap();
    let address = listeners.forward.local_addr().unwrap();
    let metrics = Metrics::register(&mut Registry::default());
    // A disk that fails at the start stops the receiver; then it is started again.
    let mut starts = (0..10_000).map(|_| {
        let storage = Arc::new(disk.clone());
        Receiver::open(config.clone(), storage, metrics.clone())
    });
    let receiver = starts.find_map(Result::ok).unwrap();
    let (shutdown, stop) = (CancellationToken::new(), CancellationToken::new());
    let mut running = JoinSet::new();
    let (sink, end) = (tables.clone(), shutdown.clone());
    running.spawn(async move { receiver.run(listeners, sink, end).await });
    let counted = Arc::new(Acks::default());
    counted.cut_at.store(acks, Ordering::SeqCst);
    let mut senders = JoinSet::new();
    for first in firsts {
        senders.spawn(send_on(address, first, Arc::clone(&counted), stop.clone()));
    }
    counted.cut.notified().await;
    if disk.is_frail() {
        disk.cut();
    }
    stop.cancel();
    let mut firsts = Vec::new();
    while let Some(first) = senders.join_next().await {
        firsts.push(first.unwrap());
    }
    match disk.is_frail() {
        // What still runs sees a disk that is gone.
        true => running.shutdown().await,
        false => {
            shutdown.cancel();
            running.join_next().await.unwrap().unwrap();
        }
    }
    firsts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_power_cuts_and_failing_disks() {
    for seed in 1..9 {
        let mut disk = FrailDisk::new(seed);
        let tables = Tables::default();
        let mut firsts: Vec<u64> = (0..SENDERS).map(|sender| sender * 1_000_000).collect();
        for cut in 0..CUTS {
            firsts = live(&disk, &tables, firsts, cut * 7 % 23 + 1).await;
            disk = disk.after_the_cut();
        }
        disk.heal();
        // Each sender gets its last message through.
        firsts = live(&disk, &tables, firsts, 50).await;
        let stored: Vec<u64> = tables
            .0
            .lock()
            .unwrap()
            .values()
            .flatten()
            .copied()
            .collect();
        let different: HashSet<u64> = stored.iter().copied().collect();
        assert_eq!(stored.len(), different.len(), "doubled, seed {seed}");
        for first in firsts {
            let begin = first / 1_000_000 * 1_000_000;
            let lost: Vec<u64> = (begin..first)
                .filter(|id| !different.contains(id))
                .collect();
            assert!(lost.is_empty(), "lost, seed {seed}: {lost:?}");
        }
    }
}
