//! A file goes when all of them have it, whichever is last.

use std::sync::Arc;

use super::{Lag, Ledger, bit, seq_of};
use crate::buffer::{DiskStorage, Header, SealedSegment, Storage};

fn segment(seq: u64) -> SealedSegment {
    SealedSegment {
        name: Header::file_name(seq),
        length: 3,
        began_us: i64::try_from(seq).unwrap() * 10,
    }
}

/// The directory is removed when its handle is dropped.
type Bench = (Ledger, Arc<dyn Storage>, tempfile::TempDir);

/// A ledger of two outputs over files of three segments.
fn ledger() -> Bench {
    let directory = tempfile::tempdir().unwrap();
    let storage: Arc<dyn Storage> = Arc::new(DiskStorage::open(directory.path()).unwrap());
    let ledger = Ledger::new(Arc::clone(&storage), 2);
    for seq in 1..=3 {
        storage.replace(&Header::file_name(seq), b"abcdef").unwrap();
        ledger.add(&segment(seq));
    }
    (ledger, storage, directory)
}

fn files(storage: &Arc<dyn Storage>) -> Vec<String> {
    let mut names = storage.list().unwrap();
    names.retain(|name| seq_of(name).is_some());
    names.sort();
    names
        .iter()
        .map(|name| name.trim_start_matches('0').to_owned())
        .collect()
}

#[test]
fn a_file_goes_when_tables_and_outputs_have_it() {
    let (ledger, storage, _directory) = ledger();
    let name = Header::file_name;
    ledger.landed(&name(1), false).unwrap();
    ledger.release(0, 2);
    ledger.release(1, 2);
    ledger.landed(&name(2), false).unwrap();
    ledger.landed(&name(3), true).unwrap();
    assert_eq!(files(&storage), ["1.segment.landed", "3.segment.damaged"]);
    // The new name is known, and only what was acknowledged is read.
    assert_eq!(ledger.read(1).unwrap(), b"abc");
    ledger.release(0, 1);
    assert_eq!(ledger.wanted(0), [(3, 3)]);
    assert_eq!(ledger.wanted(1), [(1, 3), (3, 3)]);
    let lag = Lag {
        bytes: 6,
        since_us: Some(10),
    };
    assert_eq!(ledger.lag(1), lag);
    ledger.release(1, 1);
    ledger.release(0, 3);
    ledger.release(1, 3);
    assert_eq!(
        files(&storage),
        ["3.segment.damaged"],
        "a person has not seen it yet"
    );
    assert_eq!(ledger.lag(1), Lag::default());
    assert!(ledger.read(1).is_err());
}

#[test]
fn what_nobody_wants_is_not_kept() {
    let (ledger, storage, _directory) = ledger();
    let fresh = Ledger::new(Arc::clone(&storage), 0);
    fresh.add(&segment(2));
    fresh.landed(&Header::file_name(2), false).unwrap();
    assert_eq!(files(&storage), ["1.segment", "3.segment"]);
    ledger.restore(&segment(9), 0);
    assert_eq!(ledger.wanted(0), [(1, 3), (2, 3), (3, 3)]);
    assert_eq!((bit(0), bit(1), bit(40)), (1, 2, 0));
}
