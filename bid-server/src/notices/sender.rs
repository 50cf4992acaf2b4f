//! [`Sender`]: the background task that sends notices to SSPs.

use std::sync::Arc;

use ad_events::notice::NoticeRow;
use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::public::{PublicOnly, parse};
use super::{NoticeKind, Subject};
use crate::app::App;
use crate::clock;
use crate::config::NoticesConfig;

/// A notice that is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// Which.
    pub(crate) kind: NoticeKind,
    /// As the SSP wrote it, macros expanded.
    pub(crate) url: String,
    /// Whose bid.
    pub(crate) subject: Subject,
}

/// One per server.
#[derive(Debug)]
pub(crate) struct Sender {
    config: NoticesConfig,
    client: Client,
    incoming: mpsc::Receiver<Outgoing>,
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Delivered(u16),
    /// The SSP answered with an error.
    Refused(u16),
    /// No answer.
    Failed,
    /// The address is none that we call, or the queue was full.
    NotSent,
}

impl Sender {
    /// With a client of its own, that reaches public addresses only unless the settings say otherwise.
    pub(super) fn new(
        config: NoticesConfig,
        incoming: mpsc::Receiver<Outgoing>,
    ) -> reqwest::Result<Self> {
        let mut client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(config.timeout)
            .timeout(config.timeout);
        if !config.allow_private_addresses {
            client = client.dns_resolver(Arc::new(PublicOnly));
        }
        Ok(Self {
            client: client.build()?,
            config,
            incoming,
        })
    }

    /// Sends until it is told to stop; then what has been queued is still sent.
    pub(crate) async fn run(mut self, app: Arc<App>, stop: CancellationToken) {
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
            let (client, app) = (self.client.clone(), Arc::clone(&app));
            let allow_private = self.config.allow_private_addresses;
            sending.spawn(async move {
                let outcome = match parse(&notice.url, allow_private) {
                    Some(url) => send(&client, url).await,
                    None => Outcome::NotSent,
                };
                note(&app, notice, outcome);
            });
            while sending.try_join_next().is_some() {}
        }
        while sending.join_next().await.is_some() {}
    }
}

async fn send(client: &Client, url: url::Url) -> Outcome {
    match client.get(url).send().await {
        Ok(answer) if answer.status().is_client_error() || answer.status().is_server_error() => {
            Outcome::Refused(answer.status().as_u16())
        }
        Ok(answer) => Outcome::Delivered(answer.status().as_u16()),
        Err(_) => Outcome::Failed,
    }
}

/// Counts a notice that found no place in the queue.
pub(super) fn note_full(app: &App, notice: Outgoing) {
    note(app, notice, Outcome::NotSent);
}

fn note(app: &App, notice: Outgoing, outcome: Outcome) {
    let (name, status) = match outcome {
        Outcome::Delivered(status) => ("delivered", Some(status)),
        Outcome::Refused(status) => ("refused", Some(status)),
        Outcome::Failed => ("failed", None),
        Outcome::NotSent => ("not_sent", None),
    };
    app.metrics.notices.notice(notice.kind.name(), name);
    let Subject {
        auction_id,
        bid_id,
        bidder,
        account,
        auctioned_at,
    } = notice.subject;
    app.tell(NoticeRow {
        started_at: clock::now_ms(),
        notice: notice.kind.name().to_owned(),
        auction_id: Some(auction_id.to_string()),
        bid_id: Some(bid_id),
        bidder: Some(bidder.to_string()),
        account: account.map(|account| account.to_string()),
        auctioned_at: Some(auctioned_at),
        outcome: name.to_owned(),
        status,
        ..NoticeRow::default()
    });
}
