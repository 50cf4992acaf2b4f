//! [`Pending`]: notices that wait until the page reports a win or an impression.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{NoticeKind, Subject};

/// The notices of one bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingNotices {
    /// The bid they are about.
    pub(crate) subject: Subject,
    /// Sent on the win.
    pub(crate) nurl: Option<String>,
    /// Sent on the impression.
    pub(crate) burl: Option<String>,
}

/// Pending notices by bid; the oldest are dropped when there are too many. Each notice is taken once.
#[derive(Debug)]
pub(crate) struct Pending {
    inner: Mutex<Inner>,
    most: usize,
    life: Duration,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: HashMap<String, PendingNotices>,
    /// In the order in which they expire.
    order: VecDeque<(Instant, String)>,
}

impl Pending {
    pub(super) fn new(most: usize, life: Duration) -> Self {
        Self {
            inner: Mutex::default(),
            most,
            life,
        }
    }

    /// Keeps the notices for a while.
    pub(crate) fn keep(&self, notices: PendingNotices, now: Instant) {
        let Some(id) = notices.subject.bid_id.clone() else {
            return;
        };
        let mut inner = self.lock();
        inner.order.push_back((now + self.life, id.clone()));
        inner.waiting.insert(id, notices);
        while let Some((end, _)) = inner.order.front()
            && (*end <= now || inner.order.len() > self.most)
        {
            if let Some((_, id)) = inner.order.pop_front() {
                inner.waiting.remove(&id);
            }
        }
    }

    /// The notices to send now: the win notice and, after an impression, the billing notice too, because a
    /// bid that was seen has been won.
    pub(crate) fn take(&self, bid_id: &str, has_impression: bool) -> Option<(Subject, Due)> {
        let mut inner = self.lock();
        let waiting = inner.waiting.get_mut(bid_id)?;
        let mut notices: Due = Vec::new();
        notices.extend(waiting.nurl.take().map(|url| (NoticeKind::Nurl, url)));
        if has_impression {
            notices.extend(waiting.burl.take().map(|url| (NoticeKind::Burl, url)));
        }
        Some((waiting.subject.clone(), notices))
    }

    /// It guards two lists. After a panic elsewhere they may differ by one entry, which does no harm.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notices to send now, with their addresses.
type Due = Vec<(NoticeKind, String)>;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn waiting(id: &str) -> PendingNotices {
        PendingNotices {
            subject: Subject {
                auction_id: Arc::from("q"),
                bid_id: Some(id.to_owned()),
                bidder: Arc::from("x"),
                account: None,
                auctioned_at: 0,
            },
            nurl: Some("n".to_owned()),
            burl: Some("b".to_owned()),
        }
    }

    fn kinds(pending: &Pending, id: &str, has_impression: bool) -> Option<Vec<NoticeKind>> {
        let (_, notices) = pending.take(id, has_impression)?;
        Some(notices.into_iter().map(|(kind, _)| kind).collect())
    }

    #[test]
    fn each_notice_goes_out_once() {
        let pending = Pending::new(10, Duration::from_secs(60));
        pending.keep(waiting("a"), Instant::now());
        assert_eq!(kinds(&pending, "a", false), Some(vec![NoticeKind::Nurl]));
        assert_eq!(kinds(&pending, "a", false), Some(vec![]));
        assert_eq!(kinds(&pending, "a", true), Some(vec![NoticeKind::Burl]));
        assert_eq!(kinds(&pending, "a", true), Some(vec![]));
        assert_eq!(kinds(&pending, "b", true), None);
    }

    #[test]
    fn impression_is_a_win_too() {
        let pending = Pending::new(10, Duration::from_secs(60));
        pending.keep(waiting("a"), Instant::now());
        let both = vec![NoticeKind::Nurl, NoticeKind::Burl];
        assert_eq!(kinds(&pending, "a", true), Some(both));
    }

    #[test]
    fn old_and_too_many_are_forgotten() {
        let pending = Pending::new(2, Duration::from_secs(60));
        let now = Instant::now();
        for id in ["a", "b", "c"] {
            pending.keep(waiting(id), now);
        }
        assert_eq!(kinds(&pending, "a", true), None);
        assert!(kinds(&pending, "b", false).is_some());
        pending.keep(waiting("d"), now + Duration::from_secs(61));
        assert_eq!(kinds(&pending, "c", true), None);
        assert_eq!(pending.lock().waiting.len(), 1);
    }
}
