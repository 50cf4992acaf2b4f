//! [`Deliveries`]: what became of each notice, in metrics and rows.

use std::fmt::Debug;
use std::sync::Arc;

use ad_events::notice::NoticeRow;

use super::{BidNotice, NoticeKind, NoticeMetrics, Subject};
use crate::clock;

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Accepted, with this status.
    Delivered(u16),
    /// The SSP answered with an error.
    Refused(u16),
    /// No answer.
    Failed,
    /// The address is none that we call, or the queue was full.
    NotSent,
}

impl Delivery {
    /// As in tables and metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Delivered(_) => "delivered",
            Self::Refused(_) => "refused",
            Self::Failed => "failed",
            Self::NotSent => "not_sent",
        }
    }

    fn status(self) -> Option<u16> {
        match self {
            Self::Delivered(status) | Self::Refused(status) => Some(status),
            Self::Failed | Self::NotSent => None,
        }
    }
}

/// Takes rows about notices and events, and never waits.
pub(crate) trait NoticeLog: Debug + Send + Sync {
    /// Keeps the row until it is with log-ingest.
    fn push(&self, row: &NoticeRow<'_>);
}

/// Where it is said of every notice what became of it.
#[derive(Debug)]
pub(crate) struct Deliveries {
    metrics: Arc<NoticeMetrics>,
    /// `None` = rows are not wanted.
    log: Option<Arc<dyn NoticeLog>>,
}

impl Deliveries {
    /// In the metrics, and in rows where they are wanted.
    pub(crate) fn new(metrics: Arc<NoticeMetrics>, log: Option<Arc<dyn NoticeLog>>) -> Self {
        Self { metrics, log }
    }

    /// Counts a notice and queues the row of one about a bid.
    pub(super) fn note(&self, notice: BidNotice, delivery: Delivery) {
        self.metrics.notice(notice.kind, delivery);
        // The rows are about bids; what became of a call stands in the rows of its imps.
        let log = self.log.as_ref();
        let log = log.filter(|_| notice.kind != NoticeKind::Timeout);
        let Some(log) = log else { return };
        let Subject {
            auction_id,
            bid_id,
            bidder,
            account,
            auctioned_at,
        } = notice.subject;
        log.push(&NoticeRow {
            started_at: clock::now_ms(),
            notice: notice.kind.name().into(),
            auction_id: Some((&*auction_id).into()),
            bid_id: bid_id.map(Into::into),
            bidder: Some((&*bidder).into()),
            account: account.as_deref().map(Into::into),
            auctioned_at: Some(auctioned_at),
            outcome: delivery.name().into(),
            status: delivery.status(),
            ..NoticeRow::default()
        });
    }
}
