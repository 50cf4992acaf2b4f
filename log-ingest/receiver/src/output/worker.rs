//! One output at work: takes the next segments that it wants, sends their parts in order, and remembers how far it is.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::config::{Compress, OutputConfig, OutputKind};
use super::forward::Servers;
use super::metrics::OutputMetrics;
use super::objects::Objects;
use super::packer::{Cut, Part};
use super::position::Position;
use super::reader::{self, Wanted};
use super::status::LastError;
use super::work_id::WorkId;
use crate::buffer::{Ledger, Storage};
use crate::clock::now_micros;
use crate::land::Stop;

const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// The position is written down once in this time while a piece of work goes on.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// Where parts go.
#[derive(Debug)]
pub(super) enum Target {
    Forward(Box<Servers>),
    Objects(Objects),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Worker {
    /// Its number among the outputs.
    pub(super) output: usize,
    pub(super) config: OutputConfig,
    pub(super) cut: Arc<Cut>,
    pub(super) target: Target,
    pub(super) buffer_id: String,
    pub(super) position: Position,
    pub(super) storage: Arc<dyn Storage>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) metrics: OutputMetrics,
    pub(super) error: LastError,
    pub(super) stop: Stop,
}

/// How a piece of work ended.
enum WorkEnd {
    Done,
    /// The segments cannot be read now.
    Unreadable(io::Error),
    /// The output lies too far behind.
    Over,
    /// Shutdown.
    Stopped,
}

impl Worker {
    pub(super) async fn run(mut self) {
        let mut changes = self.ledger.changes();
        let now = self.stop.now.clone();
        while !now.is_cancelled() {
            changes.mark_unchanged();
            self.keep_to_the_bound().await;
            let Some(work) = self.due() else {
                if self.stop.when_empty.is_cancelled() {
                    break;
                }
                self.rest(&mut changes).await;
                continue;
            };
            if let WorkEnd::Stopped = self.work(work, changes.clone()).await {
                break;
            }
        }
        self.save().await;
    }

    /// Sends these segments, unless the output falls too far behind or the shutdown cannot wait.
    async fn work(&mut self, work: Vec<u64>, changes: watch::Receiver<u64>) -> WorkEnd {
        let (ledger, output) = (Arc::clone(&self.ledger), self.output);
        let (now, bound) = (self.stop.now.clone(), self.config.max_lag_bytes);
        let end = tokio::select! {
            end = self.send_all(&work) => end,
            () = over(&ledger, output, bound, changes) => WorkEnd::Over,
            () = now.cancelled() => WorkEnd::Stopped,
        };
        match &end {
            WorkEnd::Done => self.done(work).await,
            WorkEnd::Stopped | WorkEnd::Over => {}
            WorkEnd::Unreadable(error) => {
                self.failed(&error.to_string());
                tokio::select! {
                    () = tokio::time::sleep(FIRST_BACKOFF) => {}
                    () = now.cancelled() => {}
                }
            }
        }
        end
    }

