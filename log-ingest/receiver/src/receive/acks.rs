//! The answering half of a forward session: acks in the order of the messages, each after its message is durable.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use forward_protocol::Ack;
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::mpsc;

use crate::buffer::{AppendError, Durable};
use crate::metrics::{Metrics, Receiver};

/// A message that is on its way to the disk.
#[derive(Debug)]
pub(crate) struct Owed {
    pub(crate) durable: Durable,
    /// The id to repeat; without one there is nothing to send.
    pub(crate) chunk: Option<Bytes>,
    pub(crate) events: u64,
    pub(crate) bytes: usize,
}

/// Why no more acks can be sent.
#[derive(Debug)]
pub(crate) enum AckError {
    /// A message was not stored. The ones behind it get no answer either, so that order holds.
    NotStored(AppendError),
    /// The connection does not take bytes.
    Broken(io::Error),
    /// The client does not read.
    Stalled,
}

/// Sends acks until the channel closes; those that are ready together leave in one write.
pub(crate) async fn send_acks<E: From<AckError>>(
    mut owed: mpsc::Receiver<Owed>,
    write: &mut OwnedWriteHalf,
    stall: Duration,
    metrics: &Metrics,
) -> Result<(), E> {
    let mut out = Vec::new();
    let mut next = owed.recv().await;
    while let Some(first) = next {
        let Owed {
            durable,
            chunk,
            events,
            bytes,
        } = first;
        settle(
            durable.wait().await,
            chunk,
            (events, bytes),
            &mut out,
            metrics,
        )?;
        next = None;
        while let Ok(mut more) = owed.try_recv() {
            let Some(result) = more.durable.known() else {
                next = Some(more);
                break;
            };
            if let Err(error) = settle(
                result,
                more.chunk,
                (more.events, more.bytes),
                &mut out,
                metrics,
            ) {
                flush(&mut out, write, stall).await?;
                return Err(error.into());
            }
        }
        flush(&mut out, write, stall).await?;
        if next.is_none() {
            next = owed.recv().await;
        }
    }
    Ok(())
}

fn settle(
    result: Result<(), AppendError>,
    chunk: Option<Bytes>,
    (events, bytes): (u64, usize),
    out: &mut Vec<u8>,
    metrics: &Metrics,
) -> Result<(), AckError> {
    result.map_err(AckError::NotStored)?;
    metrics.received(Receiver::Forward, events, bytes);
    if let Some(chunk) = chunk {
        Ack { chunk: &chunk }.encode(out);
    }
    Ok(())
}

async fn flush(
    out: &mut Vec<u8>,
    write: &mut OwnedWriteHalf,
    stall: Duration,
) -> Result<(), AckError> {
    if out.is_empty() {
        return Ok(());
    }
    let written = tokio::time::timeout(stall, write.write_all(out)).await;
    written
        .map_err(|_| AckError::Stalled)?
        .map_err(AckError::Broken)?;
    out.clear();
    Ok(())
}
