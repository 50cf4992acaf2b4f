//! Win, billing and loss notices that we send to SSPs on behalf of the page, if a request asks for it.
//!
//! `nurl` and `burl` wait in [`pending`] until the page reports the win and the impression. `lurl` goes out
//! at once, and so do the timeout notices that definitions ask for. [`sender`] sends them, a bounded number
//! at a time and only to public addresses. [`delivery`] records what became of each.

mod config;
mod delivery;
mod metrics;
mod pending;
mod sender;

use std::sync::Arc;

pub use config::NoticesConfig;
pub(crate) use delivery::{Deliveries, NoticeLog};
pub(crate) use metrics::NoticeMetrics;
pub(crate) use pending::{Pending, PendingNotices};
pub(crate) use sender::{BidNotice, NoticeSender};
use tokio::sync::mpsc;

use crate::data::http_client::ClientError;
use crate::data::tls::TlsConfig;
use delivery::Delivery;

/// The notices of a server.
#[derive(Debug)]
pub(crate) struct BidNotices {
    /// Notices that wait for the page.
    pub(crate) pending: Pending,
    outgoing: mpsc::Sender<BidNotice>,
    deliveries: Arc<Deliveries>,
}

impl BidNotices {
    /// Returns the handle for auctions and the task that sends.
    pub(crate) fn new(
        config: &NoticesConfig,
        deliveries: Deliveries,
        tls: &TlsConfig,
    ) -> Result<(Self, NoticeSender), ClientError> {
        let deliveries = Arc::new(deliveries);
        let (outgoing, incoming) = mpsc::channel(config.max_queued);
        let notices = Self {
            pending: Pending::new(config.max_pending, config.pending),
            outgoing,
            deliveries: Arc::clone(&deliveries),
        };
        Ok((
            notices,
            NoticeSender::new(*config, incoming, deliveries, tls)?,
        ))
    }

    /// Queues the notice; if the queue is full, counts it as not sent.
    pub(crate) fn send(&self, notice: BidNotice) {
        if let Err(full) = self.outgoing.try_send(notice) {
            self.deliveries.note(full.into_inner(), Delivery::NotSent);
        }
    }
}

/// The kind of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    /// Win.
    Nurl,
    /// Billing.
    Burl,
    /// Loss.
    Lurl,
    /// A late answer; it concerns a call, not a bid.
    Timeout,
}

impl NoticeKind {
    /// The name in tables and metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nurl => "nurl",
            Self::Burl => "burl",
            Self::Lurl => "lurl",
            Self::Timeout => "timeout",
        }
    }
}

/// The bid or call that a notice is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The auction.
    pub(crate) auction_id: Arc<str>,
    /// The id that we gave the bid; `None` = the notice is about a call.
    pub(crate) bid_id: Option<String>,
    /// The configured bidder.
    pub(crate) bidder: Arc<str>,
    /// The publisher's account.
    pub(crate) account: Option<Arc<str>>,
    /// Start of the auction, in milliseconds since the Unix epoch.
    pub(crate) auctioned_at: i64,
}
