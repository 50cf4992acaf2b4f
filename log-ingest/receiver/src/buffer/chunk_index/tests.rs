//! What a restart knows of the chunks before it, and how many files that takes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{ChunkIndex, decode};
use crate::buffer::Window;
use crate::buffer::chunk_window::{ChunkWindow, ReceivedChunk};
use crate::buffer::storage::DiskStorage;

fn open(directory: &Path, chunks: usize) -> (ChunkIndex, ChunkWindow) {
    let age = Duration::from_secs(3600);
    let window = ChunkWindow::new(Window { chunks, age });
    let storage = Arc::new(DiskStorage::open(directory).unwrap());
    (ChunkIndex::open(storage, &window).unwrap(), window)
}

fn chunks(keys: std::ops::Range<u128>) -> Vec<ReceivedChunk> {
    let now = crate::clock::now_micros();
    keys.map(|key| (key, now)).collect()
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "index"));
    paths.sort();
    paths
}

#[test]
fn the_last_of_many_chunks_are_known_after_restarts_and_take_few_files() {
    let directory = tempfile::tempdir().unwrap();
    for start in 0..40 {
        let (mut index, _) = open(directory.path(), 100);
        index.save(&chunks(start * 20..start * 20 + 10)).unwrap();
        index
            .save(&chunks(start * 20 + 10..start * 20 + 20))
            .unwrap();
        assert!(files(directory.path()).len() <= 10);
    }
    let (_, window) = open(directory.path(), 100);
    assert!((700..800).all(|key| window.is_landed(key)));
    assert!(!window.is_landed(699));
}

#[test]
fn one_run_deletes_what_fell_out_of_the_window() {
    let directory = tempfile::tempdir().unwrap();
    let (mut index, _) = open(directory.path(), 100);
    for batch in 0..100 {
        index.save(&chunks(batch * 10..batch * 10 + 10)).unwrap();
    }
    assert!(files(directory.path()).len() <= 6);
    drop(index);
    let (_, window) = open(directory.path(), 100);
    assert_eq!(window.all_landed().len(), 100);
}

#[test]
fn any_cut_and_any_flipped_byte_costs_at_most_one_entry_and_invents_none() {
    let directory = tempfile::tempdir().unwrap();
    let (mut index, _) = open(directory.path(), 100);
    let all = chunks(0..5);
    index.save(&all).unwrap();
    let bytes = fs::read(files(directory.path()).pop().unwrap()).unwrap();
    assert_eq!(decode(&bytes), all);
    for cut in 0..bytes.len() {
        let whole = cut.saturating_sub(8) / 28;
        assert_eq!(decode(&bytes[..cut]), all[..whole]);
    }
    for at in 8..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        let left = decode(&damaged);
        assert_eq!(left.len(), 4);
        assert!(left.iter().all(|chunk| all.contains(chunk)));
    }
}
