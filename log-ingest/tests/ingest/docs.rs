//! docs/tables.md describes every table and column as the code has them.

use std::path::Path;

#[test]
fn the_page_about_the_tables_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tables.md");
    let page = std::fs::read_to_string(path).unwrap();
    let fresh = log_ingest::describe::markdown();
    assert!(
        page == fresh,
        "run: cargo run -p log-ingest -- describe > docs/tables.md\n{fresh}"
    );
}
