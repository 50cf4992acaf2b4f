//! A receiver on free ports with a sink that remembers, and storage that can be told to fail.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use log_receiver::{
    DiskStorage, LandReport, Listeners, Metrics, ObjectStores, Receiver, ReceiverConfig,
    ReceiverFile, Record, Segment, SegmentFile, SinkError, Storage, TableSink,
};
use prometheus_client::registry::Registry;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Says which segments a sink can never take.
pub(crate) type CannotTake = fn(&[Record]) -> bool;

/// Keeps segments in memory; refuses them while told to.
#[derive(Debug)]
pub(crate) struct Memory {
    segments: Mutex<Vec<LandedSegment>>,
    arrived: Notify,
    pub(crate) refuses: AtomicBool,
    /// Records that it can never take.
    pub(crate) cannot_take: Mutex<Option<CannotTake>>,
    pub(crate) attempts: AtomicU32,
    /// How many segments are taken before the store goes away.
    pub(crate) fails_after: AtomicU32,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            segments: Mutex::default(),
            arrived: Notify::default(),
            refuses: AtomicBool::default(),
            cannot_take: Mutex::default(),
            attempts: AtomicU32::default(),
            fails_after: AtomicU32::new(u32::MAX),
        }
    }
}

/// A segment with its records.
#[derive(Debug, Clone)]
pub(crate) struct LandedSegment {
    pub(crate) buffer_id: String,
    pub(crate) seq: u64,
    pub(crate) records: Vec<Record>,
}

/// What the receiver is given; the test keeps the other end.
#[derive(Debug, Clone)]
pub(crate) struct MemorySink(pub(crate) Arc<Memory>);

impl TableSink for MemorySink {
    async fn land(&self, segment: Segment) -> Result<LandReport, SinkError> {
        self.0.attempts.fetch_add(1, Ordering::SeqCst);
        if self.0.refuses.load(Ordering::SeqCst) {
            return Err(SinkError::new("told to refuse"));
        }
        let segment = LandedSegment {
            buffer_id: segment.buffer_id,
            seq: segment.seq,
            records: segment.records.into_iter().collect(),
        };
        let cannot_take = *self.0.cannot_take.lock().unwrap();
        if cannot_take.is_some_and(|cannot| cannot(&segment.records)) {
            return Err(SinkError::of_records("a record that no column holds"));
        }
        if self.0.segments().len() >= self.0.fails_after.load(Ordering::SeqCst) as usize {
            return Err(SinkError::new("the store is away"));
        }
        let (events, faults): (Vec<&Record>, Vec<&Record>) = segment
            .records
            .iter()
            .partition(|record| record.fault.is_none());
        let (stored, quarantined) = (events.len() as u64, faults.len() as u64);
        self.0.segments.lock().unwrap().push(segment);
        self.0.arrived.notify_waiters();
        Ok(LandReport {
            stored,
            quarantined,
            ..LandReport::default()
        })
    }
}

impl Memory {
    pub(crate) fn segments(&self) -> Vec<LandedSegment> {
        self.segments.lock().unwrap().clone()
    }

    /// All records landed so far.
    pub(crate) fn records(&self) -> Vec<Record> {
        self.segments()
            .into_iter()
            .flat_map(|segment| segment.records)
            .collect()
    }

    /// Waits until this many records have landed.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Record> {
        loop {
            let arrived = self.arrived.notified();
            let mut arrived = std::pin::pin!(arrived);
            arrived.as_mut().enable();
            let records = self.records();
            if records.len() >= count {
                return records;
            }
            arrived.await;
        }
    }
}

/// A directory whose files stop working on demand.
#[derive(Debug)]
pub(crate) struct Faulty {
    disk: DiskStorage,
    switch: Arc<Switch>,
}

/// Which calls fail.
#[derive(Debug, Default)]
pub(crate) struct Switch {
    pub(crate) appends_fail: AtomicBool,
    pub(crate) syncs_fail: AtomicBool,
    pub(crate) creates_fail: AtomicBool,
    pub(crate) cuts_fail: AtomicBool,
    pub(crate) syncs: AtomicU32,
}

#[derive(Debug)]
struct FaultyFile {
    file: Box<dyn SegmentFile>,
    switch: Arc<Switch>,
}

fn fail(when: &AtomicBool, kind: io::ErrorKind) -> io::Result<()> {
    if when.load(Ordering::SeqCst) {
        Err(kind.into())
    } else {
        Ok(())
    }
}

