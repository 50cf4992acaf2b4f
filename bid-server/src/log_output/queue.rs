//! [`Queue`]: rows that wait for log-ingest, bounded in bytes. When it is full, the oldest are dropped and counted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ad_events::notice::NoticeRow;
use tokio::sync::Notify;

use super::LogOutputConfig;
use super::metrics::QueueMetrics;
use super::rows::Rows;
use crate::settle::bid_notices::NoticeLog;

/// Filled by auctions, emptied by one sender.
#[derive(Debug)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    /// Wakes the sender when there is something to do.
    bell: Notify,
    limit: usize,
    /// The bytes that fill a chunk.
    enough: usize,
    metrics: Arc<QueueMetrics>,
}

#[derive(Debug, Default)]
struct Inner {
    reports: VecDeque<Rows>,
    /// Bytes in `reports`.
    waiting: usize,
    /// Taken and not yet acknowledged; counts against the limit too.
    taken: usize,
    taken_rows: usize,
    closed: bool,
}

/// Rows that were taken to be sent.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) reports: Vec<Rows>,
    bytes: usize,
}

impl Batch {
    fn rows(&self) -> usize {
        self.reports.iter().map(Rows::count).sum()
    }
}

impl Queue {
    /// An empty queue.
    pub(crate) fn new(config: &LogOutputConfig, metrics: Arc<QueueMetrics>) -> Self {
        Self {
            inner: Mutex::default(),
            bell: Notify::new(),
            limit: config.queue_bytes,
            enough: config.chunk_bytes,
            metrics,
        }
    }

    /// Adds rows; never waits.
    pub(crate) fn push(&self, report: Rows) {
        let mut shed = 0;
        let mut inner = self.lock();
        inner.waiting += report.bytes();
        inner.reports.push_back(report);
        while inner.waiting + inner.taken > self.limit {
            let Some(oldest) = inner.reports.pop_front() else {
                break;
            };
            inner.waiting -= oldest.bytes();
            shed += oldest.count();
        }
        self.metrics.holds(inner.waiting + inner.taken);
        // Between the first rows and a full chunk the sender has nothing to do.
        let ring = inner.reports.len() <= 1 || inner.waiting >= self.enough;
        drop(inner);
        if shed > 0 {
            self.metrics.shed(u64::try_from(shed).unwrap_or(u64::MAX));
        }
        if ring {
            self.bell.notify_one();
        }
    }

    /// Nothing more will come; the sender ends when the queue is empty.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_one();
    }

    /// Rows that have not been acknowledged.
    pub(crate) fn waiting_rows(&self) -> usize {
        let inner = self.lock();
        let waiting: usize = inner.reports.iter().map(Rows::count).sum();
        waiting + inner.taken_rows
    }

    /// Whether a chunk is full, or nothing more will come.
    pub(super) fn is_due(&self) -> bool {
        let inner = self.lock();
        inner.waiting >= self.enough || inner.closed
    }

    /// Whether nothing is waiting.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().reports.is_empty()
    }

    /// Waits for the first rows, for those that complete a chunk, or for the queue to be closed.
    pub(super) async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Takes about a chunk, oldest first; `None` = empty and closed.
    pub(super) fn take(&self) -> Option<Batch> {
        let mut inner = self.lock();
        let mut batch = Batch {
            reports: Vec::new(),
            bytes: 0,
        };
        while batch.bytes < self.enough {
            let Some(report) = inner.reports.pop_front() else {
                break;
            };
            batch.bytes += report.bytes();
            batch.reports.push(report);
        }
        inner.waiting -= batch.bytes;
        inner.taken += batch.bytes;
        inner.taken_rows += batch.rows();
        (!(batch.reports.is_empty() && inner.closed)).then_some(batch)
    }

    /// Forgets a batch that was acknowledged.
    pub(super) fn finish(&self, batch: &Batch) {
        let mut inner = self.lock();
        inner.taken -= batch.bytes;
        inner.taken_rows -= batch.rows();
        self.metrics.holds(inner.waiting + inner.taken);
        drop(inner);
        let rows = batch.rows();
        self.metrics
            .acknowledged(u64::try_from(rows).unwrap_or(u64::MAX));
    }

    /// Counts an attempt that got no ack.
    pub(super) fn send_failed(&self) {
        self.metrics.send_failed();
    }

    /// It guards plain numbers and a list, so a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NoticeLog for Queue {
    fn push(&self, row: &NoticeRow<'_>) {
        self.push(Rows::of_notice(row));
    }
}
