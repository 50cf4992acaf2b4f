//! The sample file states the defaults, and a bad file is refused by name.

use super::*;

const SAMPLE: &str = include_str!("../../config/log-ingest.toml");

#[test]
fn the_sample_file_holds_the_defaults() {
    let sample: ConfigFile = toml::from_str(SAMPLE).unwrap();
    assert_eq!(sample, ConfigFile::default());
}

#[test]
fn the_sample_file_names_every_key() {
    let sample: toml::Table = toml::from_str(SAMPLE).unwrap();
    let keys: usize = sample
        .values()
        .map(|section| section.as_table().unwrap().len())
        .sum();
    assert_eq!(
        keys, 68,
        "a key was added or removed: change the sample file and this number"
    );
}

#[test]
fn names_the_key_of_a_bad_value() {
    let cases = [
        (
            "[query]\ntimeout_ms = 0",
            "query.timeout_ms: must be from 1",
        ),
        (
            "[query]\nmemory_mb = 99999999",
            "query.memory_mb: must be from 1",
        ),
        (
            "[tables]\npast_days = 0",
            "tables.past_days: must be from 1",
        ),
        ("[tables]\ndirectory = \"s3://\"", "tables.directory: "),
        (
            "[tables.s3]\nsecret_access_key = \"x\"",
            "tables.s3.access_key_id: must be given together",
        ),
        (
            "[maintain]\nvacuum_hours = 1",
            "maintain.vacuum_hours: must be from 24",
        ),
        (
            "[retention]\nviews = 3",
            "retention: there is no table views",
        ),
        (
            "[derive]\ninterval_ms = 1",
            "derive.interval_ms: must be from 100",
        ),
        (
            "[sql]\nallowed_origins = [\"*\"]",
            "sql.allowed_origins: is not an origin",
        ),
        (
            "[postgres]\nmax_connections = 0",
            "postgres.max_connections: must be from 1",
        ),
        (
            "[postgres]\nuser = \"\"\npassword = \"x\"",
            "postgres.user: must not be empty",
        ),
        (
            "[http]\nmax_body_bytes = 0",
            "http.max_body_bytes: must be above 0",
        ),
    ];
    for (text, expected) in cases {
        let error = Config::check(toml::from_str(text).unwrap())
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn an_unknown_key_is_named() {
    for (text, key) in [("[tables]\ndir = \"x\"", "dir"), ("[querry]\n", "querry")] {
        let error = toml::from_str::<ConfigFile>(text).unwrap_err();
        assert!(
            error.message().contains(&format!("unknown field `{key}`")),
            "{error}"
        );
    }
}

#[test]
fn a_login_needs_a_password() {
    let config = Config::check(ConfigFile::default()).unwrap();
    assert_eq!(config.postgres.login, None);
    let file = toml::from_str("[postgres]\npassword = \"secret\"").unwrap();
    let login = Config::check(file).unwrap().postgres.login.unwrap();
    assert_eq!(login.user, "analyst");
    assert!(!format!("{login:?}").contains("secret"));
}

#[test]
fn the_demos_file_can_be_used() {
    let text = include_str!("../../../demo-site/demo/log-ingest.toml");
    let config = Config::check(toml::from_str(text).unwrap()).unwrap();
    let tables = Path::new("var/demo/log-ingest/tables");
    assert_eq!(config.tables.location.local(), Some(tables));
}
