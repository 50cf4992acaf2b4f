//! A client of the forward protocol that, like Fluentd's own clients, sends and waits for the ack.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use forward_protocol::{Ack, EventTime, PackedEntries};
use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long an ack may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection to log-ingest's forward input.
#[derive(Debug)]
pub struct ForwardSender(TcpStream);

impl ForwardSender {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(address: &str) -> anyhow::Result<Self> {
        Ok(Self(TcpStream::connect(address).await?))
    }

    /// Sends an encoded message and waits until its chunk is acknowledged.
    ///
    /// # Errors
    /// When the answer is anything else, or does not come.
    pub async fn send(&mut self, message: &[u8], chunk: &str) -> anyhow::Result<()> {
        self.0.write_all(message).await?;
        let ack = tokio::time::timeout(PATIENCE, self.ack(chunk));
        ack.await.context("no ack")?
    }

    async fn ack(&mut self, chunk: &str) -> anyhow::Result<()> {
        let mut answer = Vec::new();
        loop {
            if let Some((ack, length)) = Ack::decode(&answer)? {
                ensure!(ack.is_for(chunk), "ack of another chunk than {chunk}");
                ensure!(length == answer.len(), "more than one answer");
                return Ok(());
            }
            if self.0.read_buf(&mut answer).await? == 0 {
                bail!("connection closed instead of an ack");
            }
        }
    }
}

/// Entries of these records, all at this moment.
pub fn entries(records: &[Map<String, Value>]) -> PackedEntries {
    let mut entries = PackedEntries::new();
    let now = EventTime::from_micros(chrono::Utc::now().timestamp_micros());
    for record in records {
        entries.push(now, record);
    }
    entries
}
