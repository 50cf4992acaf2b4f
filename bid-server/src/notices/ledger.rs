//! [`Ledger`]: what became of each notice, in metrics and rows.

use std::sync::Arc;

use ad_events::notice::NoticeRow;

use super::{NoticeKind, Outgoing, Subject};
use crate::clock;
use crate::log_output::{Queue, Rows};
use crate::metrics::Metrics;

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Accepted, with this status.
    Delivered(u16),
    /// The SSP answered with an error.
    Refused(u16),
    /// No answer.
    Failed,
    /// The address is none that we call, or the queue was full.
    NotSent,
}

/// Where the outcome of every notice is told.
#[derive(Debug)]
pub(crate) struct Ledger {
    metrics: Arc<Metrics>,
    /// `None` = rows are not wanted.
    rows: Option<Arc<Queue>>,
}

impl Ledger {
    /// Tells the metrics, and the rows where they are wanted.
    pub(crate) fn new(metrics: Arc<Metrics>, rows: Option<Arc<Queue>>) -> Self {
        Self { metrics, rows }
    }

    /// Counts a notice and queues the row of one about a bid.
    pub(super) fn note(&self, notice: Outgoing, outcome: Outcome) {
        let (name, status) = match outcome {
            Outcome::Delivered(status) => ("delivered", Some(status)),
            Outcome::Refused(status) => ("refused", Some(status)),
            Outcome::Failed => ("failed", None),
            Outcome::NotSent => ("not_sent", None),
        };
        self.metrics.notices.notice(notice.kind.name(), name);
        // The rows are about bids; what became of a call stands in the rows of its imps.
        let rows = self.rows.as_ref();
        let rows = rows.filter(|_| notice.kind != NoticeKind::Timeout);
        let Some(rows) = rows else { return };
        let Subject {
            auction_id,
            bid_id,
            bidder,
            account,
            auctioned_at,
        } = notice.subject;
        rows.push(Rows::of_notice(&NoticeRow {
            started_at: clock::now_ms(),
            notice: notice.kind.name().into(),
            auction_id: Some((&*auction_id).into()),
            bid_id: Some(bid_id.into()),
            bidder: Some((&*bidder).into()),
            account: account.as_deref().map(Into::into),
            auctioned_at: Some(auctioned_at),
            outcome: name.into(),
            status,
            ..NoticeRow::default()
        }));
    }
}
