//! Two instances that land the same event, step by step.

use ad_events::render::{RENDER_EVENTS, TAG};
use log_receiver::Record;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::table::lake::Lake;
use crate::table::route::batches;
use crate::table::time::TimeWindow;

struct Instance {
    writer: TableWriter,
    table: Arc<LakeTable>,
}

impl Instance {
    async fn at(directory: &TempDir) -> Self {
        let lake = Lake::create(directory.path()).await.unwrap();
        let table = lake.table(RENDER_EVENTS.name).unwrap().clone();
        Self {
            writer: TableWriter::new(table.clone(), RecentIdLimits::default()),
            table,
        }
    }

    async fn rows(&self) -> usize {
        self.table.size().await.unwrap().rows
    }
}

fn events(ids: &[&str]) -> Vec<RecordBatch> {
    let records = ids.iter().map(|id| {
        let Value::Object(fields) = json!({"event_id": id, "event": "page_started"}) else {
            unreachable!("it is an object");
        };
        Record {
            tag: TAG.to_owned(),
            event_time_us: None,
            received_at_us: chrono::Utc::now().timestamp_micros(),
            fields,
            fault: None,
        }
    });
    let mut batches = batches(records, TimeWindow::default()).unwrap();
    batches.remove(0).pieces
}

fn segment(buffer: &str, seq: u64) -> SegmentId<'_> {
    SegmentId { buffer, seq }
}

fn landed(stored: usize, duplicates: usize) -> Landed {
    Landed { stored, duplicates }
}

/// One instance has looked at the table; the other commits; then the first tries to commit, and must look again.
#[tokio::test]
async fn an_event_that_another_instance_commits_in_between_is_stored_once() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (
        Instance::at(&directory).await,
        Instance::at(&directory).await,
    );
    let rows = events(&["a", "b"]);
    let id = segment("one", 1);
    let looked_at = one.table.delta().await.unwrap();

    let theirs = events(&["b", "c"]);
    let theirs = other.writer.land(segment("other", 1), &theirs);
    assert_eq!(theirs.await.unwrap(), landed(2, 0));

    let (marker, mut uncommitted) = (one.writer.marker(id), None);
    let mut recent = RecentIds::new(RecentIdLimits::default());
    let attempt = one.writer.append_new(
        &looked_at,
        (&marker, rows.as_slice()),
        &mut recent,
        &mut uncommitted,
    );
    assert_eq!(attempt.await.unwrap(), None);
    let adds = uncommitted.unwrap().adds;
    assert_eq!(crate::table::files::rows_of(&adds[0]), 2);
    assert_eq!(one.rows().await, 2);

    assert_eq!(one.writer.land(id, &rows).await.unwrap(), landed(1, 1));
    assert_eq!(other.rows().await, 3);
}

/// None of the rows are the other instance's, so the file that was already written is used.
#[tokio::test]
async fn what_is_still_new_at_the_next_attempt_is_not_written_again() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (
        Instance::at(&directory).await,
        Instance::at(&directory).await,
    );
    let rows = events(&["a"]);
    let looked_at = one.table.delta().await.unwrap();
    let theirs = events(&["b"]);
    let theirs = other.writer.land(segment("other", 1), &theirs);
    theirs.await.unwrap();

    let (marker, mut uncommitted) = (one.writer.marker(segment("one", 1)), None);
    let mut recent = RecentIds::new(RecentIdLimits::default());
    let what = (&marker, rows.as_slice());
    let first = one
        .writer
        .append_new(&looked_at, what, &mut recent, &mut uncommitted);
    assert_eq!(first.await.unwrap(), None);
    let file = uncommitted.as_ref().unwrap().adds[0].path.clone();
    let now = one.table.delta().await.unwrap();
    let second = one
        .writer
        .append_new(&now, what, &mut recent, &mut uncommitted);
    assert_eq!(second.await.unwrap(), Some(1));
    let live = one.table.delta().await.unwrap();
    let live = crate::table::files::live(&RENDER_EVENTS, &live).unwrap();
    assert!(live.iter().any(|add| add.path == file), "{file}");
}

#[tokio::test]
async fn an_event_that_is_in_two_pieces_of_a_segment_is_stored_once() {
    let directory = tempfile::tempdir().unwrap();
    let one = Instance::at(&directory).await;
    let rows = [events(&["a", "b"]), events(&["b", "c"]), events(&["c"])].concat();
    let done = one.writer.land(segment("one", 1), &rows).await.unwrap();
    assert_eq!(done, landed(3, 2));
    assert_eq!(one.rows().await, 3);
}

#[tokio::test]
async fn a_segment_that_comes_again_has_the_same_numbers() {
    let directory = tempfile::tempdir().unwrap();
    let one = Instance::at(&directory).await;
    let rows = events(&["b"]);
    let before = one.writer.land(segment("other", 1), &rows);
    assert_eq!(before.await.unwrap(), landed(1, 0));
    for _ in 0..2 {
        let rows = events(&["a", "b", "a", "c"]);
        let done = one.writer.land(segment("one", 5), &rows).await.unwrap();
        assert_eq!(done, landed(2, 2));
    }
    assert_eq!(one.rows().await, 3);
}
