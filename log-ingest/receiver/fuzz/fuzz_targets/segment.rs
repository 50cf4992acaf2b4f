//! Any bytes at all: see `log_receiver::fuzzing::segment`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| log_receiver::fuzzing::segment(bytes));
