//! Memory for what is being received, shared by all connections of both inputs.
//!
//! A connection takes from it as bytes arrive, not when a header claims them, and waits where there is none. Waiting
//! means not reading, which the sender's TCP stack turns into waiting there.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes in one permit.
const UNIT: usize = 1024;

/// What all connections share.
#[derive(Debug, Clone)]
pub(crate) struct ReceiveMemory {
    room: Arc<Semaphore>,
    heavy: Arc<Semaphore>,
}

/// One connection's share, given back when dropped.
#[derive(Debug, Default)]
pub(crate) struct Held {
    permit: Option<OwnedSemaphorePermit>,
}

impl ReceiveMemory {
    pub(crate) fn new(kib: u32) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            room: Arc::new(Semaphore::new(usize::try_from(kib).unwrap_or(usize::MAX))),
            heavy: Arc::new(Semaphore::new(processors)),
        }
    }

    /// Makes `held` cover so many bytes; waits until there is room.
    pub(crate) async fn cover(&self, held: &mut Held, bytes: usize) {
        let have = held
            .permit
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.div_ceil(UNIT).saturating_sub(have);
        let Ok(more @ 1..) = u32::try_from(more) else {
            return;
        };
        // The semaphore is never closed.
        let Ok(taken) = Arc::clone(&self.room).acquire_many_owned(more).await else {
            return;
        };
        match &mut held.permit {
            Some(permit) => permit.merge(taken),
            None => held.permit = Some(taken),
        }
    }

    /// Waits for the turn of one piece of heavy work, such as inflating: as many at a time as there are processors,
    /// so that inflated bytes are bounded too.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.heavy).acquire_owned().await.ok()
    }
}
