//! Any bytes at all: the decoder must answer, within its caps, and whatever it lets through must be readable.
#![no_main]

use forward_protocol::{Frame, FrameScanner, Limits, Scan, read_record};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    max_frame_bytes: 1 << 20,
    max_items: 100_000,
    max_depth: 32,
    max_inflated_bytes: 1 << 20,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(Scan::Complete(length)) = FrameScanner::new().scan(bytes, &LIMITS) else {
        return;
    };
    let Ok(Frame::Message(message)) = Frame::decode(&bytes[..length], &LIMITS) else {
        return;
    };
    if let Ok(count) = message.check() {
        let records = message.entries().map(|entry| read_record(entry.unwrap().record).unwrap());
        assert_eq!(records.count(), count);
    }
});
