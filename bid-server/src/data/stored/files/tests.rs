//! A folder of stored data, changed step by step.

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::config::Config;
use crate::data::stored::Wanted;

fn write(disk: &TempDir, name: &str, text: &str) {
    let file = disk.path().join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    // Replaced by a rename: the new inode is noticed even within one tick of the clock.
    let beside = disk.path().join("new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, file).unwrap();
}

fn store(settings: &str) -> Arc<Store> {
    Arc::new(Store::new(&Config::parse(settings).unwrap().stored))
}

fn find(store: &Store, kind: StoredKind, id: &str) -> Option<Value> {
    let wanted = Wanted::from([(kind, id.to_owned())]);
    let found = store.in_memory().find(&wanted);
    found
        .into_values()
        .next()
        .map(|value| value.as_ref().clone())
}

#[test]
fn files_go_before_the_configuration() {
    let disk = TempDir::new().unwrap();
    write(&disk, "stored_imps/a.json", r#"{"tagid":"file"}"#);
    write(&disk, "stored_responses/r.json", "[]");
    write(&disk, "default_request.json", r#"{"tmax":300}"#);
    let store = store("[stored_imps.a]\ntagid = 'config'\n[stored_imps.b]\ntagid = 'b'");
    let (mut files, faults) = StoredFiles::open(disk.path(), Arc::clone(&store)).unwrap();
    assert_eq!(faults, []);
    assert_eq!(
        find(&store, StoredKind::Imp, "a"),
        Some(json!({"tagid": "file"}))
    );
    assert_eq!(
        find(&store, StoredKind::Imp, "b"),
        Some(json!({"tagid": "b"}))
    );
    assert_eq!(find(&store, StoredKind::Request, "a"), None);
    assert_eq!(find(&store, StoredKind::Response, "r"), Some(json!([])));
    assert_eq!(
        **store.in_memory().default_request().unwrap(),
        json!({"tmax": 300})
    );

    std::fs::remove_dir_all(disk.path().join("stored_imps")).unwrap();
    assert_eq!(files.refresh(), []);
    assert_eq!(
        find(&store, StoredKind::Imp, "a"),
        Some(json!({"tagid": "config"}))
    );
}

#[test]
fn broken_change_keeps_the_old_value() {
    let disk = TempDir::new().unwrap();
    write(&disk, "stored_imps/a.json", r#"{"tagid":"one"}"#);
    let store = store("");
    let (mut files, _) = StoredFiles::open(disk.path(), Arc::clone(&store)).unwrap();
    write(&disk, "stored_imps/a.json", r#"{"tagid":1}"#);
    let faults = files.refresh();
    assert!(
        faults[0].to_string().contains("a.json: tagid: "),
        "{}",
        faults[0]
    );
    assert_eq!(
        find(&store, StoredKind::Imp, "a"),
        Some(json!({"tagid": "one"}))
    );
}

#[test]
fn folder_that_is_away_for_a_while_takes_nothing_with_it() {
    let disk = TempDir::new().unwrap();
    write(&disk, "stored_imps/a.json", r#"{"tagid":"one"}"#);
    let store = store("");
    let (mut files, _) = StoredFiles::open(disk.path(), Arc::clone(&store)).unwrap();
    disk.close().unwrap();
    assert_eq!(files.refresh().len(), 1);
    assert!(find(&store, StoredKind::Imp, "a").is_some());
}

#[test]
fn files_of_another_kind_are_reported() {
    let disk = TempDir::new().unwrap();
    write(&disk, "stored_imps/a.toml", "tagid = 'x'");
    write(&disk, "other.json", "{}");
    let (_, faults) = StoredFiles::open(disk.path(), store("")).unwrap();
    assert_eq!(faults.len(), 2);
}
