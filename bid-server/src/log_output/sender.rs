//! [`RowSender`]: the background task that sends queued rows to log-ingest.

use std::sync::Arc;

use tokio::time::{sleep, timeout};

use super::LogOutputConfig;
use super::chunk::{Chunk, chunks};
use super::connection::{Connection, SendError};
use super::handshake::shake_hands;
use super::queue::Queue;
use super::retry::Backoff;

/// One per server; ends when the queue is closed and empty.
#[derive(Debug)]
pub(crate) struct RowSender {
    settings: LogOutputConfig,
    queue: Arc<Queue>,
    connection: Option<Connection>,
    backoff: Backoff,
}

impl RowSender {
    /// A sender that is not connected yet: the receiver may start later than we do.
    pub(crate) fn new(settings: LogOutputConfig, queue: Arc<Queue>) -> Self {
        Self {
            backoff: Backoff::new(settings.retry_min, settings.retry_max),
            settings,
            queue,
            connection: None,
        }
    }

    /// Sends batch after batch.
    pub(crate) async fn run(mut self) {
        loop {
            self.gather().await;
            let Some(batch) = self.queue.take() else {
                return;
            };
            for chunk in chunks(&batch.reports) {
                self.deliver(&chunk).await;
            }
            self.queue.finish(&batch);
        }
    }

    /// Waits until a chunk is full, or for a moment after the first row of a smaller one.
    async fn gather(&self) {
        if self.queue.is_due() {
            return;
        }
        if self.queue.is_empty() {
            self.queue.rung().await;
        }
        let together = async {
            while !self.queue.is_due() {
                self.queue.rung().await;
            }
        };
        // Either way, send what there is.
        if timeout(self.settings.flush_interval, together)
            .await
            .is_err()
        {
            tracing::trace!("flush interval is over");
        }
    }

    /// Tries until the chunk is acknowledged; the server's shutdown limits the time.
    async fn deliver(&mut self, chunk: &Chunk) {
        let mut failures: u32 = 0;
        while let Err(error) = self.attempt(chunk).await {
            self.connection = None;
            self.queue.send_failed();
            failures += 1;
            // Logged once per outage, not per attempt.
            if failures == 1 {
                self.note_outage(&error);
            }
            sleep(self.backoff.pause()).await;
        }
        self.backoff.reset();
        if failures > 0 {
            self.note_recovery(failures);
        }
    }

    fn note_outage(&self, error: &SendError) {
        let address = self.settings.address.as_str();
        tracing::warn!(%error, address, "log-ingest does not take rows, trying again");
    }

    fn note_recovery(&self, failures: u32) {
        let address = self.settings.address.as_str();
        tracing::info!(address, failures, "log-ingest takes rows again");
    }

    async fn attempt(&mut self, chunk: &Chunk) -> Result<(), SendError> {
        let connection = &mut self.connection;
        let address = self.settings.address.as_str();
        let exchange = async {
            let connection = match connection {
                Some(open) => open,
                None => {
                    let mut opened = Connection::open(address).await?;
                    if let Some(key) = &self.settings.shared_key {
                        shake_hands(&mut opened, key).await?;
                    }
                    connection.insert(opened)
                }
            };
            connection.send(chunk).await
        };
        let sent = timeout(self.settings.ack_timeout, exchange).await;
        sent.unwrap_or(Err(SendError::Late))
    }
}
