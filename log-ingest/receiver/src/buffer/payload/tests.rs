//! A clock that is set back does not take receive times with it.

use bytes::Bytes;
use forward_protocol::Limits;

use super::{HttpHead, Payload, StoredPayload};

const RECEIVED: i64 = 5000;

fn payloads() -> [Payload; 4] {
    let head = HttpHead {
        received_at_us: RECEIVED,
        event_time_us: Some(7),
        tag: "t",
        extra: None,
        msgpack: false,
        faulty: false,
    };
    let body = Bytes::from_static(b"{}");
    [
        Payload::forward(RECEIVED, body.clone()),
        Payload::forward_with_faults(RECEIVED, &Limits::default(), body.clone()),
        Payload::http(RECEIVED, Some(7), "t", body.clone()),
        Payload::http_body(&head, body),
    ]
}

/// What the buffer would read back.
fn stored(payload: &Payload) -> (i64, Option<u128>) {
    let bytes = payload.parts().concat();
    let read = StoredPayload::read(payload.kind(), &bytes).unwrap();
    let key = StoredPayload::chunk_key(payload.kind(), &bytes);
    (read.received_at_us(), key)
}

#[test]
fn a_receive_time_is_never_before_the_one_in_front_of_it() {
    let keyed = payloads().map(|payload| (payload.of_chunk(9), Some(9)));
    let bare = payloads().map(|payload| (payload, None));
    for (payload, key) in bare.into_iter().chain(keyed) {
        for (earliest, expected) in [
            (i64::MIN, RECEIVED),
            (RECEIVED - 1, RECEIVED),
            (RECEIVED + 3, RECEIVED + 3),
        ] {
            let mut payload = payload.clone();
            assert_eq!(payload.not_before(earliest), expected);
            assert_eq!(stored(&payload), (expected, key));
        }
    }
}

#[test]
fn moving_the_time_changes_nothing_else() {
    for payload in payloads() {
        let mut later = payload.clone();
        later.not_before(RECEIVED + 1);
        let [before, after] = [&payload, &later].map(|payload| payload.parts().concat());
        assert_eq!(before.get(8..), after.get(8..));
    }
}
