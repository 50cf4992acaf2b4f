//! The calls of an auction without the auction, so that `bench` can measure them beside the server and another client.

use std::sync::Arc;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Request, Uri};
use bytes::Bytes;
use http_body_util::Full;

use crate::bidders::ssp_client::{ConnectMetrics, LinkNote, Reading, SspClient, SspClientConfig};
use crate::data::tls::TlsConfig;

/// The server's client for SSPs.
#[derive(Debug)]
pub struct SspCalls {
    client: SspClient,
    /// The longest answer, in bytes.
    cap: usize,
}

impl SspCalls {
    /// A client without connections, with the limits given.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(config: &SspClientConfig) -> Result<Self, rustls::Error> {
        let metrics = Arc::new(ConnectMetrics::default());
        Ok(Self {
            client: SspClient::new(config, &TlsConfig::default(), metrics)?,
            cap: config.max_response_bytes,
        })
    }

    /// Posts JSON to an absolute address; `None` = there was no whole answer.
    pub async fn post(&self, address: Uri, body: Bytes) -> Option<Bytes> {
        let mut request = Request::post(address).body(Full::new(body)).ok()?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        let reading = Reading {
            cap: self.cap,
            listener: None,
            link: &LinkNote::default(),
        };
        let (_status, answer) = self.client.send(request, reading).await.ok()?;
        Some(answer)
    }
}
