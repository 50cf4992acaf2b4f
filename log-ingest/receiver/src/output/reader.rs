//! Reads segments on a thread of its own and hands over part after part, as fast as they are taken.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::packer::{Cut, Packer, Part};
use crate::buffer::{HEADER_BYTES, Ledger};
use crate::read::read_segment;

/// Hands over all parts of these segments. Blocks.
pub(super) fn read_parts(
    ledger: &Ledger,
    segments: &[u64],
    cut: &Cut,
    out: &mpsc::Sender<Part>,
) -> io::Result<()> {
    let mut packer = Packer::new(cut);
    for seq in segments {
        let bytes = ledger.read(*seq)?;
        let records = bytes.get(HEADER_BYTES..).unwrap_or_default();
        let read = read_segment(records, |_| false, &mut |event| {
            if !packer.wants(event) {
                return Ok(ControlFlow::Continue(()));
            }
            let Some(part) = packer.add(event)? else {
                return Ok(ControlFlow::Continue(()));
            };
            Ok(match out.blocking_send(part) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        if read.is_none() {
            // Nobody wants more.
            return Ok(());
        }
    }
    while let Some(part) = packer.rest() {
        if out.blocking_send(part).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// How many events of a segment an output would have been sent. Blocks.
pub(super) fn count(ledger: &Ledger, seq: u64, cut: &Cut) -> io::Result<u64> {
    let bytes = ledger.read(seq)?;
    let mut packer = Packer::new(cut);
    let mut events = 0;
    read_segment(
        bytes.get(HEADER_BYTES..).unwrap_or_default(),
        |_| false,
        &mut |event| {
            events += u64::from(packer.wants(event));
            Ok(ControlFlow::Continue(()))
        },
    );
    Ok(events)
}

/// Parts as they are read, and how the reading ends.
pub(super) type Reading = (mpsc::Receiver<Part>, JoinHandle<io::Result<()>>);

/// Reads on a thread that may block.
pub(super) fn start(ledger: &Arc<Ledger>, segments: Vec<u64>, cut: &Arc<Cut>) -> Reading {
    // One part is read while another is under way.
    let (out, parts) = mpsc::channel(1);
    let (ledger, cut) = (Arc::clone(ledger), Arc::clone(cut));
    let reader = tokio::task::spawn_blocking(move || read_parts(&ledger, &segments, &cut, &out));
    (parts, reader)
}
