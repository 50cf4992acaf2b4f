//! The site over real sockets, with fakes for the networks and the tables.

#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::disallowed_methods,
    clippy::allow_attributes,
    reason = "helpers of tests may panic, take what json! makes, and spawn fakes that end with the test"
)]

mod ad_requests;
mod fakes;
mod pages;
mod running;
