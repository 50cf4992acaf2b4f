//! Wide tables and roll-ups, derived step by step and compared with answers worked out by hand.

use log_ingest::table::lake::Lake;
use log_receiver::Record;
use serde_json::{Value, json};

use crate::fixture::{Fixture, RECEIVED, deriver, record};
use crate::page_views;

const RENDERS: &str = "SELECT page_view_id, slot, refresh_no, t_auction_requested, t_bids_returned, \
    t_ad_rendered, d_bidding, d_render, d_total, slowest_step, last_step, filled, bidder, cpm, winner, \
    bidders, bidder_timeouts, slowest_bidder FROM ad_renders ORDER BY page_view_id, slot, refresh_no";

fn e1_top() -> Value {
    json!({
        "page_view_id": "e1", "slot": "div-top", "refresh_no": 0, "t_auction_requested": 10.0,
        "t_bids_returned": 110.0, "t_ad_rendered": 300.0, "d_bidding": 100.0, "d_render": 180.0,
        "d_total": 300.0, "slowest_step": "render", "last_step": "ad_rendered", "filled": true,
        "bidder": "delta", "cpm": 2.0, "winner": "delta", "bidders": 3, "bidder_timeouts": 0,
        "slowest_bidder": "delta"
    })
}

#[tokio::test]
async fn each_slot_render_is_one_row_with_all_its_steps() {
    let fixture = Fixture::new().await;
    fixture.land(1, page_views::records()).await;
    assert!(fixture.derive().await > 0);
    let rows = fixture.rows(RENDERS).await;
    assert_eq!(rows.as_array().unwrap().len(), 5);
    assert_eq!(rows[1], e1_top());
    let (empty, late) = (&rows[2], &rows[3]);
    assert_eq!(empty["slot"], json!("div-side"));
    assert_eq!(
        (&empty["filled"], &empty["last_step"]),
        (&json!(false), &json!("slot_empty"))
    );
    assert_eq!(
        (&late["slowest_bidder"], &late["bidder_timeouts"]),
        (&json!("beta"), &json!(1))
    );
    let views = "SELECT page_view_id, events, lost_events, slots, filled, earned_cpm, t_first_ad \
                 FROM page_views ORDER BY 1";
    let expected = json!([
        {"page_view_id": "e1", "events": 7, "lost_events": 0, "slots": 2, "filled": 2, "earned_cpm": 3.0, "t_first_ad": 300.0},
        {"page_view_id": "e2", "events": 7, "lost_events": 0, "slots": 2, "filled": 1, "earned_cpm": 1.0, "t_first_ad": 500.0},
        {"page_view_id": "w1", "events": 2, "lost_events": 0, "slots": 1, "filled": 1, "earned_cpm": 1.2, "t_first_ad": 700.0},
    ]);
    assert_eq!(fixture.rows(views).await, expected);
}

