//! Any bytes as a message that must be answered for: nothing of it may get lost between events and faults, and reading
//! it again must give the same result.
#![no_main]

use forward_protocol::{
    FrameScanner, Helo, Intake, JsonScanner, Limits, Ping, Pong, Scan, json_to_msgpack, read_record,
};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    max_frame_bytes: 1 << 20,
    max_items: 100_000,
    max_depth: 32,
    max_inflated_bytes: 1 << 20,
};

fn take(frame: &[u8]) -> Option<(usize, usize)> {
    match Intake::read(frame, &LIMITS).ok()? {
        Intake::Heartbeat => Some((0, 0)),
        Intake::Broken(_) => Some((0, 1)),
        Intake::Message(message) => {
            let mut entries = message.entries();
            let (mut events, mut faults) = (0, 0);
            while let Some(found) = entries.next_or_fault() {
                match found {
                    Ok(entry) => {
                        read_record(entry.record).unwrap();
                        events += 1;
                    }
                    Err(fault) => {
                        assert!(!fault.bytes.is_empty());
                        faults += 1;
                    }
                }
            }
            assert!(faults <= 1001);
            assert_eq!(message.check().is_ok(), faults == 0);
            Some((events, faults))
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    drop((Ping::decode(bytes), Helo::decode(bytes), Pong::decode(bytes)));
    if let Ok(Scan::Complete(length)) = JsonScanner::new().scan(bytes, &LIMITS)
        && let Ok(frame) = json_to_msgpack(&bytes[..length])
    {
        take(&frame);
    }
    if let Ok(Scan::Complete(length)) = FrameScanner::new().scan(bytes, &LIMITS) {
        assert_eq!(take(&bytes[..length]), take(&bytes[..length]));
    }
});
