//! Memory for what is being received, shared by all connections of both inputs.
//!
//! A connection takes from it as bytes arrive, not when a header claims them, and waits where there is none. Waiting
//! means not reading, which the sender's TCP stack turns into waiting there.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// What all connections share.
#[derive(Debug, Clone)]
pub(crate) struct ReceiveMemory {
    room: Arc<Room>,
    heavy: Arc<Semaphore>,
}

#[derive(Debug)]
struct Room {
    all: usize,
    free: Mutex<usize>,
    freed: Notify,
}

/// One connection's share, given back when dropped.
#[derive(Debug, Default)]
pub(crate) struct Held {
    room: Option<Arc<Room>>,
    bytes: usize,
}

impl ReceiveMemory {
    pub(crate) fn new(kib: u32) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let all = usize::try_from(kib).map_or(usize::MAX, |kib| kib.saturating_mul(1024));
        let room = Room {
            all,
            free: Mutex::new(all),
            freed: Notify::new(),
        };
        Self {
            room: Arc::new(room),
            heavy: Arc::new(Semaphore::new(processors)),
        }
    }

    /// Makes `held` cover that many bytes; waits until there is room. Those that wait hold nothing back from those that
    /// need a little more to finish, which a fair queue would.
    pub(crate) async fn cover(&self, held: &mut Held, bytes: usize) {
        // Reading ahead may ask for more than there is; a message alone never does.
        let more = bytes.min(self.room.all).saturating_sub(held.bytes);
        if more == 0 {
            return;
        }
        loop {
            let freed = self.room.freed.notified();
            let mut freed = std::pin::pin!(freed);
            freed.as_mut().enable();
            if self.room.take(more) {
                held.bytes += more;
                held.room.get_or_insert_with(|| Arc::clone(&self.room));
                return;
            }
            freed.await;
        }
    }

    /// Waits for the turn of one piece of heavy work, such as inflating: as many at a time as there are processors,
    /// so that inflated bytes are bounded too.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.heavy).acquire_owned().await.ok()
    }
}

impl Room {
    fn take(&self, bytes: usize) -> bool {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let left = free.checked_sub(bytes);
        *free = left.unwrap_or(*free);
        left.is_some()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(room) = &self.room {
            *room.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
            room.freed.notify_waiters();
        }
    }
}
