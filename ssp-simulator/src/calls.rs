//! What an SSP was asked and told: recorded for tests and for the curious.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

use crate::fault::Fault;

/// The newest calls and notices are kept, up to this number of each.
const KEPT: usize = 500;

/// One bid request that arrived.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    /// Its number, counted from 1 since the start.
    pub number: u64,
    /// The id of the bid request.
    pub request_id: String,
    /// The fault that was on.
    pub fault: Fault,
    /// How long the SSP thinks about it, faults aside.
    pub latency_ms: u64,
    /// How many bids it has for it, faults aside.
    pub bids: usize,
    /// The bid request as it came.
    pub request: Value,
}

/// One win notice that arrived.
#[derive(Debug, Clone, Serialize)]
pub struct Win {
    /// The query of the notice, as it came.
    pub query: String,
}

/// The record of one SSP.
#[derive(Debug, Default, Serialize)]
pub struct Calls {
    /// Bid requests since the start.
    pub total: u64,
    /// Win notices since the start.
    pub wins: u64,
    /// The newest bid requests, oldest first.
    pub calls: VecDeque<Call>,
    /// The newest win notices, oldest first.
    pub win_notices: VecDeque<Win>,
}

impl Calls {
    /// Records a bid request; its number is set here.
    pub fn record(&mut self, mut call: Call) {
        self.total += 1;
        call.number = self.total;
        keep(&mut self.calls, call);
    }

    /// Records a win notice.
    pub fn record_win(&mut self, query: &str) {
        self.wins += 1;
        let query = query.to_owned();
        keep(&mut self.win_notices, Win { query });
    }
}

fn keep<T>(kept: &mut VecDeque<T>, new: T) {
    if kept.len() == KEPT {
        kept.pop_front();
    }
    kept.push_back(new);
}

#[cfg(test)]
mod tests {
    use super::{Call, Calls, Fault, KEPT, Value};

    #[test]
    fn counts_all_calls_and_keeps_the_newest() {
        let mut calls = Calls::default();
        for n in 1..=KEPT + 2 {
            calls.record(Call {
                number: 0,
                request_id: n.to_string(),
                fault: Fault::None,
                latency_ms: 0,
                bids: 0,
                request: Value::Null,
            });
        }
        assert_eq!(calls.total, 502);
        assert_eq!(calls.calls.len(), KEPT);
        assert_eq!(calls.calls[0].request_id, "3");
        assert_eq!(calls.calls[0].number, 3);
    }
}
