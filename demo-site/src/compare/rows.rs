//! The one question to the tables, and its answer's rows.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

/// The first time of each step of the latest page views.
///
/// Delivery is at least once, so a step may be there twice; MIN and MAX make that harmless.
const QUESTION: &str = "\
SELECT variant, page_view_id, event, slot, \
MIN(elapsed_ms) AS ms, MAX(cpm) AS cpm, MAX(bidder) AS bidder, MAX(source) AS source, \
MAX(page_type) AS page_type \
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
}

/// The tables cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// No answer.
    #[error("no answer: {0}")]
    Call(#[from] reqwest::Error),
    /// An answer that says no.
    #[error("refused with status {0}")]
    Refused(u16),
    /// An answer that is not rows.
    #[error("not rows: {0}")]
    Parse(#[from] serde_json::Error),
}

/// Asks for the rows.
pub async fn fetch(http: &reqwest::Client, sql: &Url) -> Result<Vec<Row>, RowsError> {
    let mut address = sql.clone();
    address.query_pairs_mut().append_pair("format", "json");
    let answer = http
        .post(address)
        .timeout(PATIENCE)
        .header("content-type", "text/plain")
        .body(QUESTION)
        .send()
        .await?;
    if !answer.status().is_success() {
        return Err(RowsError::Refused(answer.status().as_u16()));
    }
    Ok(serde_json::from_slice(&answer.bytes().await?)?)
}
