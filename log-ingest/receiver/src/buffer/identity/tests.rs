//! A damaged identity is never taken for a whole one.

use super::{Identity, parse};
use crate::buffer::storage::{DiskStorage, Storage as _};

#[test]
fn a_flipped_bit_begins_a_new_identity_and_an_older_file_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let storage = DiskStorage::open(directory.path()).unwrap();
    let mut identity = Identity::open(&storage, 1).unwrap();
    identity.take(&storage).unwrap();
    let whole = storage.read(super::FILE_NAME).unwrap();
    let known = parse(&whole).unwrap();
    assert_eq!(known, (identity.buffer_id(), 65));
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            // A letter of a hexadecimal number means the same in either case.
            assert!(
                parse(&damaged).is_none_or(|found| found == known),
                "{at} {bit}"
            );
        }
    }
    let older = format!("{{\"buffer_id\":\"{}\",\"claimed\":9}}", known.0.simple());
    assert_eq!(parse(older.as_bytes()), Some((known.0, 9)));
}
