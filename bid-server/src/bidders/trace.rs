//! [`CallTrace`]: what went over the wire in one call, for debugging callers.
//!
//! It is written during the call, so that a call that ends at the deadline shows what had arrived by then.

use std::sync::{Arc, Mutex, PoisonError};

use super::adapter::HttpCall;
use super::ssp_client::Listener;

/// One call. Bodies are kept up to the size limit for SSP answers.
#[derive(Debug, Clone)]
pub(crate) struct CallTrace {
    /// What was sent.
    pub(crate) call: HttpCall,
    /// What has come back so far.
    pub(crate) progress: Arc<Progress>,
}

/// What came back.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<Came>);

/// The status, and as much of the body as has arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Came {
    /// `None` = no head has arrived.
    pub(crate) status: Option<u16>,
    /// The body, or the beginning of it.
    pub(crate) body: Vec<u8>,
}

impl CallTrace {
    /// The trace before the call.
    pub(super) fn new(call: HttpCall) -> Self {
        Self {
            call,
            progress: Arc::default(),
        }
    }
}

impl Listener for Progress {
    fn head(&self, status: u16) {
        self.with(|came| came.status = Some(status));
    }

    fn part(&self, bytes: &[u8]) {
        self.with(|came| came.body.extend_from_slice(bytes));
    }
}

impl Progress {
    /// Everything that has arrived so far.
    pub(crate) fn came(&self) -> Came {
        let mut all = Came::default();
        self.with(|came| all = came.clone());
        all
    }

    fn with(&self, change: impl FnOnce(&mut Came)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
