//! A file of a table that is missing or damaged costs itself alone (issue 12, point 1).

use std::path::PathBuf;

use log_ingest::derive::Deriver;
use log_ingest::maintain::{DroppedFile, Maintainer, drop_file, forget};
use log_ingest::query::QueryError;
use log_ingest::table::lake::Lake;
use log_receiver::{Record, TableSink as _};
use serde_json::{Value, json};

use crate::fixture::{Fixture, deriver, record, rules, segment, sink};
use crate::wire_client::{WireClient, error, state, value};
use crate::{http, psql};

/// A page view with one ad, and the bid for it.
fn page_view(id: &str) -> Vec<Record> {
    let event = |event: &str, elapsed: f64, seq: u32| {
        let fields = json!({
            "event": event, "page_view_id": id, "auction_id": format!("a-{id}"), "slot": "top", "elapsed_ms": elapsed,
            "seq": seq, "event_id": format!("{id}-{seq}"),
        });
        record("ads.render", fields)
    };
    let bid = json!({
        "auction_id": format!("a-{id}"), "bidder": "beta", "cpm": 1.0, "latency_ms": 40.0, "outcome": "won",
    });
    vec![
        event("bids_returned", 100.0, 0),
        event("ad_rendered", 300.0, 1),
        record("ads.bid", bid),
    ]
}

/// What may happen to a file.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Deleted,
    Emptied,
    CutShort,
    EndOverwritten,
    MiddleOverwritten,
    AllOverwritten,
}

const HARMS: [Harm; 6] = [
    Harm::Deleted,
    Harm::Emptied,
    Harm::CutShort,
    Harm::EndOverwritten,
    Harm::MiddleOverwritten,
    Harm::AllOverwritten,
];

/// The two kinds of fault: it is not there, and it is not what was written. Tests of what comes of a fault need no more.
const FAULTS: [Harm; 2] = [Harm::Deleted, Harm::MiddleOverwritten];

impl Harm {
    fn inflict(self, file: &PathBuf) {
        let mut bytes = std::fs::read(file).unwrap();
        let (length, half) = (bytes.len(), bytes.len() / 2);
        match self {
            Self::Deleted => return std::fs::remove_file(file).unwrap(),
            Self::Emptied => bytes.clear(),
            Self::CutShort => bytes.truncate(half),
            Self::EndOverwritten => bytes[length - 100..].fill(0xff),
            // The footer stays: the damage shows when rows are read.
            Self::MiddleOverwritten => bytes[4..half].fill(0xff),
            Self::AllOverwritten => bytes.fill(0),
        }
        std::fs::write(file, bytes).unwrap();
    }
}

