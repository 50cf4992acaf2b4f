//! Which chunks were received already, so that one that is sent again is acknowledged again and not stored again.
//!
//! A chunk is known by a keyed hash over the whole message: its tag, its entries and the id that its sender gave it.
//! Two senders that both count their chunks from 1 are told apart by what they send. The window is bounded by a
//! number of chunks and by an age; what falls out of it counts as new.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use siphasher::sip128::SipHasher13;
use tokio::sync::oneshot;
use tokio::time::Instant;
use uuid::Uuid;

use super::config::Window;
use super::{AppendError, Durable};
use crate::clock::now_micros;

/// What a chunk is known by.
pub(crate) type ChunkKey = u128;
/// A chunk, and when it was received in microseconds since 1970.
pub(crate) type ReceivedChunk = (ChunkKey, i64);
type Waiter = oneshot::Sender<Result<(), AppendError>>;

/// Makes keys. The secret is the buffer's random name, so that no sender can make up a message with another's key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keying(SipHasher13);

impl Keying {
    pub(crate) fn new(buffer_id: Uuid) -> Self {
        let (high, low) = buffer_id.as_u64_pair();
        Self(SipHasher13::new_with_keys(high, low))
    }

    /// The key of a forward message with a chunk id in it.
    pub(crate) fn message(&self, frame: &[u8]) -> ChunkKey {
        self.0.hash(frame).as_u128()
    }

    /// The key of a body that came with an `Idempotency-Key`.
    pub(crate) fn body(&self, tag: &str, name: &[u8], body: &[u8]) -> ChunkKey {
        // Hashed separately, so that the parts cannot be moved into each other.
        let parts = [tag.as_bytes(), name, body].map(|part| self.message(part).to_le_bytes());
        self.message(parts.as_flattened())
    }
}

/// The chunks of the window.
#[derive(Debug)]
pub(crate) struct ChunkWindow {
    window: Window,
    /// Time is counted evenly from here, even when the clock is changed.
    began: Instant,
    began_us: i64,
    chunks: Mutex<Chunks>,
}

#[derive(Debug, Default)]
struct Chunks {
    states: HashMap<ChunkKey, ChunkState>,
    order: VecDeque<ReceivedChunk>,
}

#[derive(Debug)]
enum ChunkState {
    /// On its way to the disk; these want to know.
    #[expect(
        clippy::box_collection,
        reason = "most chunks are not pending, and all states are of the same size"
    )]
    Pending(Box<Vec<Waiter>>),
    /// Durable in the buffer.
    Stored,
    /// In the tables.
    Landed,
}

/// What a chunk turns out to be.
#[derive(Debug)]
pub(crate) enum ChunkLookup {
    /// Store it; the claim goes with it.
    New(Option<Claim>),
    /// It is stored, or being stored, already.
    Again(Durable),
}

impl ChunkWindow {
    pub(crate) fn new(window: Window) -> Self {
        Self {
            window,
            began: Instant::now(),
            began_us: now_micros(),
            chunks: Mutex::default(),
        }
    }

    /// How many chunks are remembered at most.
    pub(crate) fn capacity(&self) -> usize {
        self.window.chunks
    }

    /// Looks a chunk up; a new one is pending from here on.
    pub(crate) fn look_up(self: &Arc<Self>, key: ChunkKey) -> ChunkLookup {
        if self.window.chunks == 0 {
            return ChunkLookup::New(None);
        }
        let mut chunks = self.lock();
        self.expire(&mut chunks, self.now());
        match chunks.states.get_mut(&key) {
            None => {
                chunks
                    .states
                    .insert(key, ChunkState::Pending(Box::default()));
                ChunkLookup::New(Some(Claim {
                    window: Arc::clone(self),
                    key,
                    outcome: Err(AppendError::Closed),
                }))
            }
            Some(ChunkState::Pending(waiters)) => {
                let (tell, result) = oneshot::channel();
                waiters.push(tell);
                ChunkLookup::Again(Durable::again(result))
            }
            Some(ChunkState::Stored | ChunkState::Landed) => {
                let (tell, result) = oneshot::channel();
                // The receiving end is in this very function.
                tell.send(Ok(())).ok();
                ChunkLookup::Again(Durable::again(result))
            }
        }
    }

