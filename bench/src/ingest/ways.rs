//! The ways of sending that are measured: each sender sends its next message when the last one is answered.

use std::sync::Arc;

use bytes::Bytes;
use forward_protocol::encode;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::events::records;
use system_tests::forward_sender::{ForwardSender, entries};
use system_tests::program::Program;

/// How events are sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) what: &'static str,
    forward: bool,
    senders: u32,
    /// Of each sender.
    messages: u32,
    /// In each message.
    events: u32,
}

pub(super) const WAYS: [Way; 4] = [
    Way {
        what: "forward protocol with ack, 1000 events a chunk",
        forward: true,
        senders: 4,
        messages: 100,
        events: 1000,
    },
    Way {
        what: "forward protocol with ack, 100 events a chunk",
        forward: true,
        senders: 4,
        messages: 500,
        events: 100,
    },
    Way {
        what: "HTTP, 100 events a post",
        forward: false,
        senders: 8,
        messages: 250,
        events: 100,
    },
    Way {
        what: "HTTP, 1 event a post",
        forward: false,
        senders: 8,
        messages: 2000,
        events: 1,
    },
];

/// What is sent at once.
#[derive(Debug)]
pub(super) struct Message {
    /// The chunk's id, which the forward protocol acknowledges.
    chunk: String,
    bytes: Bytes,
}

/// By sender.
pub(super) type Messages = Arc<[Vec<Message>]>;

impl Way {
    /// All of them.
    pub(super) fn events(self) -> u32 {
        self.senders * self.messages * self.events
    }

    /// Everything that will be sent.
    pub(super) fn messages(self) -> anyhow::Result<Messages> {
        let sender = |sender: u32| {
            let numbers = 0..self.messages;
            numbers
                .map(move |number| self.message(sender, number))
                .collect()
        };
        (0..self.senders).map(sender).collect()
    }

    fn message(self, sender: u32, number: u32) -> anyhow::Result<Message> {
        let records = records(self.events, sender * self.messages + number);
        let chunk = format!("{sender}-{number}");
        let bytes = match self.forward {
            true => encode::packed_forward("ads.render", &entries(&records), Some(&chunk)),
            false => serde_json::to_vec(&records)?,
        };
        Ok(Message {
            chunk,
            bytes: bytes.into(),
        })
    }

    /// Sends everything; the time that each answer took, in milliseconds.
    pub(super) async fn send(self, log: &Program, all: &Messages) -> anyhow::Result<Vec<f64>> {
        let mut senders = JoinSet::new();
        let client = reqwest::Client::builder().build()?;
        for sender in 0..all.len() {
            let all = Arc::clone(all);
            let (client, url) = (client.clone(), log.url("http", "/ads.render"));
            let forward = log.address("forward").to_owned();
            senders.spawn(async move {
                let messages = all.get(sender).map(Vec::as_slice).unwrap_or_default();
                match self.forward {
                    true => over_forward(&forward, messages).await,
                    false => over_http(&client, &url, messages).await,
                }
            });
        }
        let mut waits = Vec::new();
        while let Some(sender) = senders.join_next().await {
            waits.extend(sender??);
        }
        Ok(waits)
    }
}

async fn over_forward(address: &str, messages: &[Message]) -> anyhow::Result<Vec<f64>> {
    let mut connection = ForwardSender::connect(address).await?;
    let mut waits = Vec::new();
    for message in messages {
        let began = Instant::now();
        connection.send(&message.bytes, &message.chunk).await?;
        waits.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(waits)
}

async fn over_http(
    client: &reqwest::Client,
    url: &str,
    messages: &[Message],
) -> anyhow::Result<Vec<f64>> {
    let mut waits = Vec::new();
    for message in messages {
        let began = Instant::now();
        let post = client.post(url).body(message.bytes.clone());
        post.send().await?.error_for_status()?;
        waits.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(waits)
}