impl SegmentFile for FaultyFile {
    /// A full disk takes a part of the bytes before it refuses.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.switch.appends_fail.load(Ordering::SeqCst) {
            self.file.append(bytes.get(..bytes.len() / 2).unwrap())?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        fail(&self.switch.syncs_fail, io::ErrorKind::Other)?;
        self.switch.syncs.fetch_add(1, Ordering::SeqCst);
        self.file.sync()
    }
}

impl Storage for Faulty {
    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.disk.read(name)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn SegmentFile>> {
        fail(&self.switch.creates_fail, io::ErrorKind::StorageFull)?;
        let file = self.disk.create(name)?;
        Ok(Box::new(FaultyFile {
            file,
            switch: Arc::clone(&self.switch),
        }))
    }

    fn truncate(&self, name: &str, length: u64) -> io::Result<()> {
        fail(&self.switch.cuts_fail, io::ErrorKind::Other)?;
        self.disk.truncate(name, length)
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fail(&self.switch.creates_fail, io::ErrorKind::StorageFull)?;
        self.disk.replace(name, bytes)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }
}

/// A running receiver.
pub(crate) struct Running {
    pub(crate) http: std::net::SocketAddr,
    pub(crate) forward: std::net::SocketAddr,
    pub(crate) memory: Arc<Memory>,
    pub(crate) switch: Arc<Switch>,
    registry: Registry,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
}

/// Settings for tests: free ports, segments sealed quickly.
pub(crate) fn settings() -> ReceiverFile {
    let mut file = ReceiverFile::default();
    file.http.listen.set_port(0);
    file.forward.listen.set_port(0);
    file.buffer.segment_age_ms = 20;
    file.buffer.max_backoff_ms = 50;
    file
}

/// For tests that send the very same message several times and count how often it arrives.
pub(crate) fn settings_without_dedup() -> ReceiverFile {
    let mut file = settings();
    file.buffer.dedup_chunks = 0;
    file
}

/// A receiver over a new directory, which must be kept as long as the test runs.
pub(crate) async fn start(file: ReceiverFile) -> (Running, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (
        start_in(file, directory.path(), Arc::default()).await,
        directory,
    )
}

/// A receiver over a directory that may have been used before.
pub(crate) async fn start_in(file: ReceiverFile, directory: &Path, memory: Arc<Memory>) -> Running {
    start_with(
        file,
        directory,
        (memory, Arc::default()),
        &ObjectStores::new(),
    )
    .await
}

/// The same with stores for outputs, and a disk that may fail from the start.
pub(crate) async fn start_with(
    mut file: ReceiverFile,
    directory: &Path,
    (memory, switch): (Arc<Memory>, Arc<Switch>),
    stores: &ObjectStores,
) -> Running {
    file.buffer.directory = directory.to_owned();
    let config = ReceiverConfig::check(&file).unwrap();
    let listeners = Listeners::bind(&config).await.unwrap();
    let (http, forward) = (
        listeners.http.local_addr().unwrap(),
        listeners.forward.local_addr().unwrap(),
    );
    let disk = DiskStorage::open(directory).unwrap();
    let storage = Arc::new(Faulty {
        disk,
        switch: Arc::clone(&switch),
    });
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    let receiver = Receiver::open_with(config, storage, metrics, stores).unwrap();
    let shutdown = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let (stop, sink) = (shutdown.clone(), MemorySink(Arc::clone(&memory)));
    tasks.spawn(async move { receiver.run(listeners, sink, stop).await });
    Running {
        http,
        forward,
        memory,
        switch,
        registry,
        shutdown,
        tasks,
    }
}

impl Running {
    /// Shuts down cleanly and waits for the end.
    pub(crate) async fn stop(mut self) -> Arc<Memory> {
        self.shutdown.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
        self.memory
    }

    /// The sum over all labels of a metric whose labels hold that text.
    pub(crate) fn sum(&self, name: &str, label: &str) -> u64 {
        let mut page = String::new();
        prometheus_client::encoding::text::encode(&mut page, &self.registry).unwrap();
        let lines = page.lines().filter(|line| {
            let labels = line
                .strip_prefix(name)
                .filter(|rest| rest.starts_with(['{', ' ']));
            labels.is_some_and(|labels| labels.contains(label))
        });
        lines
            .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            .sum()
    }

    /// The value of one line of the metrics page, such as `log_ingest_torn_bytes_total`.
    pub(crate) fn metric(&self, line: &str) -> Option<f64> {
        let mut page = String::new();
        prometheus_client::encoding::text::encode(&mut page, &self.registry).unwrap();
        let value = page
            .lines()
            .find_map(|text| text.strip_prefix(line)?.strip_prefix(' '));
        value.map(|value| value.parse().unwrap())
    }
}
