//! What is forgotten stands in no statistics either (issue 12, point 9): those of the files, and those that the table's
//! log keeps of files that are long gone.

use std::fs::File;
use std::path::{Path, PathBuf};

use ad_events::table::ColumnType;
use deltalake::parquet::file::reader::{FileReader as _, SerializedFileReader};
use log_ingest::maintain::forget;
use serde_json::{Value, json};

use crate::fixture::{Fixture, record};

/// Ids in which no other text can be mistaken.
const VIEW: &str = "view-5f0c2a7e";
const AUCTION: &str = "auction-91d3b08c";

#[tokio::test]
async fn ids_get_into_no_statistics() {
    let fixture = Fixture::new().await;
    let event = |view: &str, auction: &str, seq: u32| {
        let fields = json!({
            "event": "ad_rendered", "page_view_id": view, "auction_id": auction, "slot": "top", "elapsed_ms": 300.0,
            "seq": seq, "event_id": format!("{view}-{seq}"), "unknown": format!("of {view}"),
        });
        record("ads.render", fields)
    };
    let bid = json!({"auction_id": AUCTION, "bidder": "beta", "cpm": 1.0, "bid_id": format!("bid-{AUCTION}")});
    let odd = json!({"about": VIEW});
    let records = vec![
        event(VIEW, AUCTION, 0),
        event("aaaa", "aaaa", 0),
        event("zzzz", "zzzz", 0),
        record("ads.bid", bid),
        record("app.other", odd),
    ];
    fixture.land(1, records).await;
    fixture.derive().await;
    fixture.land(2, vec![event(VIEW, AUCTION, 1)]).await;
    fixture.derive().await;
    fixture.maintainer().compact().await.unwrap();
    forget(&fixture.lake, VIEW).await.unwrap();
    fixture.derive().await;
    for table in fixture.lake.tables() {
        let root = fixture.directory.path().join(table.name());
        for entry in files(&root.join("_delta_log"), "json") {
            let text = std::fs::read_to_string(&entry).unwrap();
            let named = [VIEW, AUCTION].into_iter().find(|id| text.contains(id));
            assert_eq!(named, None, "{}", entry.display());
            has_times(&text);
        }
        let silent = table.description().columns.iter().filter(|column| {
            column.kind == ColumnType::Json
                || (column.kind == ColumnType::Text && column.name.ends_with("_id"))
        });
        let silent: Vec<&str> = silent.map(|column| column.name).collect();
        for file in files(&root, "parquet") {
            assert_eq!(counted(&file, &silent), Vec::<String>::new());
        }
    }
}

/// Statistics are there: files are left out by their times.
fn has_times(entry: &str) {
    for line in entry.lines() {
        let action: Value = serde_json::from_str(line).unwrap();
        if let Some(stats) = action.pointer("/add/stats").and_then(Value::as_str) {
            let stats: Value = serde_json::from_str(stats).unwrap();
            assert!(stats["minValues"]["event_time"].is_string(), "{stats}");
        }
    }
}

/// Which of these columns have statistics in the file.
fn counted(file: &Path, columns: &[&str]) -> Vec<String> {
    let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
    let groups = reader.metadata().row_groups().iter();
    let chunks = groups.flat_map(|group| group.columns());
    let counted = chunks.filter(|chunk| {
        let name = chunk.column_descr().name();
        let silent = chunk.statistics().is_none() && chunk.column_index_offset().is_none();
        columns.contains(&name) && !silent
    });
    counted
        .map(|chunk| format!("{} in {}", chunk.column_descr().name(), file.display()))
        .collect()
}

/// Files with that ending in a folder and those in it.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|of| of == ending) {
            found.push(path);
        }
    }
    found
}
