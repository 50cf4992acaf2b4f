//! The least that a bid server can do: pass the request on to every SSP at once and wait.
//!
//! It runs as a process of its own (`measure bare`), with a usual HTTP client and the same HTTP server as
//! the bid server, and does not look into any body. What the bid server takes beyond it is the auction.

use std::io::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use futures_util::future::try_join_all;
use tokio::net::TcpListener;

/// The client, and the URLs that bodies are passed on to.
type Shared = Arc<(reqwest::Client, Vec<String>)>;

/// Passes on to these URLs until it is killed.
///
/// # Errors
/// When it cannot listen.
pub async fn bare(urls: Vec<String>) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(
        std::io::stdout(),
        "listening http={}",
        listener.local_addr()?
    )?;
    let client = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .pool_max_idle_per_host(64)
        .build()?;
    let routes = Router::new()
        .route("/openrtb2/auction", post(pass_on))
        .with_state(Arc::new((client, urls)));
    Ok(axum::serve(listener, routes).await?)
}

async fn pass_on(State(shared): State<Shared>, body: Bytes) -> Result<String, StatusCode> {
    let (client, urls) = shared.as_ref();
    let calls = urls.iter().map(async |url| {
        let call = client.post(url).header("content-type", "application/json");
        call.body(body.clone()).send().await?.bytes().await
    });
    let answers = try_join_all(calls)
        .await
        .map_err(|_| StatusCode::BAD_GATEWAY)?;
    // As long as an answer with one creative, which is what a winner's markup takes.
    let first = answers.first().map(Bytes::len).unwrap_or_default();
    Ok(format!("{{\"seatbid\":[{}]}}", "0".repeat(first)))
}
