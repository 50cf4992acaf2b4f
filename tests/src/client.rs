//! What a test sends to the programs, and the answers as JSON.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::header::{CONTENT_TYPE, ORIGIN};
use serde_json::{Value, json};

use crate::program::Program;
use crate::wait;

/// An HTTP client with the time limits of a test.
#[derive(Debug, Clone)]
pub struct Client(reqwest::Client);

impl Client {
    /// A client whose calls end in bounded time.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> anyhow::Result<Self> {
        let builder = reqwest::Client::builder().timeout(Duration::from_secs(20));
        Ok(Self(builder.build()?))
    }

    /// Posts a body as a page does: `text/plain`, so that no preflight is needed.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, url: &str, body: String) -> anyhow::Result<(u16, String)> {
        let request = self
            .0
            .post(url)
            .header(CONTENT_TYPE, "text/plain")
            .header(ORIGIN, "http://recipes.example");
        let answer = request.body(body).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// Posts a body as a program on this machine does, without an origin.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post_as_program(&self, url: &str, body: String) -> anyhow::Result<(u16, String)> {
        let request = self.0.post(url).header(CONTENT_TYPE, "text/plain");
        let answer = request.body(body).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// Gets a text.
    ///
    /// # Errors
    /// When there is no answer or it is not a success.
    pub async fn get(&self, url: &str) -> anyhow::Result<String> {
        let answer = self.0.get(url).send().await?.error_for_status()?;
        Ok(answer.text().await?)
    }

    /// Runs an auction and returns its answer.
    ///
    /// # Errors
    /// When the answer is not 200 with JSON.
    pub async fn auction(&self, bid_server: &Program, body: &Value) -> anyhow::Result<Value> {
        let url = bid_server.url("http", "/openrtb2/auction");
        let (status, answer) = self.post(&url, body.to_string()).await?;
        ensure!(status == 200, "auction answered {status}: {answer}");
        serde_json::from_str(&answer).context(answer)
    }

    /// Switches an SSP's fault.
    ///
    /// # Errors
    /// When the simulator refuses.
    pub async fn set_fault(&self, ssp: &Program, code: &str, fault: &str) -> anyhow::Result<()> {
        let request = self
            .0
            .put(ssp.url("ssp", &format!("/{code}/fault")))
            .header(CONTENT_TYPE, "application/json")
            .body(json!({ "fault": fault }).to_string());
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// What an SSP has recorded.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn calls(&self, ssp: &Program, code: &str) -> anyhow::Result<Value> {
        let text = self.get(&ssp.url("ssp", &format!("/{code}/calls"))).await?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Runs a query over HTTP; one JSON object per row.
    ///
    /// # Errors
    /// When the query fails.
    pub async fn sql(&self, log_ingest: &Program, query: &str) -> anyhow::Result<Vec<Value>> {
        let url = log_ingest.url("sql", "/query?format=json");
        // Pages of other sites may not ask.
        let (status, answer) = self.post_as_program(&url, query.to_owned()).await?;
        ensure!(status == 200, "query answered {status}: {answer}\n{query}");
        serde_json::from_str(&answer).context(answer)
    }

    /// Runs a query until it has at least this many rows.
    ///
    /// # Errors
    /// When it still has fewer in the end.
    pub async fn rows(
        &self,
        log_ingest: &Program,
        query: &str,
        at_least: usize,
    ) -> anyhow::Result<Vec<Value>> {
        let what = format!("{at_least} rows of: {query}");
        wait::until(&what, async || {
            let rows = self.sql(log_ingest, query).await?;
            Ok((rows.len() >= at_least).then_some(rows))
        })
        .await
    }
}