    /// Waits for a segment, or until those that are there have waited long enough.
    async fn rest(&self, changes: &mut watch::Receiver<u64>) {
        let since = self.ledger.lag(self.output).since_us;
        let gather = i64::try_from(self.config.gather.as_micros()).unwrap_or(i64::MAX);
        let left = since.map_or(i64::MAX, |since| {
            since.saturating_add(gather).saturating_sub(now_micros())
        });
        let left =
            Duration::from_micros(u64::try_from(left.clamp(10_000, 3_600_000_000)).unwrap_or(0));
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(left) => {}
            () = self.stop.when_empty.cancelled() => {}
        }
    }

    /// The segments that are sent next, once there are enough of them or they are old enough. A piece of work that was begun
    /// before a restart is the same again.
    fn due(&mut self) -> Option<Vec<u64>> {
        let wanted = self.ledger.wanted(self.output);
        let shape = self.cut.shape();
        if let Some(until) = self.position.until.filter(|_| self.position.shape == shape) {
            let begun = wanted.iter().map(|(seq, _)| *seq);
            let begun: Vec<u64> = begun.filter(|seq| *seq <= until).collect();
            if begun.first() == Some(&self.position.seq) {
                return Some(begun);
            }
        }
        let (first, _) = *wanted.first()?;
        let (mut work, mut bytes) = (Vec::new(), 0);
        let enough = u64::try_from(self.cut.part_bytes).unwrap_or(u64::MAX);
        for (seq, length) in wanted {
            work.push(seq);
            bytes += length;
            if bytes >= enough || self.config.gather.is_zero() {
                break;
            }
        }
        let since = self.ledger.lag(self.output).since_us.unwrap_or_default();
        let gathered = u128::try_from(now_micros().saturating_sub(since)).unwrap_or_default();
        if bytes < enough
            && gathered < self.config.gather.as_micros()
            && !self.stop.when_empty.is_cancelled()
        {
            return None;
        }
        // Position and shape may be of before a restart with other settings.
        if self.position.seq != first
            || self.position.shape != shape
            || self.position.until.is_some()
        {
            self.position = Position::at(first, shape);
        }
        self.position.until = work.last().copied();
        Some(work)
    }

    async fn send_all(&mut self, work: &[u64]) -> WorkEnd {
        if matches!(self.target, Target::Objects(_)) {
            // Names follow from which segments go together, so this is settled before the first object leaves.
            self.save().await;
        }
        let id = WorkId {
            buffer_id: self.buffer_id.clone(),
            seq: self.position.seq,
            shape: self.position.shape,
        };
        let wanted = Wanted {
            first: self.position.parts,
            compress: compress_of(&self.config.kind),
        };
        let (mut parts, reader) = reader::start(&self.ledger, work.to_vec(), &self.cut, wanted);
        let mut saved = Instant::now();
        while let Some(part) = parts.recv().await {
            if !self.send(&part, &id).await {
                return WorkEnd::Stopped;
            }
            self.position.parts = part.number + 1;
            if saved.elapsed() >= SAVE_EVERY {
                self.save().await;
                saved = Instant::now();
            }
        }
        match reader.await {
            Ok(Ok(())) => WorkEnd::Done,
            Ok(Err(error)) => WorkEnd::Unreadable(error),
            Err(panic) => WorkEnd::Unreadable(io::Error::other(panic)),
        }
    }

    /// Sends until the part is taken; false = the shutdown does not wait for a receiver that does not answer.
    async fn send(&mut self, part: &Part, id: &WorkId) -> bool {
        let mut backoff = FIRST_BACKOFF;
        loop {
            self.metrics.sent(&self.config.name, part.events);
            let sent = match &mut self.target {
                Target::Forward(servers) => servers.send(part, id).await,
                Target::Objects(objects) => objects.send(part, id).await,
            };
            match sent {
                Ok(bytes) => {
                    self.error.set(None);
                    self.metrics.taken(&self.config.name, part.events, bytes);
                    return true;
                }
                Err(error) => self.failed(&error.to_string()),
            }
            tokio::select! {
                () = tokio::time::sleep(backoff) => {}
                () = self.stop.when_empty.cancelled() => return false,
            }
            backoff = (backoff * 2).min(self.config.max_backoff);
        }
    }

    fn failed(&self, error: &str) {
        self.metrics.failed(&self.config.name);
        let name = &self.config.name;
        tracing::warn!(
            output.name = name,
            error,
            "output not taken; it is sent again"
        );
        self.error.set(Some(error.to_owned()));
    }

    async fn done(&mut self, work: Vec<u64>) {
        let next = work.last().map_or(self.position.seq, |seq| seq + 1);
        self.position = Position::at(next, self.position.shape);
        self.save().await;
        self.release(work).await;
    }

    async fn release(&self, work: Vec<u64>) {
        let (ledger, output) = (Arc::clone(&self.ledger), self.output);
        let released = tokio::task::spawn_blocking(move || {
            work.iter().for_each(|seq| ledger.release(output, *seq));
        });
        // A panic in there is our bug; the next start removes what stays.
        released.await.ok();
    }

    /// A disk that is full now must not stop the work that would empty it; what is not written down is sent again.
    async fn save(&self) {
        let (position, storage) = (self.position, Arc::clone(&self.storage));
        let name = self.config.name.clone();
        let saved = tokio::task::spawn_blocking(move || position.write(storage.as_ref(), &name));
        if let Ok(Err(error)) = saved.await {
            let name = &self.config.name;
            tracing::warn!(output.name = name, error = %error, "position of an output not written");
        }
    }

    /// Gives up the oldest segments of an output that lies too far behind, and says so.
    async fn keep_to_the_bound(&mut self) {
        while self.ledger.lag(self.output).bytes > self.config.max_lag_bytes {
            let Some((seq, bytes)) = self.ledger.wanted(self.output).first().copied() else {
                return;
            };
            let (ledger, cut) = (Arc::clone(&self.ledger), Arc::clone(&self.cut));
            let counted = tokio::task::spawn_blocking(move || reader::count(&ledger, seq, &cut));
            let events = counted.await.ok().and_then(Result::ok).unwrap_or(0);
            self.metrics.dropped(&self.config.name, events);
            let name = &self.config.name;
            tracing::error!(
                output.name = name,
                segment.seq = seq,
                events,
                bytes,
                "output lies too far behind; it will not get these events"
            );
            self.position = Position::at(seq + 1, self.position.shape);
            self.save().await;
            self.release(vec![seq]).await;
        }
    }
}

fn compress_of(kind: &OutputKind) -> Compress {
    match kind {
        OutputKind::Forward(forward) => forward.compress,
        OutputKind::Objects(objects) => objects.compress,
    }
}

/// Returns once the output lies too far behind.
async fn over(ledger: &Ledger, output: usize, bound: u64, mut changes: watch::Receiver<u64>) {
    while ledger.lag(output).bytes <= bound {
        if changes.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}
