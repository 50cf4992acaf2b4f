//! How many connections an input has, how many of them from one client, and which one makes room when all places are taken.
//!
//! Silence must not lock anybody out. So no client gets all the places. And where there is no place left, the connection that has
//! waited longest for its client is closed for the new one. Nothing is lost by that: whatever it has sent and was not
//! acknowledged is sent again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::client_network::client_network;

/// A connection that has just come, or has just sent something, is not closed for another.
const LEAST_WAIT: Duration = Duration::from_secs(1);

/// The caps of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at the same time.
    pub all: usize,
    /// Those of one client: an IPv4 address, an IPv6 /64.
    pub per_client: usize,
}

/// What a connection is waiting for; those that come first make room first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Activity {
    /// Its client says nothing.
    Idle,
    /// Its client is in the middle of something.
    Receiving,
    /// The client waits for us.
    Working,
}

impl Activity {
    const ALL: [Self; 3] = [Self::Idle, Self::Receiving, Self::Working];
}

/// All connections of one input. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: ConnectionLimits,
    began: Instant,
    table: Mutex<Table>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    members: HashMap<u64, Arc<Member>>,
    /// Members that stay, by client.
    by_client: HashMap<IpAddr, usize>,
    /// Members that stay.
    staying: usize,
}

#[derive(Debug)]
struct Member {
    client: Option<IpAddr>,
    activity: AtomicU8,
    /// In milliseconds since `Shared::began`.
    since_ms: AtomicU64,
    eviction: CancellationToken,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// The client has as many connections as one may have.
    Client,
    /// All places are taken, by connections that are at work or have only just come.
    All,
}

/// A connection's place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    shared: Arc<Shared>,
    id: u64,
    member: Arc<Member>,
}

impl Connections {
    pub(crate) fn new(limits: ConnectionLimits) -> Self {
        Self(Arc::new(Shared {
            limits,
            began: Instant::now(),
            table: Mutex::default(),
            freed: Notify::new(),
        }))
    }

    /// A place for a connection. `client` is `None` where its address says nothing about who sends.
    pub(crate) fn admit(&self, client: Option<IpAddr>, now: Instant) -> Result<Place, NoPlace> {
        let now_ms = self.0.millis(now);
        let client = client.map(client_network);
        let mut table = self.0.lock();
        if let Some(client) = client
            && table.by_client.get(&client).copied().unwrap_or(0) >= self.0.limits.per_client
        {
            table
                .evict(now_ms, |member| member.client == Some(client))
                .ok_or(NoPlace::Client)?;
        }
        if table.staying >= self.0.limits.all {
            table.evict(now_ms, |_| true).ok_or(NoPlace::All)?;
        }
        let member = Arc::new(Member {
            client,
            activity: AtomicU8::new(Activity::Idle as u8),
            since_ms: AtomicU64::new(now_ms),
            eviction: CancellationToken::new(),
        });
        let id = table.add(Arc::clone(&member));
        Ok(Place {
            shared: Arc::clone(&self.0),
            id,
            member,
        })
    }

    /// The same, and waits while all places are taken. `None` = the client has too many.
    pub(crate) async fn admit_when_free(&self, client: Option<IpAddr>) -> Option<Place> {
        loop {
            let freed = self.0.freed.notified();
            match self.admit(client, Instant::now()) {
                Ok(place) => return Some(place),
                Err(NoPlace::Client) => return None,
                // By then another may have waited long enough to make room.
                Err(NoPlace::All) => drop(tokio::time::timeout(LEAST_WAIT, freed).await),
            }
        }
    }
}

impl Shared {
    fn millis(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.began);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }

    /// A panic elsewhere cannot leave the table half changed.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn add(&mut self, member: Arc<Member>) -> u64 {
        if let Some(client) = member.client {
            *self.by_client.entry(client).or_default() += 1;
        }
        self.staying += 1;
        let id = self.next;
        self.next += 1;
        self.members.insert(id, member);
        id
    }

    /// Tells the one that has waited longest to go, out of those that may be taken; it no longer counts from here on.
    fn evict(&mut self, now_ms: u64, may_go: impl Fn(&Member) -> bool) -> Option<()> {
        let waiting = self.members.values().filter(|member| {
            may_go(member) && !member.eviction.is_cancelled() && member.has_waited(now_ms)
        });
        let member = Arc::clone(waiting.min_by_key(|member| member.rank())?);
        self.forget(&member);
        member.eviction.cancel();
        Some(())
    }

    /// Takes a member out of the counts.
    fn forget(&mut self, member: &Member) {
        self.staying = self.staying.saturating_sub(1);
        let Some(client) = member.client else {
            return;
        };
        if let Some(count) = self.by_client.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                self.by_client.remove(&client);
            }
        }
    }
}

impl Member {
    fn activity(&self) -> Activity {
        let number = usize::from(self.activity.load(Ordering::Relaxed));
        let activity = Activity::ALL.get(number);
        activity.copied().unwrap_or(Activity::Working)
    }

    fn has_waited(&self, now_ms: u64) -> bool {
        let waited = now_ms.saturating_sub(self.since_ms.load(Ordering::Relaxed));
        self.activity() != Activity::Working && u128::from(waited) >= LEAST_WAIT.as_millis()
    }

    /// The lowest goes first.
    fn rank(&self) -> (Activity, u64) {
        (self.activity(), self.since_ms.load(Ordering::Relaxed))
    }
}

impl Place {
    /// What the connection does from now on; its waiting counts from the change.
    pub(crate) fn turn_to(&self, activity: Activity, now: Instant) {
        if self.member.activity() != activity {
            let now_ms = self.shared.millis(now);
            self.member.since_ms.store(now_ms, Ordering::Relaxed);
            self.member
                .activity
                .store(activity as u8, Ordering::Relaxed);
        }
    }

    pub(crate) fn activity(&self) -> Activity {
        self.member.activity()
    }

    /// Cancelled when the connection must make room.
    pub(crate) fn eviction(&self) -> &CancellationToken {
        &self.member.eviction
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.shared.lock();
        table.members.remove(&self.id);
        if !self.member.eviction.is_cancelled() {
            table.forget(&self.member);
        }
        drop(table);
        self.shared.freed.notify_one();
    }
}

#[cfg(test)]
mod tests;