/// The data files of a table.
fn files(fixture: &Fixture, table: &str) -> Vec<PathBuf> {
    let days = std::fs::read_dir(fixture.directory.path().join(table)).unwrap();
    let days = days
        .map(|day| day.unwrap().path())
        .filter(|day| day.is_dir() && !day.ends_with("_delta_log"));
    let files = days.flat_map(|day| std::fs::read_dir(day).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

/// The one that came since.
fn new_file(fixture: &Fixture, table: &str, before: &[PathBuf]) -> PathBuf {
    let mut now = files(fixture, table);
    now.retain(|file| !before.contains(file));
    let [file] = now.as_slice() else {
        panic!("one file is expected: {now:?}");
    };
    file.clone()
}

async fn derive(deriver: &Deriver) {
    deriver.wide().await.unwrap();
    deriver.rollups().await.unwrap();
}

async fn views(fixture: &Fixture, table: &str) -> Value {
    let sql = format!("SELECT DISTINCT page_view_id AS id FROM {table} ORDER BY 1");
    fixture.rows(&sql).await
}

/// Rows of `table_loads` that name files.
async fn named(fixture: &Fixture) -> Vec<(String, i64)> {
    let sql = "SELECT table_name, set_aside FROM table_loads WHERE set_aside_reason LIKE 'it is %' ORDER BY 1";
    let rows = fixture.rows(sql).await;
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| {
        let table = row["table_name"].as_str().unwrap().to_owned();
        (table, row["set_aside"].as_i64().unwrap())
    })
    .collect()
}

#[tokio::test]
async fn a_bad_file_of_a_source_costs_itself_alone() {
    for (table, harms) in [("render_events", &HARMS[..]), ("bids", &FAULTS)] {
        for &harm in harms {
            let fixture = Fixture::new().await;
            let deriver = deriver(&fixture.lake);
            fixture.land(1, page_view("before")).await;
            derive(&deriver).await;
            let known = files(&fixture, table);
            fixture.land(2, page_view("harmed")).await;
            let file = new_file(&fixture, table, &known);
            harm.inflict(&file);
            fixture.land(3, page_view("after")).await;
            derive(&deriver).await;
            // It is named once, and what comes later is derived, too.
            fixture.land(4, page_view("later")).await;
            derive(&deriver).await;
            let ids = match table {
                "bids" => vec!["after", "before", "harmed", "later"],
                _ => vec!["after", "before", "later"],
            };
            let ids: Vec<Value> = ids.into_iter().map(|id| json!({ "id": id })).collect();
            for derived in ["ad_renders", "page_views"] {
                assert_eq!(
                    views(&fixture, derived).await,
                    json!(ids),
                    "{derived} {harm:?}"
                );
            }
            assert_eq!(named(&fixture).await, [(table.to_owned(), 1)], "{harm:?}");
            let [bad] = &fixture.lake.bad_files().all()[..] else {
                panic!("one bad file of {table}, {harm:?}");
            };
            assert!(file.ends_with(&bad.path), "{bad}");
        }
    }
}

#[tokio::test]
async fn a_bad_file_of_a_derived_table_does_not_stop_it() {
    for harm in FAULTS {
        let fixture = Fixture::new().await;
        let ours = deriver(&fixture.lake);
        fixture.land(1, page_view("before")).await;
        derive(&ours).await;
        let file = new_file(&fixture, "ad_renders", &[]);
        harm.inflict(&file);
        // An event of the same page view would replace the row in it; a start remembers nothing.
        let late = json!({
            "event": "ad_viewable", "page_view_id": "before", "auction_id": "a-before", "slot": "top",
            "elapsed_ms": 1300.0, "seq": 2, "event_id": "before-2",
        });
        fixture.land(2, vec![record("ads.render", late)]).await;
        let reopened = Lake::create(fixture.directory.path()).await.unwrap();
        let again = deriver(&reopened);
        derive(&again).await;
        fixture.land(3, page_view("after")).await;
        derive(&again).await;
        let both = json!([{"id": "after"}, {"id": "before"}]);
        assert_eq!(views(&fixture, "page_views").await, both, "{harm:?}");
        let counted = "SELECT SUM(n) AS n FROM latency_hist WHERE measure = 'bidder_latency'";
        assert_eq!(fixture.rows(counted).await, json!([{"n": 2}]), "{harm:?}");
        assert_eq!(
            named(&fixture).await,
            [("ad_renders".to_owned(), 1)],
            "{harm:?}"
        );
    }
}

/// The start reads the ids of recent events from the tables.
#[tokio::test]
async fn a_bad_file_does_not_stop_landing_or_joining() {
    for harm in FAULTS {
        let fixture = Fixture::new().await;
        for (seq, id) in [(1, "one"), (2, "two")] {
            fixture.land(seq, page_view(id)).await;
        }
        let known = files(&fixture, "render_events");
        fixture.land(3, page_view("harmed")).await;
        let file = new_file(&fixture, "render_events", &known);
        harm.inflict(&file);
        let reopened = Lake::create(fixture.directory.path()).await.unwrap();
        let report = sink(&reopened).land(segment(4, page_view("after"))).await;
        assert_eq!(report.unwrap().stored, 3, "{harm:?}");
        let again = sink(&reopened).land(segment(5, page_view("one"))).await;
        assert_eq!(again.unwrap().duplicates, 2, "{harm:?}");
        let maintainer = Maintainer::new(reopened.clone(), rules());
        // The first time may be the one that finds out.
        for _ in 0..2 {
            maintainer.compact().await.unwrap();
        }
        assert!(!reopened.bad_files().all().is_empty(), "{harm:?}");
        // The good ones are one file now, beside the bad one.
        let size = reopened.table("render_events").unwrap().size().await;
        assert_eq!(size.unwrap().files, 2, "{harm:?}");
    }
}

#[tokio::test]
async fn a_query_names_the_file_that_it_cannot_read() {
    for harm in HARMS {
        let fixture = Fixture::new().await;
        fixture.land(1, page_view("before")).await;
        let known = files(&fixture, "render_events");
        fixture.land(2, page_view("harmed")).await;
        let file = new_file(&fixture, "render_events", &known);
        harm.inflict(&file);
        let sql = "SELECT * FROM Render_Events";
        let error = fixture.engine.query(sql).await.unwrap_err();
        let QueryError::BadFile(message) = &error else {
            panic!("{harm:?}: {error}");
        };
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(message.contains(name), "{harm:?}: {message}");
        // Other tables answer.
        assert_eq!(
            fixture.rows("SELECT COUNT(*) AS n FROM bids").await,
            json!([{"n": 2}])
        );
        let table = fixture.lake.table("render_events").unwrap();
        let root = fixture.directory.path().join("render_events");
        let path = |file: &PathBuf| {
            file.strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        };
        let dropped = drop_file(table, &path(&known[0])).await.unwrap();
        assert_eq!(dropped, DroppedFile::Readable);
        let dropped = drop_file(table, &path(&file)).await.unwrap();
        assert_eq!(dropped, DroppedFile::Dropped, "{harm:?}");
        let rest = fixture
            .rows("SELECT COUNT(*) AS n FROM render_events")
            .await;
        assert_eq!(rest, json!([{"n": 2}]), "{harm:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_not_called_forgotten() {
    let fixture = Fixture::new().await;
    fixture.land(1, page_view("before")).await;
    let known = files(&fixture, "render_events");
    fixture.land(2, page_view("harmed")).await;
    let file = new_file(&fixture, "render_events", &known);
    let kept = std::fs::read(&file).unwrap();
    Harm::MiddleOverwritten.inflict(&file);
    let error = forget(&fixture.lake, "before").await.unwrap_err();
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(error.to_string().contains(name), "{error}");
    std::fs::write(&file, kept).unwrap();
    assert_eq!(
        views(&fixture, "render_events").await,
        json!([{"id": "harmed"}])
    );
}

#[tokio::test]
async fn doors_status_and_metrics_name_a_bad_file() {
    let sql = "SELECT * FROM render_events";
    let postgres = psql::Server::start().await;
    let file = new_file(&postgres.fixture, "render_events", &[]);
    Harm::MiddleOverwritten.inflict(&file);
    let name = file.file_name().unwrap().to_str().unwrap();
    let mut client = WireClient::connect(postgres.address).await;
    let simple = client.query(sql).await;
    client.prepare("", sql).await;
    let prepared = client.execute("").await;
    for answer in [simple, prepared] {
        assert_eq!(state(&answer).as_deref(), Some("XX001"), "{answer:?}");
        assert!(error(&answer).unwrap().contains(name), "{answer:?}");
    }
    assert_eq!(value(&client.query("SELECT 1").await), b"1");

    let http = http::Server::start().await;
    let file = new_file(&http.fixture, "render_events", &[]);
    Harm::Deleted.inflict(&file);
    let name = file.file_name().unwrap().to_str().unwrap();
    let answer = http.post("/query", sql).await;
    assert_eq!((answer.status, answer.header("x-sqlstate")), (500, "XX001"));
    assert!(answer.body.contains(name), "{}", answer.body);
    derive(&deriver(&http.fixture.lake)).await;
    let status = http.get("/status").await;
    assert_eq!(status.status, 200);
    let status: Value = serde_json::from_str(&status.body).unwrap();
    let path = status["bad_files"][0]["path"].as_str().unwrap();
    assert!(path.ends_with(name), "{status}");
    let metrics = http.get("/metrics").await.body;
    let counted = "log_ingest_bad_files{table=\"render_events\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
}
