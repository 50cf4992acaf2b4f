//! Objects in a directory are whole files that replace each other; a store is reached the way the tables' store is.

use bytes::Bytes;

use super::{Store, access, stores};
use crate::config::{Config, ConfigFile};

fn config(text: &str) -> Config {
    let file: ConfigFile = toml::from_str(text).unwrap();
    Config::check(file).unwrap()
}

#[tokio::test]
async fn a_directory_holds_objects_under_their_names() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("not/there/yet");
    let text = format!(
        "[[output]]\nkind = \"object_store\"\nname = \"d\"\nurl = \"file://{}\"\n",
        place.display()
    );
    let stores = stores(&config(&text)).unwrap();
    let store = stores.get("d").unwrap();
    let name = "a%2Fb/2026/11/23/01/x.ndjson";
    for bytes in [&b"one"[..], b"two"] {
        store.put(name, Bytes::from_static(bytes)).await.unwrap();
    }
    assert_eq!(std::fs::read(place.join(name)).unwrap(), b"two");
    let folder = place.join("a%2Fb/2026/11/23/01");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
}

#[test]
fn an_s3_output_uses_the_tables_access_but_for_what_it_says_itself() {
    let s3 = |name: &str| {
        format!(
            "endpoint = \"http://{name}\"\nregion = \"r-{name}\"\naccess_key_id = \"k-{name}\"\nsecret_access_key = \"s-{name}\"\n"
        )
    };
    let output =
        "[[output]]\nkind = \"object_store\"\nname = \"d\"\nurl = \"s3://bucket/deep/prefix\"\n";
    for (own, expected) in [("", "tables"), (s3("own").as_str(), "own")] {
        let config = config(&format!("[tables.s3]\n{}{output}{own}", s3("tables")));
        let outputs = config.receiver.outputs.first().unwrap();
        let log_receiver::OutputKind::Objects(objects) = &outputs.kind else {
            panic!("an object store");
        };
        let access = access(&objects.access, &config.tables.s3);
        let key = access.key.unwrap();
        let found = [access.endpoint, access.region].map(Option::unwrap);
        assert_eq!(
            found,
            [format!("http://{expected}"), format!("r-{expected}")]
        );
        assert_eq!(
            [key.id, key.secret],
            [format!("k-{expected}"), format!("s-{expected}")]
        );
        let Store::Remote(_, prefix) = Store::open(objects, &config.tables.s3).unwrap() else {
            panic!("a store");
        };
        assert_eq!(prefix.as_ref(), "deep/prefix");
    }
}
