//! [`Sender`]: the background task that sends notices to SSPs.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::ledger::{Ledger, Outcome};
use super::{NoticeKind, Subject};
use crate::config::{NoticesConfig, TlsConfig};
use crate::http_client::{self, ClientError};
use crate::public_address::allowed_url;

/// A longer body is not sent.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// A notice that is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// Which.
    pub(crate) kind: NoticeKind,
    /// As the SSP wrote it, macros expanded.
    pub(crate) url: String,
    /// JSON that is posted; `None` = `GET`.
    pub(crate) body: Option<Bytes>,
    /// Whose bid.
    pub(crate) subject: Subject,
}

/// One per server.
#[derive(Debug)]
pub(crate) struct Sender {
    config: NoticesConfig,
    client: Client,
    incoming: mpsc::Receiver<Outgoing>,
    ledger: Arc<Ledger>,
}

impl Sender {
    /// With a client of its own, that reaches public addresses only unless the settings say otherwise.
    pub(super) fn new(
        config: NoticesConfig,
        incoming: mpsc::Receiver<Outgoing>,
        ledger: Arc<Ledger>,
        tls: &TlsConfig,
    ) -> Result<Self, ClientError> {
        let client = http_client::builder_for_chosen(!config.allow_private_addresses, tls)?
            .connect_timeout(config.timeout)
            .timeout(config.timeout);
        Ok(Self {
            client: client.build()?,
            config,
            incoming,
            ledger,
        })
    }

    /// Sends until it is told to stop; then what has been queued is still sent.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut sending = JoinSet::new();
        loop {
            let notice = tokio::select! {
                notice = self.incoming.recv() => notice,
                () = stop.cancelled(), if !self.incoming.is_closed() => {
                    self.incoming.close();
                    continue;
                }
            };
            let Some(notice) = notice else { break };
            if sending.len() >= self.config.max_concurrent {
                sending.join_next().await;
            }
            let (client, ledger) = (self.client.clone(), Arc::clone(&self.ledger));
            let allow_private = self.config.allow_private_addresses;
            let size = notice.body.as_ref().map_or(0, Bytes::len);
            sending.spawn(async move {
                let outcome = match allowed_url(&notice.url, allow_private) {
                    Some(url) if size <= MAX_BODY_BYTES => {
                        send(&client, url, notice.body.clone()).await
                    }
                    _ => Outcome::NotSent,
                };
                ledger.note(notice, outcome);
            });
            while sending.try_join_next().is_some() {}
        }
        while sending.join_next().await.is_some() {}
    }
}

async fn send(client: &Client, url: url::Url, body: Option<Bytes>) -> Outcome {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let request = match body {
        Some(body) => client.post(url).header(CONTENT_TYPE, JSON).body(body),
        None => client.get(url),
    };
    match request.send().await {
        Ok(answer) if answer.status().is_client_error() || answer.status().is_server_error() => {
            Outcome::Refused(answer.status().as_u16())
        }
        Ok(answer) => Outcome::Delivered(answer.status().as_u16()),
        Err(_) => Outcome::Failed,
    }
}
