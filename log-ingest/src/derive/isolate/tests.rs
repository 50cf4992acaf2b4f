//! One key that breaks a statement costs only itself.

use ad_events::ad_render::AD_RENDERS;
use ad_events::render::RENDER_EVENTS;
use deltalake::arrow::array::{Array as _, StringArray};

use super::*;
use crate::derive::rows::selected;
use crate::table::files::{RowSelection, text};
use crate::table::rows::{StoreCells, TableRows};

/// Fails for each page view with a slot that is not a number.
const SQL: &str = "SELECT page_view_id, CAST(slot AS BIGINT) AS refresh_no FROM render_events";

const KEY: &[&str; 1] = &["page_view_id"];

struct Events(Vec<RecordBatch>);

impl Events {
    fn of(slots: &[&str]) -> Self {
        let mut rows = TableRows::new(&RENDER_EVENTS);
        for (number, slot) in slots.iter().enumerate() {
            let fields = serde_json::json!({"page_view_id": format!("p{number}"), "slot": slot});
            let store = StoreCells {
                event_time_us: 0,
                received_at_us: 0,
                more: Vec::new(),
            };
            rows.push(fields.as_object().unwrap().clone(), &store);
        }
        Self(rows.finish().unwrap().pieces)
    }

    fn all(&self) -> Sources {
        vec![(&RENDER_EVENTS, self.0.clone())]
    }
}

impl Separable for Events {
    type Key = String;

    fn keys(&self) -> Vec<String> {
        let rows = self.0.iter().flat_map(|piece| {
            (0..piece.num_rows()).filter_map(|row| text(piece, KEY[0], row).map(str::to_owned))
        });
        rows.collect()
    }

    fn part(&self, keys: &HashSet<String>) -> Result<Sources, TableError> {
        let wanted = RowSelection::with_key(KEY, keys.clone());
        let rows = selected(&self.0, &wanted, RENDER_EVENTS.name)?;
        Ok(vec![(&RENDER_EVENTS, rows)])
    }
}

async fn isolated(slots: &[&str]) -> (Vec<String>, Isolated<String>) {
    let events = Events::of(slots);
    let found = run_isolated(&events, events.all(), SQL, &AD_RENDERS).await;
    let found = found.unwrap();
    let mut ids: Vec<String> = Vec::new();
    for piece in &found.rows {
        let column = piece.column_by_name(KEY[0]).unwrap();
        let column: &StringArray = column.as_any().downcast_ref().unwrap();
        ids.extend((0..column.len()).map(|row| column.value(row).to_owned()));
    }
    ids.sort_unstable();
    (ids, found)
}

#[tokio::test]
async fn nothing_is_set_aside_where_nothing_fails() {
    let (ids, found) = isolated(&["1", "2"]).await;
    assert_eq!((ids.len(), found.aside.len(), found.reason), (2, 0, None));
}

#[tokio::test]
async fn what_fails_is_set_aside_and_all_others_have_their_rows() {
    let (ids, mut found) = isolated(&["1", "x", "3", "4", "5", "y", "7"]).await;
    assert_eq!(ids, ["p0", "p2", "p3", "p4", "p6"]);
    found.aside.sort_unstable();
    assert_eq!(found.aside, ["p1", "p5"]);
    let reason = found.reason.unwrap();
    assert!(reason.contains('x') || reason.contains('y'), "{reason}");
}

#[tokio::test]
async fn a_statement_that_fails_over_nothing_is_our_fault() {
    let events = Events::of(&["1"]);
    let broken = "SELECT nothing FROM render_events";
    let error = run_isolated(&events, events.all(), broken, &AD_RENDERS).await;
    assert!(
        matches!(error, Err(TableError::Statement { .. })),
        "{error:?}"
    );
}
