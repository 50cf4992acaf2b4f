//! Any bytes at all: see `bid_server::fuzzing::rate_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bid_server::fuzzing::rate_file(bytes));
