//! [`CallTrace`]: what went over the wire in one call, for callers that debug.
//!
//! It is written while the call goes on, so that a call that ends at the deadline shows what was there.

use std::sync::{Arc, Mutex, PoisonError};

use super::adapter::HttpCall;
use super::ssp_client::Listener;

/// One call. Bodies are kept up to the cap of SSP answers.
#[derive(Debug, Clone)]
pub(crate) struct CallTrace {
    /// What was sent.
    pub(crate) call: HttpCall,
    /// What came back, so far.
    pub(crate) progress: Arc<Progress>,
}

/// What came back.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<Came>);

/// Status and as much of the body as there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Came {
    /// `None` = no head of an answer.
    pub(crate) status: Option<u16>,
    /// The body, perhaps its begin only.
    pub(crate) body: Vec<u8>,
}

impl CallTrace {
    /// Before the call.
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
    /// All that has come.
    pub(crate) fn came(&self) -> Came {
        let mut all = Came::default();
        self.with(|came| all = came.clone());
        all
    }

    fn with(&self, change: impl FnOnce(&mut Came)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
