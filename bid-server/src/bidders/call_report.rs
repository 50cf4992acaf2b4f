//! [`CallReport`]: what became of one call to a bidder.

use std::sync::Arc;
use std::time::Duration;

use super::registry::Bidder;
use super::ssp_client::{BodySize, Link};
use super::timeout_notice::TimeoutNotice;
use super::{CallFailure, CallTrace};
use crate::clock;
use crate::request::ImpIndex;

/// One call to a bidder, or what became of offers that no call could ask for.
#[derive(Debug, Clone)]
pub(crate) struct CallReport {
    /// The name under which it was asked: its code or an alias.
    pub(crate) seat: Arc<str>,
    /// The configured bidder.
    pub(crate) bidder: Arc<str>,
    /// The imps that were offered.
    pub(crate) imps: Vec<ImpIndex>,
    /// When it began, in milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// Time until the whole answer arrived, or until we gave up.
    pub(crate) latency: Duration,
    /// `None` = it was answered.
    pub(crate) failure: Option<CallFailure>,
    /// Why individual bids in its answer could not be read.
    pub(crate) lost: Vec<String>,
    /// The connection that it used; `None` = it never got that far.
    pub(crate) link: Option<Link>,
    /// The size of its answer; `None` = no answer arrived.
    pub(crate) size: Option<BodySize>,
    /// What went over the wire, for debugging callers.
    pub(crate) trace: Option<CallTrace>,
    /// The notice for an SSP whose answer was late.
    pub(crate) timeout_notice: Option<TimeoutNotice>,
}

impl CallReport {
    /// The report before the call, which begins now.
    pub(super) fn blank(seat: Arc<str>, bidder: Arc<str>) -> Self {
        Self {
            seat,
            bidder,
            imps: Vec::new(),
            started_at: clock::now_ms(),
            latency: Duration::ZERO,
            failure: None,
            lost: Vec::new(),
            link: None,
            size: None,
            trace: None,
            timeout_notice: None,
        }
    }

    /// The same for a configured bidder that is asked under this name.
    pub(super) fn of(name: &str, bidder: &Bidder) -> Self {
        Self::blank(Arc::from(name), Arc::clone(&bidder.code))
    }
}
