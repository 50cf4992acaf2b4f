//! The records of a segment, read from its bytes while a sink takes them.
//!
//! A thread reads ahead by a few hundred records and then waits, so that a segment costs its own bytes and little
//! more, however many fields its events have.

use std::ops::{ControlFlow, Range};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::buffer::{ChunkWindow, HEADER_BYTES, Header};
use crate::read::{Survey, read_segment};
use crate::record::Record;

/// Records that are handed over together; up to three times as many are in memory.
const BATCH: usize = 256;

/// The records of a segment in the order in which they became durable. Cheap to clone; each iteration reads them again.
#[derive(Debug, Clone)]
pub struct Records(Source);

#[derive(Debug, Clone)]
enum Source {
    Ready(Vec<Record>),
    Stored(Arc<Reading>, Range<u64>),
}

/// A segment's bytes, and what was found in them once they were read.
#[derive(Debug)]
pub(super) struct Reading {
    bytes: Vec<u8>,
    window: Arc<ChunkWindow>,
    totals: Arc<Mutex<Option<Totals>>>,
}

/// What will have been found once somebody has read to the end. Does not keep the bytes.
#[derive(Debug, Clone)]
pub(super) struct Findings(Arc<Mutex<Option<Totals>>>);

impl Findings {
    /// `None` = nobody has read to the end.
    pub(super) fn totals(&self) -> Option<Totals> {
        known(&self.0).clone()
    }
}

/// A panic elsewhere cannot leave it half changed.
fn known(totals: &Mutex<Option<Totals>>) -> MutexGuard<'_, Option<Totals>> {
    totals.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was found besides the records.
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    pub(super) survey: Survey,
    /// Texts in which bytes that are not UTF-8 were replaced.
    pub(super) replaced: u64,
    /// Positions of events, whether they are handed out or not.
    pub(super) positions: u64,
}

impl From<Vec<Record>> for Records {
    /// Records that are in memory anyway.
    fn from(records: Vec<Record>) -> Self {
        Self(Source::Ready(records))
    }
}

impl Records {
    pub(super) fn stored(reading: Arc<Reading>) -> Self {
        Self::part(reading, 0..u64::MAX)
    }

    /// Those of the events at these positions.
    pub(super) fn part(reading: Arc<Reading>, positions: Range<u64>) -> Self {
        Self(Source::Stored(reading, positions))
    }
}

impl Reading {
    /// Of the bytes of a segment file.
    pub(super) fn of(bytes: Vec<u8>, window: Arc<ChunkWindow>) -> Self {
        Self {
            bytes,
            window,
            totals: Arc::default(),
        }
    }

    /// `None` = damaged.
    pub(super) fn header(&self) -> Option<Header> {
        Header::decode(&self.bytes).map(|(header, _)| header)
    }

    /// What reading finds.
    pub(super) fn findings(&self) -> Findings {
        Findings(Arc::clone(&self.totals))
    }

    /// What is found by reading it all.
    pub(super) fn read_through(&self) -> Totals {
        self.read(&(0..u64::MAX), |_| ControlFlow::Continue(()));
        self.findings().totals().unwrap_or_default()
    }

    fn read(&self, wanted: &Range<u64>, mut take: impl FnMut(Record) -> ControlFlow<()>) {
        let records = self.bytes.get(HEADER_BYTES..).unwrap_or_default();
        let (mut replaced, mut positions) = (0, 0);
        let survey = read_segment(
            records,
            |chunk| self.window.is_landed(chunk),
            &mut |event| {
                positions = event.index + 1;
                if event.index >= wanted.end {
                    return Ok(ControlFlow::Break(()));
                }
                // An event in front of the part is read too: if it is damaged, a whole copy of it may follow.
                let record = event.record(&mut replaced)?;
                Ok(match event.index < wanted.start {
                    true => ControlFlow::Continue(()),
                    false => take(record),
                })
            },
        );
        if let Some(survey) = survey.filter(|_| wanted.start == 0) {
            *known(&self.totals) = Some(Totals {
                survey,
                replaced,
                positions,
            });
        }
    }

    fn send(&self, wanted: &Range<u64>, out: &SyncSender<Vec<Record>>) {
        let mut batch = Vec::with_capacity(BATCH);
        self.read(wanted, |record| {
            batch.push(record);
            if batch.len() < BATCH {
                return ControlFlow::Continue(());
            }
            match out.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))) {
                Ok(()) => ControlFlow::Continue(()),
                // The sink has given up.
                Err(_) => ControlFlow::Break(()),
            }
        });
        out.send(batch).ok();
    }
}

/// The records one by one. Blocks while the next ones are read: not for the threads that serve connections.
#[derive(Debug)]
pub struct RecordsIter {
    batch: std::vec::IntoIter<Record>,
    more: Option<Reader>,
}

/// What is left to come, and the thread that it comes from.
type Reader = (Receiver<Vec<Record>>, JoinHandle<()>);

impl IntoIterator for Records {
    type Item = Record;
    type IntoIter = RecordsIter;

    fn into_iter(self) -> RecordsIter {
        let (reading, wanted) = match self.0 {
            Source::Ready(records) => {
                return RecordsIter {
                    batch: records.into_iter(),
                    more: None,
                };
            }
            Source::Stored(reading, wanted) => (reading, wanted),
        };
        let (out, batches) = sync_channel(1);
        let reader = std::thread::spawn(move || reading.send(&wanted, &out));
        RecordsIter {
            batch: Vec::new().into_iter(),
            more: Some((batches, reader)),
        }
    }
}

impl Iterator for RecordsIter {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            if let Some(record) = self.batch.next() {
                return Some(record);
            }
            let (batches, _) = self.more.as_ref()?;
            match batches.recv() {
                Ok(batch) => self.batch = batch.into_iter(),
                Err(_) => {
                    // A reader that died has not come to the end, and nobody must take this for one.
                    let (_, reader) = self.more.take()?;
                    if let Err(panic) = reader.join() {
                        std::panic::resume_unwind(panic);
                    }
                    return None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
