//! Wire tests: the real server on a real socket, with fake SSPs and a fake log receiver around it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod after_auction;
mod auction;
mod bad_input;
mod cache;
mod captures;
mod clients_that_close;
mod compressed_answers;
mod cors;
mod definitions;
mod dropped_bids;
mod fake_data_server;
mod fake_forward;
mod fake_ssp;
mod garbage;
mod hostile;
mod listening;
mod log_output;
mod market;
mod mistaken_requests;
mod names_of_bidders;
mod one_slot;
mod openapi;
mod operators;
mod server;
mod ssps_that_misbehave;
mod stored_data;
mod stored_data_of_accounts;
mod strange_values;
mod timeouts;
mod tls;
mod what_bidders_see;
mod wins_elsewhere;
mod wire;
