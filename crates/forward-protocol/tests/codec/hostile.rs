//! Bytes that nobody honest sends: caps hold at the header, and no input makes the decoder panic or loop.

use forward_protocol::{Ack, DecodeError, FrameScanner, Limits, Scan, encode, read_record};

use crate::keep;
use crate::random::Random;

type Scanned = Result<Scan, DecodeError>;
type Case<'a> = (&'a [u8], Scanned);

fn scan(bytes: &[u8], limits: &Limits) -> Result<Scan, DecodeError> {
    FrameScanner::new().scan(bytes, limits)
}

#[test]
fn headers_alone_are_enough_to_exceed_a_cap() {
    let limits = Limits {
        max_frame_bytes: 1000,
        max_items: 500,
        max_depth: 5,
        max_inflated_bytes: 1000,
    };
    let large = Err(DecodeError::FrameTooLarge { limit: 1000 });
    let many = Err(DecodeError::TooManyItems { limit: 500 });
    let cases: &[Case<'_>] = &[
        (b"\xdb\xff\xff\xff\xff", large.clone()),
        (b"\xc9\xff\xff\xff\xff", large.clone()),
        (b"\xdd\xff\xff\xff\xff", many.clone()),
        (b"\xdf\xff\xff\xff\xff", many),
        (b"\x92\xda\x03\xe4", large),
        (b"\x91\x91\x91\x91\x91", Ok(Scan::Incomplete(6))),
        (
            b"\x91\x91\x91\x91\x91\x91",
            Err(DecodeError::TooDeep { limit: 5 }),
        ),
        (b"\x92\xda\x03", Ok(Scan::Incomplete(4))),
        (b"", Ok(Scan::Incomplete(1))),
    ];
    for (bytes, expected) in cases {
        assert_eq!(&scan(bytes, &limits), expected, "{bytes:x?}");
    }
}

#[test]
fn items_inside_of_packed_entries_count_together() {
    let limits = Limits {
        max_items: 40,
        ..Limits::default()
    };
    let entry = b"\x92\x01\x81\xa1a\x92\x01\x02";
    let body = entry.repeat(9);
    let message = [
        &b"\x92\xa1t\xc4"[..],
        &[u8::try_from(body.len()).unwrap()],
        &body,
    ]
    .concat();
    assert_eq!(
        keep(&message, &limits),
        Err(DecodeError::TooManyItems { limit: 40 })
    );
    let limits = Limits {
        max_items: 54,
        ..limits
    };
    assert!(keep(&message, &limits).is_ok());
}

#[test]
fn deep_nesting_in_packed_entries_is_refused() {
    let mut entry = b"\x92\x01\x81\xa1a".to_vec();
    entry.extend(std::iter::repeat_n(0x91, 100));
    entry.push(1);
    let message = [
        &b"\x92\xa1t\xc4"[..],
        &[u8::try_from(entry.len()).unwrap()],
        &entry,
    ]
    .concat();
    let limits = Limits::default();
    assert_eq!(
        keep(&message, &limits),
        Err(DecodeError::TooDeep {
            limit: limits.max_depth
        })
    );
}

#[test]
fn mutated_messages_are_kept_or_refused_but_never_panic() {
    let limits = Limits {
        max_frame_bytes: 1 << 20,
        max_items: 10_000,
        max_depth: 16,
        max_inflated_bytes: 1 << 20,
    };
    for seed in 0..25 {
        let mut random = Random(seed);
        let (entries, _) = random.entries();
        let originals = [
            encode::forward("tag", &entries, Some("chunk")),
            encode::packed_forward("tag", &entries, Some("chunk")),
            encode::compressed_packed_forward("tag", &entries, None),
        ];
        for original in originals {
            for _ in 0..30 {
                let bytes = mutate(&original, &mut random);
                let whole = keep(&bytes, &limits);
                assert_eq!(
                    scan(&bytes, &limits).is_err(),
                    in_pieces(&bytes, &limits).is_err()
                );
                drop(whole);
                drop(Ack::decode(&bytes));
            }
        }
    }
}

/// Flips, cuts, repeats or replaces; most damage near the front, where the headers are.
fn mutate(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=random.below(3) {
        let near = if random.below(3) == 0 {
            bytes.len()
        } else {
            bytes.len().min(40)
        };
        let at = random.below(near.max(1));
        match random.below(4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), random.next() as u8),
            2 => bytes.extend_from_within(at.min(bytes.len())..),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.next() as u8;
                }
            }
        }
    }
    bytes
}

/// The same bytes a few at a time; the verdict must not depend on how they arrive.
fn in_pieces(bytes: &[u8], limits: &Limits) -> Result<Scan, DecodeError> {
    let mut scanner = FrameScanner::new();
    let mut last = Scan::Incomplete(1);
    for end in (0..=bytes.len()).step_by(97).chain([bytes.len()]) {
        last = scanner.scan(bytes.get(..end).unwrap(), limits)?;
        if matches!(last, Scan::Complete(_)) {
            break;
        }
    }
    Ok(last)
}

#[test]
fn maps_as_keys_of_maps_cost_what_they_weigh() {
    let nested = [&b"\x81".repeat(200)[..], b"\xa1k", &b"\xc0".repeat(200)].concat();
    let record = read_record(&nested).unwrap();
    let key = record.keys().next().unwrap();
    // All but the outer map's head and its value, as digits.
    assert_eq!(key.len(), 2 * (nested.len() - 2));
    assert!(key.starts_with("8181") && key.ends_with("c0c0"));
}