/// What the page reports besides its ads: which way the answer came, time on screen, clicks, and figures of
/// the whole page, of which the last one counts.
#[tokio::test]
async fn figures_of_the_page_and_the_parts_of_waiting_are_columns() {
    let fixture = Fixture::new().await;
    let steps = [
        json!({"event": "config_read", "elapsed_ms": 5.0, "viewport_width": 360, "sample_rate": 0.5}),
        json!({"event": "auction_requested", "elapsed_ms": 10.0}),
        json!({"event": "wasm_compiled", "elapsed_ms": 40.0}),
        json!({"event": "auction_first_byte", "elapsed_ms": 90.0}),
        json!({"event": "auction_last_byte", "elapsed_ms": 100.0}),
        json!({"event": "bids_returned", "elapsed_ms": 130.0}),
        json!({"event": "ad_rendered", "elapsed_ms": 300.0, "slot": "top"}),
        json!({"event": "creative_loaded", "elapsed_ms": 450.0, "slot": "top"}),
        json!({"event": "ad_seen", "elapsed_ms": 2000.0, "slot": "top", "visible_ms": 1200.0}),
        json!({"event": "ad_seen", "elapsed_ms": 4000.0, "slot": "top", "visible_ms": 2500.0}),
        json!({"event": "ad_clicked", "elapsed_ms": 4100.0, "slot": "top"}),
        json!({"event": "vital_measured", "elapsed_ms": 500.0, "metric": "lcp", "value": 480.0}),
        json!({"event": "vital_measured", "elapsed_ms": 900.0, "metric": "lcp", "value": 870.0}),
        json!({"event": "vital_measured", "elapsed_ms": 950.0, "metric": "cls", "value": 0.25, "ad_share": 0.5}),
        json!({"event": "no_bid", "elapsed_ms": 131.0, "slot": "side"}),
    ];
    let numbered = steps.into_iter().enumerate().map(|(seq, mut step)| {
        step["page_view_id"] = json!("p");
        step["seq"] = json!(seq);
        step["event_id"] = json!(format!("p-{seq}"));
        record("ads.render", step)
    });
    fixture.land(1, numbered.collect()).await;
    fixture.derive().await;
    let renders = "SELECT slot, viewport_width, sample_rate, t_config_read, t_wasm_compiled, d_first_byte, \
        d_transfer, d_hand_over, d_creative_load, visible_ms, clicks, last_step FROM ad_renders ORDER BY slot";
    let side = json!({
        "slot": "side", "viewport_width": 360, "sample_rate": 0.5, "t_config_read": 5.0,
        "t_wasm_compiled": 40.0, "d_first_byte": 80.0, "d_transfer": 10.0, "d_hand_over": 30.0,
        "d_creative_load": null, "visible_ms": null, "clicks": 0, "last_step": "no_bid"
    });
    let mut top = side.clone();
    top["slot"] = json!("top");
    top["d_creative_load"] = json!(150.0);
    top["visible_ms"] = json!(2500.0);
    top["clicks"] = json!(1);
    top["last_step"] = json!("ad_clicked");
    assert_eq!(fixture.rows(renders).await, json!([side, top]));
    let views = "SELECT lcp_ms, fcp_ms, cls, cls_ad_share, clicks, visible_ms, viewport_width FROM page_views";
    let expected = json!([{
        "lcp_ms": 870.0, "fcp_ms": null, "cls": 0.25, "cls_ad_share": 0.5, "clicks": 1,
        "visible_ms": 2500.0, "viewport_width": 360
    }]);
    assert_eq!(fixture.rows(views).await, expected);
}

/// One event per segment, the last one first, derived after each: the end is the same.
#[tokio::test]
async fn the_order_of_arrival_does_not_matter() {
    let at_once = Fixture::new().await;
    at_once.land(1, page_views::records()).await;
    at_once.derive().await;
    let bit_by_bit = Fixture::new().await;
    let mut records = page_views::records();
    records.reverse();
    for (seq, some) in (1..).zip(records.chunks(4)) {
        bit_by_bit.land(seq, some.to_vec()).await;
        bit_by_bit.derive().await;
    }
    let all = [
        "SELECT * FROM ad_renders ORDER BY page_view_id, slot",
        "SELECT * FROM page_views ORDER BY page_view_id",
        "SELECT * FROM latency_hist ORDER BY measure, variant, slot, bidder, bucket",
        "SELECT * FROM latency_hist_minute ORDER BY measure, variant, slot, bidder, bucket",
    ];
    for sql in all {
        assert_eq!(bit_by_bit.rows(sql).await, at_once.rows(sql).await, "{sql}");
    }
}

#[tokio::test]
async fn nothing_new_is_nothing_to_do_and_a_restart_goes_on() {
    let fixture = Fixture::new().await;
    fixture.land(1, page_views::records()).await;
    assert!(fixture.derive().await > 0);
    assert_eq!(fixture.derive().await, 0);
    let reopened = Lake::create(fixture.directory.path()).await.unwrap();
    let deriver = deriver(&reopened);
    assert_eq!(
        deriver.wide().await.unwrap() + deriver.rollups().await.unwrap(),
        0
    );
}

