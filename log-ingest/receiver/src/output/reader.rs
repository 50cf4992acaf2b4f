//! Reads segments on a thread of its own and hands over part after part, as fast as they are taken.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::compress::compressed;
use super::config::Compress;
use super::packer::{Cut, Packer, Part};
use crate::buffer::{HEADER_BYTES, Ledger};
use crate::read::read_segment;

/// Which parts are wanted, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The number of the first; the output has those before it.
    pub(super) first: u64,
    /// Compression is done once, here: a part that is sent again is compressed already.
    pub(super) compress: Compress,
}

/// The way out for parts.
struct Exit<'a> {
    wanted: Wanted,
    out: &'a mpsc::Sender<Part>,
    failed: Option<io::Error>,
}

impl Exit<'_> {
    /// Break = no more parts are wanted.
    fn hand_over(&mut self, mut part: Part) -> ControlFlow<()> {
        if part.number < self.wanted.first {
            return ControlFlow::Continue(());
        }
        match compressed(part.bytes, self.wanted.compress) {
            Ok(bytes) => part.bytes = bytes,
            Err(error) => {
                self.failed = Some(error);
                return ControlFlow::Break(());
            }
        }
        match self.out.blocking_send(part) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// Hands over the wanted parts of these segments. Blocks.
pub(super) fn read_parts(
    ledger: &Ledger,
    segments: &[u64],
    (cut, wanted): (&Cut, Wanted),
    out: &mpsc::Sender<Part>,
) -> io::Result<()> {
    let mut packer = Packer::new(cut);
    let mut exit = Exit {
        wanted,
        out,
        failed: None,
    };
    for seq in segments {
        let bytes = ledger.read(*seq)?;
        let records = bytes.get(HEADER_BYTES..).unwrap_or_default();
        let read = read_segment(records, |_| false, &mut |event| {
            if !packer.wants(event) {
                return Ok(ControlFlow::Continue(()));
            }
            let part = packer.add(event)?;
            Ok(part.map_or(ControlFlow::Continue(()), |part| exit.hand_over(part)))
        });
        if read.is_none() {
            // Nobody wants more, or a part could not be made.
            return exit.failed.map_or(Ok(()), Err);
        }
    }
    while let Some(part) = packer.rest() {
        if exit.hand_over(part).is_break() {
            break;
        }
    }
    exit.failed.map_or(Ok(()), Err)
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
pub(super) type PartStream = (mpsc::Receiver<Part>, JoinHandle<io::Result<()>>);

/// Reads on a thread that may block.
pub(super) fn start(
    ledger: &Arc<Ledger>,
    segments: Vec<u64>,
    cut: &Arc<Cut>,
    wanted: Wanted,
) -> PartStream {
    // One part is read while another is under way.
    let (out, parts) = mpsc::channel(1);
    let (ledger, cut) = (Arc::clone(ledger), Arc::clone(cut));
    let read = move || read_parts(&ledger, &segments, (&cut, wanted), &out);
    let reader = tokio::task::spawn_blocking(read);
    (parts, reader)
}
