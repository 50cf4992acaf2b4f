//! Puts the parts together: buffer, writer, inputs, lander; and takes them apart in the order that loses nothing.

mod inputs;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::buffer::{
    Buffer, ChunkIndex, ChunkWindow, DamagedPart, DamagedRange, DiskStorage, Identity, Keying,
    Ledger, OpenError, Recovered, SealedQueue, Shared, Storage, Usage, Writer, recover,
};
use crate::config::ReceiverConfig;
use crate::land::{Lander, Stop, TableSink};
use crate::listeners::Listeners;
use crate::metrics::Metrics;
use crate::output::{ObjectStores, OpenOutputs, Outputs};

use inputs::Inputs;

/// Connections that will not end are left behind after this; their clients got no ack and send again.
const DRAIN: Duration = Duration::from_secs(5);

/// Receives until `shutdown` is cancelled; returns when everything acknowledged has landed or is known to be
/// safe in the buffer.
///
/// # Errors
/// [`OpenError`] if the buffer directory cannot be used, or an output cannot be opened; nothing was accepted then.
pub async fn run<S: TableSink>(
    config: ReceiverConfig,
    listeners: Listeners,
    sink: S,
    metrics: Metrics,
    shutdown: CancellationToken,
) -> Result<(), OpenError> {
    let directory = config.buffer.directory.clone();
    let storage = DiskStorage::open(&directory).map_err(|source| OpenError {
        step: "open the directory",
        source,
    })?;
    Receiver::open(config, Arc::new(storage), metrics)?
        .run(listeners, sink, shutdown)
        .await;
    Ok(())
}

/// A receiver whose buffer is open and recovered. [`run`] is what programs want; tests bring their own storage.
#[derive(Debug)]
pub struct Receiver {
    config: ReceiverConfig,
    storage: Arc<dyn Storage>,
    shared: Shared,
    metrics: Metrics,
    writer: Writer,
    chunks: ChunkIndex,
    keying: Keying,
    outputs: Outputs,
}

impl Receiver {
    /// Recovers what an earlier run left in the buffer. Reads files, so it takes a moment.
    ///
    /// # Errors
    /// If the storage cannot be read or written, or an output writes objects: see [`Receiver::open_with`].
    pub fn open(
        config: ReceiverConfig,
        storage: Arc<dyn Storage>,
        metrics: Metrics,
    ) -> Result<Self, OpenError> {
        Self::open_with(config, storage, metrics, &ObjectStores::new())
    }

    /// The same with the stores of the outputs that write objects.
    ///
    /// # Errors
    /// If the storage cannot be read or written, an output has no store, or its certificates cannot be read.
    pub fn open_with(
        config: ReceiverConfig,
        storage: Arc<dyn Storage>,
        metrics: Metrics,
        stores: &ObjectStores,
    ) -> Result<Self, OpenError> {
        let recovered = recover(storage.as_ref())?;
        let identity =
            Identity::open(storage.as_ref(), recovered.next_seq).map_err(|source| OpenError {
                step: "claim segment numbers",
                source,
            })?;
        let window = ChunkWindow::new(config.buffer.dedup);
        let chunks =
            ChunkIndex::open(Arc::clone(&storage), &window).map_err(|source| OpenError {
                step: "read the index of chunks",
                source,
            })?;
        window.stored(&recovered.chunks);
        metrics.buffer.torn(recovered.torn_bytes);
        metrics
            .buffer
            .damaged(DamagedPart::File, recovered.unreadable_files);
        log_findings(&recovered);
        let shared = Shared {
            sealed: Arc::new(SealedQueue::default()),
            ledger: Arc::new(Ledger::new(Arc::clone(&storage), config.outputs.len())),
            usage: Arc::new(Usage::default()),
            window: Arc::new(window),
            metrics: metrics.buffer.clone(),
        };
        let outputs = OpenOutputs {
            storage: &storage,
            ledger: &shared.ledger,
            segments: &recovered.segments,
            next_seq: identity.next(),
            buffer_id: identity.buffer_id().simple().to_string(),
            metrics: metrics.outputs.clone(),
        };
        let outputs = outputs.open(&config.outputs, stores);
        let outputs = outputs.map_err(|source| OpenError {
            step: "open the outputs",
            source,
        })?;
        for segment in recovered.segments {
            shared.usage.add(segment.length);
            shared.sealed.push(segment);
        }
        shared.metrics.set_buffered_bytes(shared.usage.bytes());
        shared.metrics.set_waiting_segments(shared.sealed.len());
        let buffer = config.buffer.clone();
        let keying = Keying::new(identity.buffer_id());
        let writer = Writer::new(Arc::clone(&storage), identity, shared.clone(), buffer);
        Ok(Self {
            config,
            storage,
            shared,
            metrics,
            writer,
            chunks,
            keying,
            outputs,
        })
    }

