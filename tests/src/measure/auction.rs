//! What the bid server adds to the slowest SSP's own time.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::spread::Spread;
use super::{Row, rounded, row};
use crate::fixtures::{self, Ssp};
use crate::stack::{Plan, Stack};

/// Auctions in flight at the same time.
const CONCURRENCY: usize = 8;
/// Calls of each kind in a round; the kinds take turns, so that a slow moment meets all of them.
const CALLS_A_ROUND: usize = 400;
const ROUNDS: usize = 5;
/// Every SSP takes this long, so that the limit is known.
const SSP_LATENCY_MS: u32 = 20;

/// One SSP asked directly, all of them asked in series, and the auction that asks all at once.
///
/// # Errors
/// When a program does not start or a call fails.
pub async fn auction() -> anyhow::Result<Vec<Row>> {
    let ssps = fixtures::worked_example().into_iter().map(|ssp| Ssp {
        latency_ms: SSP_LATENCY_MS,
        ..ssp
    });
    let plan = Plan {
        ssps: ssps.collect(),
        imps: fixtures::stored_imps(1.0),
        log_ingest: true,
    };
    let codes: Vec<&'static str> = plan.ssps.iter().map(|ssp| ssp.code).collect();
    let stack = Stack::start(plan).await?;
    let ssp_urls: Vec<String> = codes
        .iter()
        .map(|code| stack.ssp.url("ssp", &format!("/{code}/openrtb2/bid")))
        .collect();
    let auction_url = vec![stack.bid_server.url("http", "/openrtb2/auction")];

    let kinds = [
        ("one SSP, asked directly", ssp_urls[..1].to_vec()),
        ("three SSPs, one after another", ssp_urls),
        ("auction over the three SSPs", auction_url),
    ];
    let mut spreads = [Spread::default(), Spread::default(), Spread::default()];
    let mut seconds = [0.0; 3];
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .build()?;
    for round in 0..ROUNDS {
        for (at, (_, urls)) in kinds.iter().enumerate() {
            let started = Instant::now();
            let taken = calls(&client, urls, round).await?;
            seconds[at] += started.elapsed().as_secs_f64();
            spreads[at].add(taken);
        }
    }

    let limit = spreads[0].percentile_ms(50);
    Ok(kinds
        .iter()
        .zip(&spreads)
        .zip(seconds)
        .map(|(((what, _), spread), seconds)| {
            row(json!({
                "what": what,
                "p50_ms": rounded(spread.percentile_ms(50)),
                "p95_ms": rounded(spread.percentile_ms(95)),
                "p99_ms": rounded(spread.percentile_ms(99)),
                "per_second": (f64::from(u32::try_from(CALLS_A_ROUND * ROUNDS).unwrap_or(0)) / seconds).round(),
                "p50_to_limit": rounded(spread.percentile_ms(50) / limit),
            }))
        })
        .collect())
}

/// Calls the URLs in series, many times, a few of them at once; the duration of each series.
async fn calls(
    client: &reqwest::Client,
    urls: &[String],
    round: usize,
) -> anyhow::Result<Vec<Duration>> {
    let mut workers = JoinSet::new();
    for worker in 0..CONCURRENCY {
        let client = client.clone();
        let urls = urls.to_vec();
        workers.spawn(async move {
            let mut taken = Vec::new();
            for call in 0..CALLS_A_ROUND / CONCURRENCY {
                let number = u32::try_from((round * CONCURRENCY + worker) * 1000 + call)?;
                let body = request(number);
                let started = Instant::now();
                for url in &urls {
                    let post = client.post(url).body(body.clone());
                    post.send().await?.error_for_status()?.bytes().await?;
                }
                taken.push(started.elapsed());
            }
            anyhow::Ok(taken)
        });
    }
    let mut taken = Vec::new();
    while let Some(worker) = workers.join_next().await {
        taken.extend(worker??);
    }
    Ok(taken)
}

/// The loader's request, with the sizes that an SSP needs where no stored imp fills them in.
fn request(number: u32) -> String {
    let mut body = fixtures::loader_auction(&fixtures::auction_id(number), 700);
    if let Some(imps) = body.get_mut("imp").and_then(Value::as_array_mut) {
        for imp in imps {
            imp["bidfloor"] = json!(1.0);
        }
    }
    body.to_string()
}
