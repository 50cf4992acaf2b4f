//! One simulated SSP: its settings, its current fault, its record.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::calls::{Call, Calls};
use crate::config::SspConfig;
use crate::fault::Fault;

/// All SSPs by code; cheap to clone for the handlers.
#[derive(Debug, Clone)]
pub struct Ssps(Arc<BTreeMap<String, Ssp>>);

/// One SSP.
#[derive(Debug)]
pub struct Ssp {
    /// Its settings.
    pub config: SspConfig,
    /// Where win notices go, without the query.
    pub win_url: String,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    fault: Fault,
    calls: Calls,
}

impl Ssps {
    /// Sets up the configured SSPs.
    pub fn new(configs: Vec<SspConfig>, public_url: &str) -> Self {
        let ssp = |config: SspConfig| {
            let win_url = format!("{public_url}/{}/win", config.code);
            let state = Mutex::new(State {
                fault: config.fault,
                calls: Calls::default(),
            });
            (
                config.code.clone(),
                Ssp {
                    config,
                    win_url,
                    state,
                },
            )
        };
        Self(Arc::new(configs.into_iter().map(ssp).collect()))
    }

    /// The SSP of that code.
    pub fn get(&self, code: &str) -> Option<&Ssp> {
        self.0.get(code)
    }

    /// The codes of all SSPs, in order.
    pub fn codes(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}

impl Ssp {
    /// The fault that is on.
    pub fn fault(&self) -> Fault {
        self.with_state(|state| state.fault)
    }

    /// Switches to another fault, or to none.
    pub fn set_fault(&self, fault: Fault) {
        self.with_state(|state| state.fault = fault);
    }

    /// Records a bid request.
    pub fn record(&self, call: Call) {
        self.with_state(|state| state.calls.record(call));
    }

    /// Records a win notice.
    pub fn record_win(&self, query: &str) {
        self.with_state(|state| state.calls.record_win(query));
    }

    /// The record as JSON.
    pub fn calls_json(&self) -> serde_json::Result<Vec<u8>> {
        self.with_state(|state| serde_json::to_vec(&state.calls))
    }

    /// Forgets the record.
    pub fn forget_calls(&self) {
        self.with_state(|state| state.calls = Calls::default());
    }

    fn with_state<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
