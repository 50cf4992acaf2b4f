//! The answering half of a forward session: acks in the order of the messages, each after its message is durable.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::buffer::{AppendError, Durable};
use crate::receive::labels::Input;
use crate::receive::metrics::ReceiveMetrics;
use crate::receive::tally::{Rejected, Tally};

/// A message that is on its way to the disk.
#[derive(Debug)]
pub(crate) struct Owed {
    pub(crate) durable: Durable,
    /// What to send then; `None` = the client asked for no ack.
    pub(crate) ack: Option<Vec<u8>>,
    pub(crate) tag: String,
    pub(crate) tally: Tally,
    pub(crate) bytes: usize,
}

/// Why no more acks can be sent.
#[derive(Debug)]
pub(crate) enum AckError {
    /// A message was not stored. The ones behind it get no answer either, so that order holds.
    NotStored(AppendError, Rejected),
    /// The connection does not take bytes.
    Broken(io::Error),
    /// The client does not read.
    Stalled,
}

/// Sends acks until the channel closes; those that are ready together leave in one write.
pub(crate) async fn send_acks<E: From<AckError>, W: AsyncWrite + Unpin>(
    mut owed: mpsc::Receiver<Owed>,
    write: &mut W,
    stall: Duration,
    metrics: &ReceiveMetrics,
) -> Result<(), E> {
    let mut out = Vec::new();
    let mut next = owed.recv().await;
    while let Some(mut first) = next {
        let result = first.durable.wait().await;
        settle(result, &first, &mut out, metrics)?;
        next = None;
        while let Ok(mut more) = owed.try_recv() {
            let Some(result) = more.durable.known() else {
                next = Some(more);
                break;
            };
            if let Err(error) = settle(result, &more, &mut out, metrics) {
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
    owed: &Owed,
    out: &mut Vec<u8>,
    metrics: &ReceiveMetrics,
) -> Result<(), AckError> {
    let Owed { tag, tally, .. } = owed;
    result.map_err(|error| AckError::NotStored(error, Rejected::of(tag, tally)))?;
    match owed.durable.is_repeat() {
        true => metrics.repeated(Input::Forward, tag, tally),
        false => metrics.received(Input::Forward, tag, tally, owed.bytes),
    }
    out.extend(owed.ack.iter().flatten());
    Ok(())
}

async fn flush<W: AsyncWrite + Unpin>(
    out: &mut Vec<u8>,
    write: &mut W,
    stall: Duration,
) -> Result<(), AckError> {
    if out.is_empty() {
        return Ok(());
    }
    let written = async {
        write.write_all(out).await?;
        write.flush().await
    };
    tokio::time::timeout(stall, written)
        .await
        .map_err(|_| AckError::Stalled)?
        .map_err(AckError::Broken)?;
    out.clear();
    Ok(())
}
