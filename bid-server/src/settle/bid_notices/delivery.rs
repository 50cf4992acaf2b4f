//! [`Deliveries`]: records what became of each notice, in metrics and rows.

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
    /// There was no answer.
    Failed,
    /// The address is not one that we call, or the queue was full.
    NotSent,
}

impl Delivery {
    /// The name in tables and metrics.
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

/// Takes rows about notices and events; never waits.
pub(crate) trait NoticeLog: Debug + Send + Sync {
    /// Keeps the row until log-ingest has it.
    fn push(&self, row: &NoticeRow<'_>);
}

/// Records what became of every notice.
#[derive(Debug)]
pub(crate) struct Deliveries {
    metrics: Arc<NoticeMetrics>,
    /// `None` = no rows are wanted.
    log: Option<Arc<dyn NoticeLog>>,
}

impl Deliveries {
    /// Records in the metrics, and in rows if they are wanted.
    pub(crate) fn new(metrics: Arc<NoticeMetrics>, log: Option<Arc<dyn NoticeLog>>) -> Self {
        Self { metrics, log }
    }

    /// Counts a notice and, if it is about a bid, queues its row.
    pub(super) fn note(&self, notice: BidNotice, delivery: Delivery) {
        self.metrics.notice(notice.kind, delivery);
        // These rows are about bids; what became of a call is in the rows of its imps.
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