    /// See [`run`].
    pub async fn run<S: TableSink>(
        self,
        listeners: Listeners,
        sink: S,
        shutdown: CancellationToken,
    ) {
        let Self {
            config,
            storage,
            shared,
            metrics,
            writer,
            chunks,
            keying,
            outputs,
        } = self;
        let Shared {
            sealed,
            ledger,
            usage,
            window,
            metrics: buffer_metrics,
        } = shared.clone();
        let (buffer, commands) =
            Buffer::new(&config.buffer, usage.clone(), Arc::clone(&window), keying);

        let mut disk = JoinSet::new();
        let writer_id = writer.identity.buffer_id();
        disk.spawn_blocking(move || writer.run(commands));

        let stop = Stop::default();
        let mut landing = JoinSet::new();
        let lander = Lander {
            storage,
            buffer_id: writer_id,
            sealed,
            ledger,
            usage,
            window,
            chunks: Arc::new(Mutex::new(chunks)),
            metrics: metrics.land.clone(),
            buffer_metrics,
            sink,
            max_backoff: config.buffer.max_backoff,
            stop: stop.clone(),
        };
        landing.spawn(lander.run());
        let mut gauges = JoinSet::new();
        gauges.spawn(outputs.statuses().watch());

        let inputs = Inputs {
            buffer: &buffer,
            shared: &shared,
            metrics: &metrics.receive,
            outputs: outputs.statuses(),
        };
        outputs.start(&mut landing, &stop);
        let work = Work {
            grace: config.buffer.shutdown_grace,
            inputs: inputs.start(config, listeners, &shutdown),
            buffer,
            disk,
            landing,
            stop,
        };
        shutdown.cancelled().await;
        work.end().await;
    }
}

/// What runs until the shutdown.
struct Work {
    inputs: JoinSet<()>,
    buffer: Buffer,
    disk: JoinSet<()>,
    landing: JoinSet<()>,
    stop: Stop,
    grace: Duration,
}

impl Work {
    /// Ends the parts in the order that loses nothing.
    async fn end(mut self) {
        stop_inputs(&mut self.inputs).await;
        self.buffer.seal().await;
        drop(self.buffer);
        self.stop.when_empty.cancel();
        if !ended_within(&mut self.landing, self.grace).await {
            leave_the_rest(&self.stop);
        }
        // All handles are gone, so both end by themselves; a disk that hangs must not keep us forever.
        ended_within(&mut self.landing, DRAIN).await;
        ended_within(&mut self.disk, DRAIN).await;
    }
}

/// What was found on opening: every damaged range on a line of its own.
fn log_findings(recovered: &Recovered) {
    recovered.ranges.iter().for_each(log_damage);
    tracing::info!(
        segments = recovered.segments.len(),
        torn_bytes = recovered.torn_bytes,
        damaged_records = recovered.damaged_records,
        unreadable_files = recovered.unreadable_files,
        "buffer opened"
    );
}

fn log_damage(range: &DamagedRange) {
    tracing::error!(
        segment.name = range.segment,
        bytes = range.bytes,
        received_from = instant(range.from_us),
        received_until = range.until_us.map(instant),
        "damaged range in the buffer; it is kept aside"
    );
}

/// A time as people read it.
fn instant(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros)
        .map_or_else(|| micros.to_string(), |time| time.to_rfc3339())
}

async fn stop_inputs(inputs: &mut JoinSet<()>) {
    if !ended_within(inputs, DRAIN).await {
        tracing::warn!("connections left behind at shutdown");
        inputs.shutdown().await;
    }
}

fn leave_the_rest(stop: &Stop) {
    tracing::warn!("segments left in the buffer at shutdown; the next start lands and sends them");
    stop.now.cancel();
}

/// Waits for all tasks; false = some are still at work.
async fn ended_within(tasks: &mut JoinSet<()>, limit: Duration) -> bool {
    let ended = async { while tasks.join_next().await.is_some() {} };
    tokio::time::timeout(limit, ended).await.is_ok()
}
