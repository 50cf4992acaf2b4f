//! The load of well-behaved users, at a steady rate, however long the answers take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::Doors;
use crate::fixtures::loader_auction;
use crate::pace::steady;

/// What the ids of its page views begin with.
pub(super) const PREFIX: &str = "normal-";
/// Events in a message: the start of a page view, and one ad.
pub(super) const EVENTS: u64 = 2;

const AUCTION_EVERY: Duration = Duration::from_millis(100);
const MESSAGE_EVERY: Duration = Duration::from_millis(100);
const QUERY_EVERY: Duration = Duration::from_secs(1);
/// The pause between checks whether a page view is in the derived tables yet.
const POLL: Duration = Duration::from_millis(250);
/// No answer takes longer than this, or it is none. What that is in the end is for who reads the times.
const PATIENCE: Duration = Duration::from_secs(120);
/// There is more to do than can be done; a query did not get its turn in time.
const COME_AGAIN: [u16; 2] = [503, 504];
/// A page view that is in no derived table after so long never will be.
const UNSEEN: Duration = Duration::from_secs(180);
const TMAX_MS: u64 = 1000;

/// What users noticed.
#[derive(Debug)]
pub struct Normal {
    /// Time of each auction.
    pub auctions: Vec<Duration>,
    /// Time until each message of events was acknowledged.
    pub acks: Vec<Duration>,
    /// Time of each query.
    pub queries: Vec<Duration>,
    /// From the acknowledgement of an event until it was seen in a derived table.
    pub derived: Vec<Duration>,
    /// Messages acknowledged.
    pub acknowledged: u64,
    /// Answers that said to come again (503, 504), as servers do that have more to do than they can. Whoever got one came
    /// again, and the time of a call is that until its real answer.
    pub put_off: u64,
    /// What did not get the answer that it deserves, and why.
    pub refused: Vec<String>,
}

/// Runs the load until then.
pub(super) async fn run(doors: &Doors, name: &str, until: Instant) -> anyhow::Result<Normal> {
    let client = Client::builder().timeout(PATIENCE).build()?;
    let user = User {
        client,
        doors: doors.clone(),
        name: name.to_owned(),
        put_off: Arc::default(),
    };
    let (auctions, messages, queries, derived) = tokio::join!(
        steady(AUCTION_EVERY, until, |number| user.clone().auction(number)),
        steady(MESSAGE_EVERY, until, |number| user.clone().message(number)),
        steady(QUERY_EVERY, until, |_| user.clone().query()),
        user.clone().watch_derived(until),
    );
    let watched = u64::try_from(derived.acknowledged)?;
    Ok(Normal {
        acknowledged: u64::try_from(messages.took.len())? + watched,
        auctions: auctions.took,
        acks: messages.took,
        queries: queries.took,
        derived: derived.lags,
        put_off: user.put_off.load(Ordering::Relaxed),
        refused: [
            auctions.refused,
            messages.refused,
            queries.refused,
            derived.refused,
        ]
        .concat(),
    })
}

/// The marked page views that were watched on their way into the derived tables.
#[derive(Debug, Default)]
struct Watched {
    acknowledged: usize,
    lags: Vec<Duration>,
    refused: Vec<String>,
}

#[derive(Debug, Clone)]
struct User {
    client: Client,
    doors: Doors,
    name: String,
    put_off: Arc<AtomicU64>,
}

impl User {
    async fn auction(self, number: u32) -> anyhow::Result<()> {
        let body = loader_auction(&format!("{}-auction-{number}", self.name), TMAX_MS);
        let url = format!("http://{}/openrtb2/auction", self.doors.bid_server);
        let (status, answer) = self.post(&url, body.to_string()).await.context("auction")?;
        ensure!(status == 200, "auction answered {status}: {answer}");
        // Whether the SSPs were in time does not count here, since they share the machine; the times show that.
        let answer: Value = serde_json::from_str(&answer)?;
        ensure!(answer["id"].is_string(), "not an answer: {answer}");
        Ok(())
    }

    async fn message(self, number: u32) -> anyhow::Result<()> {
        self.send(&format!("{number}")).await
    }

    /// A page view with one ad.
    async fn send(&self, view: &str) -> anyhow::Result<()> {
        let view = format!("{PREFIX}{}-{view}", self.name);
        let events = json!([
            { "event_id": format!("{view}-0"), "event": "page_started", "page_view_id": view, "elapsed_ms": 0 },
            { "event_id": format!("{view}-1"), "event": "ad_rendered", "page_view_id": view, "slot": "div-top", "elapsed_ms": 250 },
        ]);
        let url = format!("http://{}/ads.render", self.doors.ingest);
        let (status, answer) = self
            .post(&url, events.to_string())
            .await
            .context("events")?;
        ensure!(status == 204, "events answered {status}: {answer}");
        Ok(())
    }

    async fn query(self) -> anyhow::Result<()> {
        self.ask("SELECT event, COUNT(*) AS n FROM render_events GROUP BY event")
            .await
            .map(drop)
    }

    async fn ask(&self, query: &str) -> anyhow::Result<Vec<Value>> {
        let url = format!("http://{}/query?format=json", self.doors.sql);
        let (status, answer) = self.post(&url, query.to_owned()).await.context("query")?;
        ensure!(status == 200, "query answered {status}: {answer}");
        Ok(serde_json::from_str(&answer)?)
    }

    /// Sends one page view after another, each when the one before has been seen. One that is never seen ends the watch.
    async fn watch_derived(self, until: Instant) -> Watched {
        let mut watched = Watched::default();
        while Instant::now() < until {
            let view = format!("watched-{}", watched.acknowledged);
            if let Err(error) = self.send(&view).await {
                watched.refused.push(format!("{error:#}"));
                sleep(POLL).await;
                continue;
            }
            watched.acknowledged += 1;
            match self.seen(&view).await {
                Some(lag) => watched.lags.push(lag),
                None => {
                    watched
                        .refused
                        .push(format!("{view} is not in ad_renders after {UNSEEN:?}"));
                    break;
                }
            }
        }
        watched
    }

    async fn seen(&self, view: &str) -> Option<Duration> {
        let acknowledged = Instant::now();
        let query = format!(
            "SELECT slot FROM ad_renders WHERE page_view_id = '{PREFIX}{}-{view}'",
            self.name
        );
        while acknowledged.elapsed() < UNSEEN {
            if self.ask(&query).await.is_ok_and(|rows| !rows.is_empty()) {
                return Some(acknowledged.elapsed());
            }
            sleep(POLL).await;
        }
        None
    }

    /// As a page posts: `text/plain`, and once more if it is told to come again.
    async fn post(&self, url: &str, body: String) -> anyhow::Result<(u16, String)> {
        let (body, began) = (Bytes::from(body), Instant::now());
        loop {
            let request = self
                .client
                .post(url)
                .header("content-type", "text/plain")
                .body(body.clone());
            let answer = request.send().await?;
            let status = answer.status().as_u16();
            if !COME_AGAIN.contains(&status) || began.elapsed() >= PATIENCE {
                return Ok((status, answer.text().await?));
            }
            self.put_off.fetch_add(1, Ordering::Relaxed);
            sleep(POLL).await;
        }
    }
}
