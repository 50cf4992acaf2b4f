//! What the tables are asked, and the rows of the answers.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

/// The first time of each step of the latest page views.
///
/// Delivery is at least once, so a step may appear twice; MIN and MAX make that harmless.
const QUESTION: &str = "\
SELECT variant, page_view_id, event, slot, \
MIN(elapsed_ms) AS ms, MAX(cpm) AS cpm, MAX(bidder) AS bidder, MAX(source) AS source, \
MAX(page_type) AS page_type, MAX(auction_id) AS auction_id \
FROM render_events \
WHERE variant IN ('waterfall', 'serial', 'prebid', 'early') \
GROUP BY variant, page_view_id, event, slot \
ORDER BY MAX(client_time) DESC LIMIT 40000";

/// How long a visitor waits for the tables.
const PATIENCE: Duration = Duration::from_secs(8);

/// One step of one page view or slot.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Row {
    /// The way of loading ads.
    pub variant: String,
    /// The page view.
    pub page_view_id: String,
    /// The step.
    pub event: String,
    /// The slot; empty for steps of the whole page.
    #[serde(default)]
    pub slot: Option<String>,
    /// Milliseconds since navigation start.
    pub ms: f64,
    /// Price of the creative.
    #[serde(default)]
    pub cpm: Option<f64>,
    /// Who bought it.
    #[serde(default)]
    pub bidder: Option<String>,
    /// Who sold it.
    #[serde(default)]
    pub source: Option<String>,
    /// Kind of page.
    #[serde(default)]
    pub page_type: Option<String>,
    /// The auction that the step belongs to.
    #[serde(default)]
    pub auction_id: Option<String>,
}

/// One call of an auction to a bidder, as the bid-server measured it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Call {
    /// The auction.
    pub auction_id: String,
    /// Who was asked.
    pub bidder: String,
    /// How long the answer took, or how long it was waited for.
    pub ms: f64,
}

/// The tables cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// No answer.
    #[error("no answer: {0}")]
    Call(#[from] reqwest::Error),
    /// An answer that is an error.
    #[error("refused with status {0}")]
    Refused(u16),
    /// An answer that is not rows.
    #[error("not rows: {0}")]
    Parse(#[from] serde_json::Error),
}

/// Asks for the rows.
pub async fn fetch(http: &reqwest::Client, sql: &Url) -> Result<Vec<Row>, RowsError> {
    ask(http, sql, QUESTION.to_owned()).await
}

/// Asks for the calls of these auctions.
pub async fn fetch_calls(
    http: &reqwest::Client,
    sql: &Url,
    auctions: &[String],
) -> Result<Vec<Call>, RowsError> {
    // Ids come from browsers: only what looks like one goes into the question.
    let harmless = |id: &&String| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let ids: Vec<String> = auctions
        .iter()
        .filter(harmless)
        .map(|id| format!("'{id}'"))
        .collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let question = format!(
        "SELECT auction_id, bidder, MAX(latency_ms) AS ms FROM bids \
         WHERE auction_id IN ({}) AND latency_ms IS NOT NULL AND bidder <> 'house' \
         GROUP BY auction_id, bidder ORDER BY bidder",
        ids.join(", ")
    );
    ask(http, sql, question).await
}

async fn ask<T: DeserializeOwned>(
    http: &reqwest::Client,
    sql: &Url,
    question: String,
) -> Result<Vec<T>, RowsError> {
    let mut address = sql.clone();
    address.query_pairs_mut().append_pair("format", "json");
    let answer = http
        .post(address)
        .timeout(PATIENCE)
        .header("content-type", "text/plain")
        .body(question)
        .send()
        .await?;
    if !answer.status().is_success() {
        return Err(RowsError::Refused(answer.status().as_u16()));
    }
    Ok(serde_json::from_slice(&answer.bytes().await?)?)
}
