//! The window's bounds, and what those hear who send the same at the same time.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{Keying, Seen, Sight};
use crate::buffer::{AppendError, Durable};
use crate::config::Window;

fn seen(chunks: usize) -> Arc<Seen> {
    let age = Duration::from_secs(60);
    Arc::new(Seen::new(Window { chunks, age }))
}

fn store(seen: &Arc<Seen>, key: u128) -> bool {
    match seen.see(key) {
        Sight::New(claim) => claim.is_some_and(|claim| {
            claim.settle(Ok(()));
            true
        }),
        Sight::Again(_) => false,
    }
}

fn waiting(seen: &Arc<Seen>, key: u128) -> Durable {
    match seen.see(key) {
        Sight::Again(durable) => durable,
        Sight::New(_) => panic!("{key} is new"),
    }
}

#[test]
fn the_same_chunk_is_new_once_and_then_durable_at_once() {
    let seen = seen(10);
    assert!(store(&seen, 1) && store(&seen, 2));
    assert!(!store(&seen, 1));
    let mut again = waiting(&seen, 1);
    assert!(again.is_repeat());
    assert_eq!(again.known(), Some(Ok(())));
}

#[test]
fn a_chunk_that_is_still_being_written_is_waited_for() {
    let seen = seen(10);
    let Sight::New(Some(claim)) = seen.see(1) else {
        panic!("not new");
    };
    let mut again = waiting(&seen, 1);
    assert_eq!(again.known(), None);
    claim.settle(Ok(()));
    assert_eq!(again.known(), Some(Ok(())));
}

#[test]
fn a_chunk_that_could_not_be_written_is_new_again() {
    let seen = seen(10);
    for (outcome, heard) in [
        (Some(Err(AppendError::Disk)), AppendError::Disk),
        (None, AppendError::Closed),
    ] {
        let Sight::New(Some(claim)) = seen.see(1) else {
            panic!("not new");
        };
        let mut again = waiting(&seen, 1);
        match outcome {
            Some(outcome) => claim.settle(outcome),
            None => drop(claim),
        }
        assert_eq!(again.known(), Some(Err(heard)));
    }
    assert!(store(&seen, 1));
}

#[test]
fn the_oldest_fall_out_of_the_window_and_none_are_kept_without_one() {
    let seen = seen(3);
    for key in 0..4 {
        assert!(store(&seen, key));
    }
    assert!(!store(&seen, 3) && !store(&seen, 1));
    assert!(store(&seen, 0), "0 had fallen out");
    let none = self::seen(0);
    assert!(!store(&none, 1));
    assert!(matches!(none.see(1), Sight::New(None)));
}

#[test]
fn what_is_too_old_is_new_again_and_a_time_to_come_counts_as_now() {
    let seen = seen(10);
    let now = seen.now();
    seen.landed(&[(1, now - 61_000_000), (2, now - 59_000_000), (3, i64::MAX)]);
    assert!(store(&seen, 1) && !store(&seen, 2) && !store(&seen, 3));
    let later = seen.now() + 61_000_000;
    seen.expire(&mut seen.lock(), later);
    assert!(store(&seen, 2) && store(&seen, 3));
}

#[test]
fn a_chunk_in_the_buffer_that_had_landed_before_the_crash_counts_as_landed() {
    let seen = seen(10);
    let now = seen.now();
    seen.landed(&[(1, now)]);
    seen.stored(&[(1, now), (2, now)]);
    assert!(seen.is_landed(1) && !seen.is_landed(2));
    seen.landed(&[(2, now)]);
    assert!(seen.is_landed(2));
}

#[test]
fn keys_tell_messages_tags_and_names_apart_and_differ_by_buffer() {
    let keying = Keying::new(Uuid::from_u128(7));
    let other = Keying::new(Uuid::from_u128(8));
    assert_eq!(keying.message(b"a"), keying.message(b"a"));
    assert_ne!(keying.message(b"a"), other.message(b"a"));
    assert_ne!(keying.message(b"a"), keying.message(b"b"));
    assert_ne!(keying.body("t", b"ab", b"c"), keying.body("t", b"a", b"bc"));
    assert_ne!(keying.body("t", b"a", b"c"), keying.body("u", b"a", b"c"));
}
