//! Any bytes at all: see `bid_server::fuzzing::auction_answer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bid_server::fuzzing::auction_answer(bytes));
