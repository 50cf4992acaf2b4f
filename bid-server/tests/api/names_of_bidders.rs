//! Bidders are found under their names in any case, wherever a request names them.

use reqwest::Method;
use serde_json::json;

use crate::fake_ssp::{FakeSsps, Reply};
use crate::one_slot::{bid, body, request, seats};
use crate::server::Server;

#[tokio::test]
async fn bidders_are_found_in_any_case_and_answered_for_as_asked() {
    let ssps = FakeSsps::all(
        &["yahooAds", "plain"],
        &Reply::With(200, body(&[bid("b", 1.0)])),
    )
    .await;
    let server = Server::start(&ssps.settings()).await;
    for (ext, prebid, expected) in [
        (
            json!({"prebid": {"bidder": {"yahooAds": {}}}}),
            json!({}),
            vec!["yahooAds"],
        ),
        (
            json!({"prebid": {"bidder": {"YAHOOADS": {}, "Plain": {}}}}),
            json!({}),
            vec!["Plain", "YAHOOADS"],
        ),
        (json!({"YahooAds": {}}), json!({}), vec!["YahooAds"]),
        (
            json!({"prebid": {"bidder": {"Mine": {}}}}),
            json!({"aliases": {"mine": "YAHOOads"}}),
            vec!["Mine"],
        ),
    ] {
        let answer = server.auction(&request(ext.clone(), prebid)).await;
        assert_eq!(seats(&answer), expected, "{ext}");
    }
    let refused = server
        .post(request(json!({"prebid": {"bidder": {"yahoo": {}}}}), json!({})).to_string())
        .await;
    assert_eq!(refused.status(), 400);
    let info = server
        .request(Method::GET, "/info/bidders/yahooads")
        .send()
        .await
        .unwrap();
    assert_eq!(info.status(), 200);
}

#[tokio::test]
async fn settings_of_a_request_reach_a_bidder_in_any_case() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body(&[bid("b", 1.0)]))).await;
    let server = Server::start(&ssps.settings()).await;
    let prebid = json!({
        "bidadjustmentfactors": {"ALPHA": 0.5},
        "bidderconfig": [{"bidders": ["aLpha"], "config": {"ortb2": {"site": {"name": "Own"}}}}],
    });
    let answer = server
        .auction(&request(
            json!({"prebid": {"bidder": {"Alpha": {}}}}),
            prebid,
        ))
        .await;
    assert_eq!(answer["seatbid"][0]["bid"][0]["price"], 0.5);
    assert_eq!(ssps.asked()["alpha"]["site"]["name"], "Own");
    let adjusted = json!({"bidadjustments": {"mediatype": {"banner": {"ALPHA": {"*": [{"adjtype": "multiplier", "value": 2.0}]}}}}});
    let answer = server
        .auction(&request(
            json!({"prebid": {"bidder": {"alpha": {}}}}),
            adjusted,
        ))
        .await;
    assert_eq!(answer["seatbid"][0]["bid"][0]["price"], 2.0);
}

#[test]
fn codes_that_differ_in_case_alone_stop_the_start() {
    let check = |settings: &str| bid_server::Config::parse(settings).unwrap_err().to_string();
    let twice = "[bidders.ssp]\nendpoint = 'http://a.example/'\n[bidders.SSP]\nendpoint = 'http://b.example/'\n";
    assert!(check(twice).contains("other capitals"), "{}", check(twice));
    let reserved = "[bidders.House]\nendpoint = 'http://a.example/'\n";
    assert!(check(reserved).contains("reserved"));
}
