//! SSP behaviour that no adapter expects, and its result: one error, and the bids of the others.

use serde_json::{Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

fn bid() -> Value {
    json!({"id": "b", "impid": "i", "price": 1, "adm": "<b>", "crid": "c", "w": 1, "h": 1})
}

fn answer(bids: &[Value]) -> Reply {
    Reply::With(200, json!({"seatbid": [{"bid": bids}]}).to_string())
}

/// `alpha` misbehaves, `beta` bids. Returns the answer, and what alpha did wrong.
async fn with_alpha(alpha: Reply, settings: &str) -> (Value, Value, FakeSsps) {
    let replies = [
        ("alpha".to_owned(), alpha),
        ("beta".to_owned(), answer(&[bid()])),
    ];
    let ssps = FakeSsps::start(replies.into()).await;
    let server = Server::start(&(settings.to_owned() + &ssps.settings())).await;
    let request = json!({
        "id": "r", "site": {"page": "https://p/"}, "tmax": 600,
        "imp": [{"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}, "beta": {}}}}}],
    });
    let answer = server.auction(&request).await;
    assert_eq!(answer["seatbid"][0]["seat"], "beta");
    let error = answer["ext"]["errors"]["alpha"][0].clone();
    (answer, error, ssps)
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = FakeSsps::all(&["gamma"], &answer(&[bid()])).await;
    let target = elsewhere.settings();
    let target = target.split('\'').nth(1).unwrap().to_owned();
    let (_, error, _ssps) = with_alpha(Reply::Redirect(target), "").await;
    assert_eq!(error["code"], 4);
    assert!(
        error["message"].as_str().unwrap().contains("307"),
        "{error}"
    );
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn an_answer_that_never_ends_is_a_time_out() {
    let (_, error, _ssps) = with_alpha(Reply::HangWithin, "").await;
    assert_eq!(error["code"], 1);
}

#[tokio::test]
async fn a_long_answer_is_not_read_to_its_end() {
    let settings = "[ssp_client]\nmax_response_bytes = 1000\n";
    let (_, error, _ssps) = with_alpha(Reply::With(200, "x".repeat(2000)), settings).await;
    assert_eq!(error["code"], 4);
}

#[tokio::test]
async fn answers_without_seats_or_bids_are_no_bids() {
    for body in [
        json!({}),
        json!({"seatbid": []}),
        json!({"seatbid": null}),
        json!({"seatbid": [{}]}),
        json!({"seatbid": [{"bid": []}]}),
        json!({"seatbid": [{"bid": null}]}),
    ] {
        let (_, error, _ssps) = with_alpha(Reply::With(200, body.to_string()), "").await;
        assert_eq!(error, Value::Null, "{body}");
    }
}

#[tokio::test]
async fn without_tmax_there_is_a_deadline_all_the_same() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::Hang).await;
    let settings = "[auction]\ndefault_tmax_ms = 1000\n".to_owned();
    let server = Server::start(&(settings + &ssps.settings())).await;
    let request = json!({
        "id": "r", "site": {"page": "https://p/"},
        "imp": [{"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}}],
    });
    let answer = server.auction(&request).await;
    assert_eq!(answer["ext"]["tmaxrequest"], 1000);
    assert_eq!(answer["ext"]["errors"]["alpha"][0]["code"], 1);
}
