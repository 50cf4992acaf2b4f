//! A folder on disk, changed step by step.

use tempfile::TempDir;

use super::*;

fn parse(_: &str, bytes: &[u8]) -> Result<u32, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    text.parse().map_err(|_| format!("no number: {text}"))
}

/// Renames, as editors and deployments do; the new inode is noticed even within one tick of the clock.
fn write(folder: &TempDir, name: &str, text: &str) {
    let beside = folder.path().join(format!("{name}.new"));
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, folder.path().join(name)).unwrap();
}

fn values(folder: &Folder<u32>) -> Vec<(String, u32)> {
    let values = folder.values();
    values.map(|(id, value)| (id.to_owned(), *value)).collect()
}

#[test]
fn follows_the_files() {
    let disk = TempDir::new().unwrap();
    let mut folder = Folder::new(disk.path().to_owned(), parse);
    write(&disk, "a.json", "1");
    write(&disk, "notes.txt", "x");
    assert!(folder.refresh().unwrap().changed);
    assert_eq!(values(&folder), [("a".to_owned(), 1)]);
    assert!(!folder.refresh().unwrap().changed);

    write(&disk, "a.json", "2");
    write(&disk, "b.toml", "3");
    assert!(folder.refresh().unwrap().changed);
    assert_eq!(values(&folder), [("a".to_owned(), 2), ("b".to_owned(), 3)]);

    std::fs::remove_file(disk.path().join("a.json")).unwrap();
    assert!(folder.refresh().unwrap().changed);
    assert_eq!(values(&folder), [("b".to_owned(), 3)]);
}

#[test]
fn broken_file_keeps_its_last_good_value_and_is_reported_once() {
    let disk = TempDir::new().unwrap();
    let mut folder = Folder::new(disk.path().to_owned(), parse);
    write(&disk, "a.json", "1");
    folder.refresh().unwrap();
    write(&disk, "a.json", "one");
    let refresh = folder.refresh().unwrap();
    assert!(!refresh.changed);
    assert!(
        refresh.faults[0]
            .to_string()
            .ends_with("a.json: no number: one")
    );
    assert_eq!(values(&folder), [("a".to_owned(), 1)]);
    assert!(folder.refresh().unwrap().faults.is_empty());
    write(&disk, "a.json", "5");
    assert!(folder.refresh().unwrap().changed);
    assert_eq!(values(&folder), [("a".to_owned(), 5)]);
}

#[test]
fn second_file_of_an_id_is_a_fault() {
    let disk = TempDir::new().unwrap();
    let mut folder = Folder::new(disk.path().to_owned(), parse);
    write(&disk, "a.json", "1");
    write(&disk, "a.toml", "2");
    let refresh = folder.refresh().unwrap();
    assert_eq!(refresh.faults.len(), 1);
    assert_eq!(values(&folder), [("a".to_owned(), 1)]);
}

#[test]
fn folder_that_vanishes_takes_nothing_with_it() {
    let disk = TempDir::new().unwrap();
    let mut folder = Folder::new(disk.path().to_owned(), parse);
    write(&disk, "a.json", "1");
    folder.refresh().unwrap();
    disk.close().unwrap();
    assert!(folder.refresh().is_err());
    assert_eq!(values(&folder), [("a".to_owned(), 1)]);
}
