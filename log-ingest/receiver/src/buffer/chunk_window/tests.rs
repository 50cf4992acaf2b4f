//! The window's bounds, and what senders of the same chunk at the same time hear.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{ChunkLookup, ChunkWindow, Keying};
use crate::buffer::{AppendError, Durable, Window};

fn window_of(chunks: usize) -> Arc<ChunkWindow> {
    let age = Duration::from_secs(60);
    Arc::new(ChunkWindow::new(Window { chunks, age }))
}

fn store(window: &Arc<ChunkWindow>, key: u128) -> bool {
    match window.look_up(key) {
        ChunkLookup::New(claim) => claim.is_some_and(|claim| {
            claim.settle(Ok(()));
            true
        }),
        ChunkLookup::Again(_) => false,
    }
}

fn waiting(window: &Arc<ChunkWindow>, key: u128) -> Durable {
    match window.look_up(key) {
        ChunkLookup::Again(durable) => durable,
        ChunkLookup::New(_) => panic!("{key} is new"),
    }
}

#[test]
fn the_same_chunk_is_new_once_and_then_durable_at_once() {
    let window = window_of(10);
    assert!(store(&window, 1) && store(&window, 2));
    assert!(!store(&window, 1));
    let mut again = waiting(&window, 1);
    assert!(again.is_repeat());
    assert_eq!(again.known(), Some(Ok(())));
}

#[test]
fn a_chunk_that_is_still_being_written_is_waited_for() {
    let window = window_of(10);
    let ChunkLookup::New(Some(claim)) = window.look_up(1) else {
        panic!("not new");
    };
    let mut again = waiting(&window, 1);
    assert_eq!(again.known(), None);
    claim.settle(Ok(()));
    assert_eq!(again.known(), Some(Ok(())));
}

#[test]
fn a_chunk_that_could_not_be_written_is_new_again() {
    let window = window_of(10);
    for (outcome, heard) in [
        (Some(Err(AppendError::Disk)), AppendError::Disk),
        (None, AppendError::Closed),
    ] {
        let ChunkLookup::New(Some(claim)) = window.look_up(1) else {
            panic!("not new");
        };
        let mut again = waiting(&window, 1);
        match outcome {
            Some(outcome) => claim.settle(outcome),
            None => drop(claim),
        }
        assert_eq!(again.known(), Some(Err(heard)));
    }
    assert!(store(&window, 1));
}

#[test]
fn the_oldest_fall_out_of_the_window_and_none_are_kept_without_one() {
    let window = window_of(3);
    for key in 0..4 {
        assert!(store(&window, key));
    }
    assert!(!store(&window, 3) && !store(&window, 1));
    assert!(store(&window, 0), "0 had fallen out");
    let none = window_of(0);
    assert!(!store(&none, 1));
    assert!(matches!(none.look_up(1), ChunkLookup::New(None)));
}

#[test]
fn what_is_too_old_is_new_again_and_a_time_to_come_counts_as_now() {
    let window = window_of(10);
    let now = window.now();
    window.landed(&[(1, now - 61_000_000), (2, now - 59_000_000), (3, i64::MAX)]);
    assert!(store(&window, 1) && !store(&window, 2) && !store(&window, 3));
    let later = window.now() + 61_000_000;
    window.expire(&mut window.lock(), later);
    assert!(store(&window, 2) && store(&window, 3));
}

#[test]
fn a_chunk_in_the_buffer_that_had_landed_before_the_crash_counts_as_landed() {
    let window = window_of(10);
    let now = window.now();
    window.landed(&[(1, now)]);
    window.stored(&[(1, now), (2, now)]);
    assert!(window.is_landed(1) && !window.is_landed(2));
    window.landed(&[(2, now)]);
    assert!(window.is_landed(2));
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
