//! How many events a second log-ingest acknowledges, against the disk's own limit.
//!
//! The limit writes the same bytes from as many threads, each appending to its file and calling
//! `fdatasync` before its next chunk: what any receiver would reach that promises the same and does
//! nothing else.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use forward_protocol::encode;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Row, rounded, row};
use crate::forward_sender::{ForwardSender, entries};
use crate::stack::{Plan, Stack};

const SENDERS: u32 = 4;
const CHUNKS_A_SENDER: u32 = 50;
const EVENTS_A_CHUNK: u32 = 1000;
const HTTP_SENDERS: u32 = 8;
const POSTS_A_SENDER: u32 = 100;
const EVENTS_A_POST: u32 = 100;

/// The disk alone, the forward protocol with acks, and HTTP as browsers use it.
///
/// # Errors
/// When a program does not start or something sent is refused.
pub async fn ingest() -> anyhow::Result<Vec<Row>> {
    let stack = Stack::start(Plan::worked_example()).await?;
    let log = stack.log()?;
    let chunk = entries(&records(EVENTS_A_CHUNK, 0)).as_bytes().to_vec();
    let folder = tempfile::tempdir()?;

    let limit = disk_limit(&chunk, folder.path())?;
    let forward = forward_rate(log.address("forward")).await?;
    let http = http_rate(&log.url("http", "/ads.render")).await?;
    let line = |what: &str, rate: f64| {
        row(json!({
            "what": what,
            "events_per_second": rate.round(),
            "to_limit": rounded(rate / limit),
        }))
    };
    Ok(vec![
        line("the disk alone: append, fdatasync, 1000 events each", limit),
        line("forward protocol with ack, 1000 events a chunk", forward),
        line("HTTP, 100 events a post, answered after fdatasync", http),
    ])
}

fn disk_limit(chunk: &[u8], folder: &Path) -> anyhow::Result<f64> {
    let started = Instant::now();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let file = folder.join(sender.to_string());
                scope.spawn(move || -> std::io::Result<()> {
                    let mut file = std::fs::File::create(file)?;
                    for _ in 0..CHUNKS_A_SENDER {
                        file.write_all(chunk)?;
                        file.sync_data()?;
                    }
                    Ok(())
                })
            })
            .collect();
        for writer in writers {
            writer.join().ok().context("a writer panicked")??;
        }
        anyhow::Ok(())
    })?;
    Ok(rate(SENDERS * CHUNKS_A_SENDER * EVENTS_A_CHUNK, started))
}

async fn forward_rate(address: &str) -> anyhow::Result<f64> {
    let packed = entries(&records(EVENTS_A_CHUNK, 1));
    let mut senders = JoinSet::new();
    let started = Instant::now();
    for sender in 0..SENDERS {
        let mut connection = ForwardSender::connect(address).await?;
        let messages: Vec<_> = (0..CHUNKS_A_SENDER)
            .map(|number| format!("{sender}-{number}"))
            .map(|chunk| {
                let message = encode::packed_forward("ads.render", &packed, Some(&chunk));
                (chunk, message)
            })
            .collect();
        senders.spawn(async move {
            for (chunk, message) in messages {
                connection.send(&message, &chunk).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    Ok(rate(SENDERS * CHUNKS_A_SENDER * EVENTS_A_CHUNK, started))
}

async fn http_rate(url: &str) -> anyhow::Result<f64> {
    let body = serde_json::to_string(&records(EVENTS_A_POST, 2))?;
    let client = reqwest::Client::builder().build()?;
    let mut senders = JoinSet::new();
    let started = Instant::now();
    for _ in 0..HTTP_SENDERS {
        let (client, url, body) = (client.clone(), url.to_owned(), body.clone());
        senders.spawn(async move {
            for _ in 0..POSTS_A_SENDER {
                let post = client.post(&url).body(body.clone());
                post.send().await?.error_for_status()?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    Ok(rate(HTTP_SENDERS * POSTS_A_SENDER * EVENTS_A_POST, started))
}

fn rate(events: u32, started: Instant) -> f64 {
    f64::from(events) / started.elapsed().as_secs_f64()
}

/// Render events as the SDK sends them: 16 fields, about 400 bytes of JSON.
pub(super) fn records(count: u32, batch: u32) -> Vec<Map<String, Value>> {
    const STEPS: [&str; 6] = [
        "loader_started",
        "auction_requested",
        "bids_returned",
        "targeting_set",
        "ad_server_requested",
        "ad_rendered",
    ];
    const VARIANTS: [&str; 4] = ["waterfall", "serial", "prebid", "early"];
    (0..count)
        .map(|number| {
            let (view, step) = (number / 6, number % 6);
            let page_view_id = format!("{batch:016x}{view:016x}");
            let step_name = STEPS.get(step as usize).copied().unwrap_or_default();
            let variant = VARIANTS
                .get((view % 4) as usize)
                .copied()
                .unwrap_or_default();
            row(json!({
                "event_id": format!("{page_view_id}-{step}"),
                "seq": step,
                "page_view_id": page_view_id,
                "auction_id": format!("{view:032x}"),
                "event": step_name,
                "elapsed_ms": f64::from(step * 40 + view % 97),
                "client_time": 1_795_000_000_000_u64 + u64::from(number),
                "site": "recipes",
                "page_type": "recipe",
                "variant": variant,
                "page_path": "/recipes/onion-soup",
                "slot": "div-top",
                "cpm": f64::from(view % 30) / 10.0,
                "currency": "USD",
                "device": "desktop",
                "sdk_version": "0.1.0",
            }))
        })
        .collect()
}
