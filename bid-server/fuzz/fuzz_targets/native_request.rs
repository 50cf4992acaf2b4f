//! Any bytes at all: see `bid_server::fuzzing::native_request`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bid_server::fuzzing::native_request(bytes));