#[tokio::test]
async fn instances_that_derive_at_the_same_time_make_each_row_once() {
    let fixture = Fixture::new().await;
    let other = deriver(&Lake::create(fixture.directory.path()).await.unwrap());
    let ours = deriver(&fixture.lake);
    for (seq, some) in (1..).zip(page_views::records().chunks(6)) {
        fixture.land(seq, some.to_vec()).await;
        let (a, b) = tokio::join!(ours.wide(), other.wide());
        assert!(a.unwrap() + b.unwrap() >= 1);
        let (a, b) = tokio::join!(ours.rollups(), other.rollups());
        assert!(a.is_ok() && b.is_ok());
    }
    fixture.derive().await;
    assert_eq!(fixture.rows(RENDERS).await[1], e1_top());
    let twice = "SELECT page_view_id FROM ad_renders GROUP BY page_view_id, slot, refresh_no HAVING COUNT(*) > 1";
    assert_eq!(fixture.rows(twice).await, json!([]));
    let counted = "SELECT SUM(n) AS n FROM latency_hist WHERE measure = 'd_total'";
    assert_eq!(fixture.rows(counted).await, json!([{"n": 4}]));
}

#[tokio::test]
async fn a_late_event_changes_its_row_and_its_hour() {
    let fixture = Fixture::new().await;
    let hour = 3_600_000;
    let event = |id: &str, step: &str, elapsed: f64, time: i64, received: i64| -> Record {
        let mut late = record(
            "ads.render",
            json!({
                "event_id": id, "page_view_id": "p", "slot": "top", "event": step,
                "elapsed_ms": elapsed, "client_time": RECEIVED / 1000 + time, "cpm": 1.5,
            }),
        );
        late.received_at_us += received * 1000;
        late
    };
    fixture
        .land(1, vec![event("p-0", "ad_rendered", 300.0, 300, 400)])
        .await;
    fixture.derive().await;
    let viewable = "SELECT viewable, d_to_viewable, event_date FROM ad_renders";
    let before = json!([{"viewable": false, "d_to_viewable": null, "event_date": "2026-09-21"}]);
    assert_eq!(fixture.rows(viewable).await, before);
    // The second half of the page view arrives two days later.
    fixture
        .land(
            2,
            vec![event("p-1", "ad_viewable", 1300.0, 1300, 48 * hour)],
        )
        .await;
    fixture.derive().await;
    let after = json!([{"viewable": true, "d_to_viewable": 1000.0, "event_date": "2026-09-21"}]);
    assert_eq!(fixture.rows(viewable).await, after);
    let hist = "SELECT measure, n, event_time FROM latency_hist ORDER BY measure";
    let at = "2026-09-21T14:00:00Z";
    let expected = json!([
        {"measure": "d_to_viewable", "n": 1, "event_time": at},
        {"measure": "d_total", "n": 1, "event_time": at},
    ]);
    assert_eq!(fixture.rows(hist).await, expected);
}

#[tokio::test]
async fn house_campaigns_are_counted_by_hour() {
    let fixture = Fixture::new().await;
    let bid = |auction: &str, outcome: &str| {
        record(
            "ads.bid",
            json!({
                "auction_id": auction, "imp_id": "top", "bidder": "house", "outcome": outcome, "cpm": 2.5,
                "campaign_id": "li1", "creative_id": "c1",
            }),
        )
    };
    let step = |event: &str, elapsed: f64| {
        record(
            "ads.render",
            json!({
                "page_view_id": "p", "auction_id": "a1", "slot": "top", "event": event,
                "elapsed_ms": elapsed, "bidder": "house", "source": "house",
            }),
        )
    };
    let bids = vec![bid("a1", "won"), bid("a2", "outbid"), bid("a3", "won")];
    fixture.land(1, bids).await;
    fixture.derive().await;
    fixture
        .land(
            2,
            vec![step("ad_rendered", 200.0), step("ad_viewable", 1200.0)],
        )
        .await;
    fixture.derive().await;
    let sql =
        "SELECT line_item, slot, offers, wins, rendered, viewable, won_cpm FROM house_delivery";
    let expected = json!([{
        "line_item": "li1", "slot": "top", "offers": 3, "wins": 2, "rendered": 1, "viewable": 1, "won_cpm": 5.0
    }]);
    assert_eq!(fixture.rows(sql).await, expected);
}
