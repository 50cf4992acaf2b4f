//! [`NoticeSender`]: the background task that sends notices to SSPs.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::delivery::{Deliveries, Delivery};
use super::{NoticeKind, NoticesConfig, Subject};
use crate::data::http_client::{self, ClientError};
use crate::data::public_address::allowed_url;
use crate::data::tls::TlsConfig;

/// A longer body is not sent.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// A notice to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BidNotice {
    /// The kind.
    pub(crate) kind: NoticeKind,
    /// The address as the SSP wrote it, with macros expanded.
    pub(crate) url: String,
    /// The JSON to post; `None` = `GET`.
    pub(crate) body: Option<Bytes>,
    /// What it is about.
    pub(crate) subject: Subject,
}

/// One per server.
#[derive(Debug)]
pub(crate) struct NoticeSender {
    config: NoticesConfig,
    client: Client,
    incoming: mpsc::Receiver<BidNotice>,
    deliveries: Arc<Deliveries>,
}

impl NoticeSender {
    /// Makes its own client, which reaches only public addresses unless the settings say otherwise.
    pub(super) fn new(
        config: NoticesConfig,
        incoming: mpsc::Receiver<BidNotice>,
        deliveries: Arc<Deliveries>,
        tls: &TlsConfig,
    ) -> Result<Self, ClientError> {
        let client = http_client::builder_for_chosen(!config.allow_private_addresses, tls)?
            .connect_timeout(config.timeout)
            .timeout(config.timeout);
        Ok(Self {
            client: client.build()?,
            config,
            incoming,
            deliveries,
        })
    }

    /// Sends until it is told to stop, then sends what is still queued.
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
            let (client, deliveries) = (self.client.clone(), Arc::clone(&self.deliveries));
            let allow_private = self.config.allow_private_addresses;
            let size = notice.body.as_ref().map_or(0, Bytes::len);
            sending.spawn(async move {
                let delivery = match allowed_url(&notice.url, allow_private) {
                    Some(url) if size <= MAX_BODY_BYTES => {
                        send(&client, url, notice.body.clone()).await
                    }
                    _ => Delivery::NotSent,
                };
                deliveries.note(notice, delivery);
            });
            while sending.try_join_next().is_some() {}
        }
        while sending.join_next().await.is_some() {}
    }
}

async fn send(client: &Client, url: url::Url, body: Option<Bytes>) -> Delivery {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let request = match body {
        Some(body) => client.post(url).header(CONTENT_TYPE, JSON).body(body),
        None => client.get(url),
    };
    match request.send().await {
        Ok(answer) if answer.status().is_client_error() || answer.status().is_server_error() => {
            Delivery::Refused(answer.status().as_u16())
        }
        Ok(answer) => Delivery::Delivered(answer.status().as_u16()),
        Err(_) => Delivery::Failed,
    }
}
