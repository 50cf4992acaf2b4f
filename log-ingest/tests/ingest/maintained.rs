//! Joined files, rows whose time is over, and page views that must be forgotten.

use chrono::{DateTime, Utc};
use log_ingest::maintain::forget;
use log_ingest::table::lake::Lake;
use serde_json::json;

use crate::fixture::{Fixture, RECEIVED, one_of_each, record};
use crate::page_views;

fn received_plus(days: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(RECEIVED + days * 86_400_000_000).unwrap()
}

async fn files(fixture: &Fixture, table: &str) -> usize {
    fixture
        .lake
        .table(table)
        .unwrap()
        .size()
        .await
        .unwrap()
        .files
}

#[tokio::test]
async fn small_files_become_one_and_no_row_changes() {
    let fixture = Fixture::new().await;
    for (seq, some) in (1..).zip(page_views::records().chunks(4)) {
        fixture.land(seq, some.to_vec()).await;
    }
    let sql = "SELECT * FROM render_events ORDER BY event_id";
    let before = fixture.rows(sql).await;
    assert!(files(&fixture, "render_events").await > 2);
    assert!(fixture.maintainer().compact().await.unwrap() > 0);
    assert_eq!(files(&fixture, "render_events").await, 1);
    assert_eq!(fixture.rows(sql).await, before);
    assert_eq!(fixture.maintainer().compact().await.unwrap(), 0);
    // Derived tables do not notice, before or after.
    fixture.derive().await;
    let renders = fixture
        .rows("SELECT * FROM ad_renders ORDER BY page_view_id, slot")
        .await;
    fixture.maintainer().compact().await.unwrap();
    assert_eq!(fixture.derive().await, 0);
    let again = fixture
        .rows("SELECT * FROM ad_renders ORDER BY page_view_id, slot")
        .await;
    assert_eq!(again, renders);
}

#[tokio::test]
async fn landing_goes_on_while_files_are_joined() {
    let fixture = Fixture::new().await;
    let other = Lake::create(fixture.directory.path()).await.unwrap();
    let maintainer = log_ingest::maintain::Maintainer::new(other, crate::fixture::rules());
    let ours = fixture.maintainer();
    for seq in 1..=6 {
        let (report, theirs, ours) = tokio::join!(
            fixture.land(seq, one_of_each()),
            maintainer.compact(),
            ours.compact()
        );
        assert_eq!(report.stored, 3);
        assert!(theirs.is_ok() && ours.is_ok());
    }
    assert_eq!(fixture.counts().await, [6, 6, 6, 6]);
}

#[tokio::test]
async fn days_go_when_their_time_is_over_and_what_was_derived_stays() {
    let fixture = Fixture::new().await;
    fixture.land(1, page_views::records()).await;
    fixture.derive().await;
    let maintainer = fixture.maintainer();
    assert_eq!(maintainer.retain(received_plus(2)).await.unwrap(), 0);
    assert_eq!(maintainer.retain(received_plus(3)).await.unwrap(), 1);
    assert_eq!(fixture.counts().await, [0, 0, 6, 0]);
    fixture.derive().await;
    let left = "SELECT (SELECT COUNT(*) FROM ad_renders) AS renders, (SELECT COUNT(*) FROM page_views) AS views";
    assert_eq!(
        fixture.rows(left).await,
        json!([{"renders": 5, "views": 3}])
    );
    let deleted = maintainer.vacuum().await.unwrap();
    assert!(deleted > 0);
    assert_eq!(
        fixture.rows(left).await,
        json!([{"renders": 5, "views": 3}])
    );
}

#[tokio::test]
async fn a_page_view_can_be_forgotten() {
    let fixture = Fixture::new().await;
    fixture.land(1, page_views::records()).await;
    let odd = json!({"about": "e1", "nothing": "known"});
    let of_another = json!({"about": "e12", "nothing": "known"});
    let others = vec![record("app.other", odd), record("app.other", of_another)];
    fixture.land(2, others).await;
    fixture.derive().await;
    let bids = "SELECT auction_id, page_view_id, COUNT(*) AS n FROM bids GROUP BY 1, 2 ORDER BY 1";
    let before = fixture.rows(bids).await;
    assert_eq!(
        before[0],
        json!({"auction_id": "a1", "page_view_id": null, "n": 3})
    );
    assert_eq!(forget(&fixture.lake, "e1").await.unwrap(), 5);
    let after = fixture.rows(bids).await;
    assert_eq!(
        after.as_array().unwrap()[..],
        before.as_array().unwrap()[1..]
    );
    let left = "SELECT page_view_id, COUNT(*) AS n FROM render_events GROUP BY 1 ORDER BY 1";
    let expected = json!([{"page_view_id": "e2", "n": 7}, {"page_view_id": "w1", "n": 2}]);
    assert_eq!(fixture.rows(left).await, expected);
    fixture.derive().await;
    for table in ["ad_renders", "page_views"] {
        let of_it = format!("SELECT 1 FROM {table} WHERE page_view_id = 'e1'");
        assert_eq!(fixture.rows(&of_it).await, json!([]), "{table}");
    }
    let kept = fixture.rows("SELECT record FROM quarantine").await;
    assert_eq!(kept.as_array().unwrap().len(), 1, "{kept}");
    assert_eq!(forget(&fixture.lake, "e1").await.unwrap(), 0);
}
