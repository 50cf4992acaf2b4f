//! Opens the outputs with the buffer: reads positions, tells the ledger which outputs want what, and starts the workers.

use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::config::{OutputConfig, OutputKind};
use super::forward::Servers;
use super::metrics::OutputMetrics;
use super::objects::{ObjectStores, Objects};
use super::packer::{Cut, Format};
use super::position::{Position, output_of};
use super::status::{LastError, Statuses};
use super::tls;
use super::worker::{Target, Worker};
use crate::buffer::{
    HEADER_BYTES, Header, LANDED_SUFFIX, Ledger, SealedSegment, Storage, began_us, bit, seq_of,
};
use crate::land::Stop;

/// What opening needs besides the outputs themselves.
pub(crate) struct OpenOutputs<'a> {
    pub(crate) storage: &'a Arc<dyn Storage>,
    pub(crate) ledger: &'a Arc<Ledger>,
    /// Segments that wait to be landed.
    pub(crate) segments: &'a [SealedSegment],
    /// No segment has this number yet, nor a higher one.
    pub(crate) next_seq: u64,
    pub(crate) buffer_id: String,
    pub(crate) metrics: OutputMetrics,
}

/// Outputs that are ready to start.
#[derive(Debug)]
pub(crate) struct Outputs {
    workers: Vec<Worker>,
    statuses: Statuses,
}

impl OpenOutputs<'_> {
    /// Reads and writes positions; files that nobody wants any more go.
    pub(crate) fn open(
        self,
        configs: &[OutputConfig],
        stores: &ObjectStores,
    ) -> io::Result<Outputs> {
        let errors: Arc<[LastError]> = configs.iter().map(|_| LastError::default()).collect();
        let mut workers = Vec::new();
        for (output, config) in configs.iter().enumerate() {
            let cut = Arc::new(cut_of(config));
            let position = self.position(&config.name, &cut)?;
            workers.push(Worker {
                output,
                target: target(config, stores)?,
                config: config.clone(),
                cut,
                buffer_id: self.buffer_id.clone(),
                position,
                storage: Arc::clone(self.storage),
                ledger: Arc::clone(self.ledger),
                metrics: self.metrics.clone(),
                error: errors.get(output).cloned().unwrap_or_default(),
                stop: Stop::default(),
            });
        }
        self.fill_ledger(&workers)?;
        let names = configs.iter().map(|config| config.name.clone()).collect();
        let statuses = Statuses {
            ledger: Arc::clone(self.ledger),
            names,
            errors,
            metrics: self.metrics,
        };
        statuses.measure();
        Ok(Outputs { workers, statuses })
    }

    /// A new output begins with what waits to be landed. That position is written down at once: what has landed is kept only for
    /// outputs that are known to want it.
    fn position(&self, name: &str, cut: &Cut) -> io::Result<Position> {
        let read = Position::read(self.storage.as_ref(), name)?;
        // A buffer that has forgotten its numbers counts from 1 again.
        if let Some(position) = read.filter(|position| position.seq <= self.next_seq) {
            return Ok(position);
        }
        let oldest = self.segments.first();
        let seq = oldest.and_then(|segment| seq_of(&segment.name));
        let position = Position::at(seq.unwrap_or(self.next_seq), cut.shape());
        match position.write(self.storage.as_ref(), name) {
            // The position is written once there is room.
            Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(position),
            written => written.map(|()| position),
        }
    }

    fn fill_ledger(&self, workers: &[Worker]) -> io::Result<()> {
        let wanted = |name: &str| {
            let seq = seq_of(name).unwrap_or_default();
            let want = workers.iter().filter(|worker| worker.position.seq <= seq);
            want.fold(0, |bits, worker| bits | bit(worker.output))
        };
        for segment in self.segments {
            self.ledger.restore(segment, wanted(&segment.name));
        }
        for name in self.storage.list()? {
            if let Some(gone) = output_of(&name) {
                if workers.iter().all(|worker| worker.config.name != gone) {
                    tracing::info!(
                        output.name = gone,
                        "an output is gone; its position is forgotten"
                    );
                    self.storage.remove(&name)?;
                }
            } else if seq_of(&name).is_some() && Header::seq_of(&name).is_none() {
                self.landed(&name, wanted(&name))?;
            }
        }
        Ok(())
    }

    /// Takes up a segment that the tables have.
    fn landed(&self, name: &str, wanted: u32) -> io::Result<()> {
        if wanted == 0 {
            return match name.ends_with(LANDED_SUFFIX) {
                true => self.storage.remove(name),
                false => Ok(()),
            };
        }
        let bytes = self.storage.read(name)?;
        let Some(began_us) = began_us(&bytes).filter(|_| bytes.len() > HEADER_BYTES) else {
            return Ok(());
        };
        let segment = SealedSegment {
            name: name.to_owned(),
            length: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            began_us,
        };
        self.ledger.restore(&segment, wanted);
        Ok(())
    }
}

impl Outputs {
    pub(crate) fn statuses(&self) -> Statuses {
        self.statuses.clone()
    }

    /// Starts each output as a task of its own.
    pub(crate) fn start(self, tasks: &mut JoinSet<()>, stop: &Stop) {
        for mut worker in self.workers {
            worker.stop = stop.clone();
            tasks.spawn(worker.run());
        }
    }
}

fn cut_of(config: &OutputConfig) -> Cut {
    Cut {
        patterns: config.patterns.clone(),
        part_bytes: config.chunk_bytes,
        format: match &config.kind {
            OutputKind::Forward(_) => Format::Entries,
            OutputKind::Objects(objects) => Format::Lines {
                time_key: objects.time_key.clone(),
            },
        },
    }
}

/// Files of certificates are read once, so that wrong ones stop the start.
fn target(config: &OutputConfig, stores: &ObjectStores) -> io::Result<Target> {
    match &config.kind {
        OutputKind::Forward(forward) => {
            if let Some(files) = &forward.tls {
                tls::config(files)?;
            }
            Ok(Target::Forward(Box::new(Servers::new(forward.clone()))))
        }
        OutputKind::Objects(objects) => {
            let store = stores.get(&config.name).cloned();
            let missing = || io::Error::other(format!("no store for the output {}", config.name));
            Ok(Target::Objects(Objects {
                store: store.ok_or_else(missing)?,
                compress: objects.compress,
            }))
        }
    }
}
