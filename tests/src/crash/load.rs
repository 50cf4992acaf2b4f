//! Senders of both inputs that send what got no answer again, byte for byte.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::{Days, Utc};
use forward_protocol::encode;
use serde_json::{Map, Value, json};

use crate::forward_sender::{ForwardSender, entries};
use crate::stack::Stack;

/// Senders of each input.
const SENDERS: u32 = 2;
/// Events in a message: one of the page, and one of each slot.
pub(super) const EVENTS: u64 = 10;
/// Slots in which an ad is rendered.
pub(super) const SLOTS: u64 = EVENTS - 1;
/// A message for the table whose old days are removed comes after this many others.
const NOTICES_EVERY: u64 = 4;

/// Where a run listens.
#[derive(Debug, Clone)]
pub(super) struct Target {
    forward: String,
    http: String,
    notices: String,
    client: reqwest::Client,
}

impl Target {
    pub(super) fn of(stack: &Stack) -> anyhow::Result<Self> {
        let log = stack.log()?;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20));
        Ok(Self {
            forward: log.address("forward").to_owned(),
            http: log.url("http", "/ads.render"),
            notices: log.url("http", "/ads.bid_notice"),
            client: client.build()?,
        })
    }
}

/// One sender over all runs.
#[derive(Debug)]
pub(super) struct Sender {
    number: u32,
    next: u64,
    /// A message that was sent and not acknowledged yet.
    owed: Option<Message>,
    acknowledged: u64,
}

/// A chunk's id, which over HTTP is the idempotency key, and the bytes to send.
#[derive(Debug, Clone)]
struct Message {
    chunk: String,
    bytes: Vec<u8>,
}

impl Sender {
    /// Senders of both inputs.
    pub(super) fn all() -> Vec<Self> {
        let sender = |number| Self {
            number,
            next: 0,
            owed: None,
            acknowledged: 0,
        };
        (0..2 * SENDERS).map(sender).collect()
    }

    /// Whether something was not acknowledged.
    pub(super) fn owes(&self) -> bool {
        self.owed.is_some()
    }

    /// Message after message, until one gets no answer.
    pub(super) async fn send_on(&mut self, target: &Target, block: u32) -> anyhow::Result<()> {
        let mut forward = self.connected(target).await?;
        loop {
            if self.owed.is_none() {
                self.owed = Some(self.message(block));
            }
            self.deliver(target, forward.as_mut()).await?;
            if !self.is_forward() && self.next.is_multiple_of(NOTICES_EVERY) {
                let request = target.client.post(&target.notices).body(old_notice()?);
                request.send().await?;
            }
        }
    }

    /// Sends what is still owed to a run that lives; the number of events acknowledged since the
    /// last time.
    pub(super) async fn settle(&mut self, target: &Target) -> anyhow::Result<u64> {
        if self.owes() {
            let mut forward = self.connected(target).await?;
            self.deliver(target, forward.as_mut()).await?;
        }
        Ok(std::mem::take(&mut self.acknowledged))
    }

    fn is_forward(&self) -> bool {
        self.number < SENDERS
    }

    async fn connected(&self, target: &Target) -> anyhow::Result<Option<ForwardSender>> {
        Ok(match self.is_forward() {
            true => Some(ForwardSender::connect(&target.forward).await?),
            false => None,
        })
    }

    async fn deliver(
        &mut self,
        target: &Target,
        forward: Option<&mut ForwardSender>,
    ) -> anyhow::Result<()> {
        let message = self.owed.clone().context("nothing is owed")?;
        match forward {
            Some(forward) => forward.send(&message.bytes, &message.chunk).await?,
            None => {
                let request = target.client.post(&target.http);
                let request = request.header("idempotency-key", &message.chunk);
                let answer = request.body(message.bytes).send().await?;
                ensure!(answer.status() == 204, "answered {}", answer.status());
            }
        }
        self.owed = None;
        self.acknowledged += EVENTS;
        Ok(())
    }

    /// A page view whose events are numbered.
    fn message(&mut self, block: u32) -> Message {
        let chunk = format!("{}-{}-{}", prefix(block), self.number, self.next);
        self.next += 1;
        let records: Vec<Map<String, Value>> = (0..EVENTS)
            .filter_map(|event| {
                let mut record = json!({
                    "event_id": format!("{chunk}-{event}"),
                    "event": "page_started",
                    "page_view_id": chunk,
                });
                if event > 0 {
                    record["event"] = json!("ad_rendered");
                    record["slot"] = json!(format!("slot-{event}"));
                    record["elapsed_ms"] = json!(event * 10);
                }
                record.as_object().cloned()
            })
            .collect();
        let bytes = match self.is_forward() {
            true => encode::packed_forward("ads.render", &entries(&records), Some(&chunk)),
            false => json!(records).to_string().into_bytes(),
        };
        Message { chunk, bytes }
    }
}

/// What the page view ids of a block begin with.
pub(super) fn prefix(block: u32) -> String {
    format!("crash{block:05}")
}

/// A record of a day whose time is over.
fn old_notice() -> anyhow::Result<String> {
    let then = Utc::now()
        .checked_sub_days(Days::new(5))
        .context("no day")?;
    let started_at = then.timestamp_millis();
    let notice = json!([{ "notice": "win", "outcome": "received", "started_at": started_at }]);
    Ok(notice.to_string())
}