    /// Is it in the tables?
    pub(crate) fn is_landed(&self, key: ChunkKey) -> bool {
        matches!(self.lock().states.get(&key), Some(ChunkState::Landed))
    }

    /// These are in the tables, or were before the start.
    pub(crate) fn landed(&self, landed: &[ReceivedChunk]) {
        self.remember(landed, true);
    }

    /// These were in the buffer before the start.
    pub(crate) fn stored(&self, stored: &[ReceivedChunk]) {
        self.remember(stored, false);
    }

    /// All that are in tables, oldest first.
    pub(crate) fn all_landed(&self) -> Vec<ReceivedChunk> {
        let chunks = self.lock();
        let landed =
            |(key, _): &&ReceivedChunk| matches!(chunks.states.get(key), Some(ChunkState::Landed));
        chunks.order.iter().filter(landed).copied().collect()
    }

    fn remember(&self, received: &[ReceivedChunk], landed: bool) {
        if self.window.chunks == 0 {
            return;
        }
        let now = self.now();
        let mut chunks = self.lock();
        for (key, at) in received {
            match chunks.states.get_mut(key) {
                Some(state @ ChunkState::Stored) if landed => *state = ChunkState::Landed,
                // What is pending is in no sealed segment, unless it fell out of the window and came again.
                Some(_) => {}
                None => {
                    let state = if landed {
                        ChunkState::Landed
                    } else {
                        ChunkState::Stored
                    };
                    chunks.states.insert(*key, state);
                    chunks.order.push_back((*key, (*at).min(now)));
                }
            }
        }
        self.expire(&mut chunks, now);
    }

    fn settle(&self, key: ChunkKey, outcome: Result<(), AppendError>) {
        let now = self.now();
        let mut chunks = self.lock();
        let before = match outcome {
            Ok(()) => {
                chunks.order.push_back((key, now));
                chunks.states.insert(key, ChunkState::Stored)
            }
            Err(_) => chunks.states.remove(&key),
        };
        if let Some(ChunkState::Pending(waiters)) = before {
            answer(*waiters, outcome);
        }
        self.expire(&mut chunks, now);
    }

    fn expire(&self, chunks: &mut Chunks, now: i64) {
        let age = i64::try_from(self.window.age.as_micros()).unwrap_or(i64::MAX);
        let oldest = now.saturating_sub(age);
        while let Some((key, at)) = chunks.order.front().copied() {
            if chunks.order.len() <= self.window.chunks && at >= oldest {
                return;
            }
            chunks.order.pop_front();
            chunks.states.remove(&key);
        }
    }

    fn now(&self) -> i64 {
        let passed = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.began_us.saturating_add(passed)
    }

    /// A panic elsewhere cannot leave the window half changed.
    fn lock(&self) -> MutexGuard<'_, Chunks> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(waiters: Vec<Waiter>, outcome: Result<(), AppendError>) {
    for waiter in waiters {
        // A connection that is gone does not wait any more.
        waiter.send(outcome).ok();
    }
}

/// The duty to say what became of a new chunk. If it is dropped without a word, the chunk was not stored.
#[derive(Debug)]
pub(crate) struct Claim {
    window: Arc<ChunkWindow>,
    key: ChunkKey,
    outcome: Result<(), AppendError>,
}

impl Claim {
    pub(crate) fn settle(mut self, outcome: Result<(), AppendError>) {
        self.outcome = outcome;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.window.settle(self.key, self.outcome);
    }
}

#[cfg(test)]
mod tests;
