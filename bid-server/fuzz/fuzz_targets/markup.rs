//! Any bytes at all: see `bid_server::fuzzing::markup`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bid_server::fuzzing::markup(bytes));
