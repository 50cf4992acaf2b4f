//! Auctions sent at full speed, or at a given rate, and what the server added to each.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::http1::{Connection, find, post};
use super::ssps::Served;

/// What is sent, and where to.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) path: &'static str,
    /// The body around the auction's id.
    pub(super) body: (Arc<str>, Arc<str>),
    /// How long the SSPs took for each auction.
    pub(super) served: Arc<Served>,
    /// Numbers the auctions of a run.
    pub(super) next: Arc<AtomicUsize>,
}

/// How auctions follow each other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// Each connection sends its next auction as soon as it has an answer.
    Full,
    /// This many a second, however long the answers take.
    PerSecond(f64),
}

/// What one run measured.
#[derive(Debug, Default)]
pub(super) struct LoadRun {
    /// Time of each auction less that of its slowest SSP.
    pub(super) added: Vec<Duration>,
    pub(super) seconds: f64,
}

impl LoadRun {
    /// Auctions a second.
    pub(super) fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.added.len()).unwrap_or(u32::MAX)) / self.seconds
    }
}

/// Runs auctions over this many connections for this long.
pub(super) async fn run(
    target: &Target,
    connections: u32,
    pace: Pace,
    duration: Duration,
) -> anyhow::Result<LoadRun> {
    let mut workers = JoinSet::new();
    let started = Instant::now();
    for worker in 0..connections {
        let schedule = Schedule::new(pace, worker, connections, started);
        workers.spawn(work(target.clone(), schedule, started + duration));
    }
    let mut run = LoadRun::default();
    while let Some(added) = workers.join_next().await {
        run.added.extend(added??);
    }
    run.seconds = started.elapsed().as_secs_f64();
    Ok(run)
}

/// When a connection sends.
#[derive(Debug)]
struct Schedule {
    next: Instant,
    /// `None` = at once.
    period: Option<Duration>,
}

impl Schedule {
    fn new(pace: Pace, worker: u32, connections: u32, started: Instant) -> Self {
        match pace {
            Pace::Full => Self {
                next: started,
                period: None,
            },
            Pace::PerSecond(rate) => Self {
                next: started + Duration::from_secs_f64(f64::from(worker) / rate),
                period: Some(Duration::from_secs_f64(f64::from(connections) / rate)),
            },
        }
    }

    async fn turn(&mut self) {
        if let Some(period) = self.period {
            sleep_until(self.next).await;
            self.next += period;
        }
    }
}

async fn work(
    target: Target,
    mut schedule: Schedule,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut connection = Connection::new(TcpStream::connect(target.address).await?)?;
    let mut added = Vec::new();
    loop {
        schedule.turn().await;
        if Instant::now() >= until {
            return Ok(added);
        }
        let number = target.next.fetch_add(1, Ordering::Relaxed);
        let (before, after) = &target.body;
        let request = post(
            target.path,
            format!("{before}{number:032x}{after}").as_bytes(),
        );
        let started = Instant::now();
        connection.send(&request).await?;
        let answer = connection.receive().await?;
        let (head, body) = answer.context("the server closed the connection")?;
        let taken = started.elapsed();
        ensure!(
            head.starts_with(b"HTTP/1.1 200") && find(body, b"\"seatbid\":[").is_some(),
            "no bids: {} {}",
            String::from_utf8_lossy(head),
            String::from_utf8_lossy(body)
        );
        added.push(taken.saturating_sub(target.served.take(number)));
    }
}
