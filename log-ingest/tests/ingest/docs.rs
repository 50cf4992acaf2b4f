//! docs/tables.md and docs/limits.md tell what the code and the settings have.

use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_page_about_the_tables_is_up_to_date() {
    let fresh = log_ingest::describe::markdown();
    assert!(
        read("docs/tables.md") == fresh,
        "run: cargo run -p log-ingest -- describe > docs/tables.md\n{fresh}"
    );
}

/// The sample files hold the defaults; that is a test of each server.
#[test]
fn limits_stand_with_their_defaults() {
    let sample = |path: &str| -> toml::Table { toml::from_str(&read(path)).unwrap() };
    let log_ingest = sample("log-ingest/config/log-ingest.toml");
    let bid_server = sample("bid-server/config/bid-server.toml");
    let page = read("docs/limits.md");
    let (mut settings, mut wrong, mut compared) = (&log_ingest, Vec::new(), 0);
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            settings = match heading {
                "bid-server" => &bid_server,
                _ => &log_ingest,
            };
        }
        for span in line.split('`').skip(1).step_by(2) {
            let (key, stated) = match span.split_once(" = ") {
                Some((key, stated)) => (key, Some(stated)),
                None => (span, None),
            };
            let default = key.split_once('.').and_then(|(section, key)| {
                let value = settings.get(section)?.get(key)?;
                value.as_integer().map(|number| number.to_string())
            });
            if stated != default.as_deref() {
                wrong.push(format!("{span}: the default is {default:?}"));
            }
            compared += u32::from(default.is_some());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compared > 40, "only {compared} settings were found");
}
