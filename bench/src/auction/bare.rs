//! The least that a bid server can do: pass the request on to every SSP at once and wait.
//!
//! It runs as a process of its own (`measure bare`) on axum's server, with the bid server's own client or with the usual
//! one, and does not look into any body. What the bid server takes beyond it is the auction; what the two clients differ by
//! is what the bid server's own is worth.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::routing::post;
use bid_server::SspClientConfig;
use bid_server::bare::SspCalls;
use clap::ValueEnum;
use futures_util::future::try_join_all;
use tokio::net::TcpListener;

/// As many as an SSP has at full load.
const IDLE_CONNECTIONS: usize = 64;
const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

/// What makes the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Client {
    /// The bid server's own, on hyper's connections.
    Own,
    /// `reqwest`, set up as a caller of SSPs would.
    Reqwest,
}

#[derive(Debug)]
enum Calls {
    Own(SspCalls),
    Reqwest(reqwest::Client),
}

impl Calls {
    fn new(client: Client) -> anyhow::Result<Self> {
        Ok(match client {
            Client::Own => Self::Own(SspCalls::new(&SspClientConfig {
                connect_timeout: Duration::from_secs(1),
                idle_connections_per_host: IDLE_CONNECTIONS,
                idle_timeout: Duration::from_secs(60),
                max_response_bytes: MAX_RESPONSE_BYTES,
            })?),
            Client::Reqwest => Self::Reqwest(
                reqwest::Client::builder()
                    .no_proxy()
                    .redirect(reqwest::redirect::Policy::none())
                    .connect_timeout(Duration::from_secs(1))
                    .tcp_nodelay(true)
                    .pool_max_idle_per_host(IDLE_CONNECTIONS)
                    .build()?,
            ),
        })
    }

    async fn post(&self, url: &SspUrl, body: Bytes) -> anyhow::Result<Bytes> {
        match self {
            Self::Own(calls) => {
                let answer = calls.post(url.parsed.clone(), body).await;
                answer.context("there is no answer")
            }
            Self::Reqwest(client) => {
                let call = client
                    .post(&url.text)
                    .header("content-type", "application/json");
                let mut response = call.body(body).send().await?;
                // Under a cap, as an answer of an SSP has to be read.
                let mut whole = Vec::new();
                while let Some(part) = response.chunk().await? {
                    anyhow::ensure!(whole.len() + part.len() <= MAX_RESPONSE_BYTES, "too long");
                    whole.extend_from_slice(&part);
                }
                Ok(whole.into())
            }
        }
    }
}

/// An SSP's address, as each client takes it.
#[derive(Debug)]
struct SspUrl {
    text: String,
    parsed: Uri,
}

type Shared = Arc<(Calls, Vec<SspUrl>)>;

/// Passes on to these URLs until it is killed.
///
/// # Errors
/// When it cannot listen, or a URL is not valid.
pub async fn bare(client: Client, urls: Vec<String>) -> anyhow::Result<()> {
    let urls = urls.into_iter().map(|text| {
        let parsed = text.parse()?;
        Ok(SspUrl { text, parsed })
    });
    let urls = urls.collect::<anyhow::Result<Vec<_>>>()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(
        std::io::stdout(),
        "listening http={}",
        listener.local_addr()?
    )?;
    let routes = Router::new()
        .route("/openrtb2/auction", post(pass_on))
        .with_state(Arc::new((Calls::new(client)?, urls)));
    Ok(axum::serve(listener, routes).await?)
}

async fn pass_on(State(shared): State<Shared>, body: Bytes) -> Result<String, StatusCode> {
    let (calls, urls) = shared.as_ref();
    let answers = try_join_all(urls.iter().map(|url| calls.post(url, body.clone())))
        .await
        .map_err(|_| StatusCode::BAD_GATEWAY)?;
    // As long as an answer with one creative, which is what a winner's markup takes.
    let first = answers.first().map(Bytes::len).unwrap_or_default();
    Ok(format!("{{\"seatbid\":[{}]}}", "0".repeat(first)))
}
