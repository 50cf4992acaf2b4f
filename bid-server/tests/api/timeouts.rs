//! The deadline holds whatever SSPs do.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::fake_forward::reserve;
use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

const CODES: [&str; 3] = ["alpha", "beta", "delta"];

#[tokio::test]
async fn answers_without_bids_when_every_ssp_hangs() {
    let ssps = FakeSsps::all(&CODES, &Reply::Hang).await;
    let server = Server::start(&ssps.settings()).await;
    let started = Instant::now();
    let answer = server.auction(&request_to(&CODES, 400)).await;
    // The deadline is counted from the request's arrival, so a client never waits for less than the deadline
    // minus the reserve, however busy the machine is. An upper bound would measure the machine.
    let waited = started.elapsed();
    assert!(waited >= Duration::from_millis(390), "{waited:?}");
    assert_eq!(answer.get("seatbid"), None);
    for code in CODES {
        assert_eq!(answer["ext"]["errors"][code][0]["code"], 1);
        assert!(answer["ext"]["responsetimemillis"][code].is_u64());
    }
    let codes: Vec<u64> = non_bid_codes(&answer);
    assert_eq!(codes, [101, 101, 101]);
}

#[tokio::test]
async fn a_bidder_may_have_less_time_than_the_auction() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::Hang).await;
    let settings = ssps.settings() + "timeout_ms = 20\n";
    let server = Server::start(&settings).await;
    // If the auction's own time were waited for, the test would run for five seconds.
    let answer = server.auction(&request(5000)).await;
    assert_eq!(answer["ext"]["tmaxrequest"], 5000);
    assert_eq!(answer["ext"]["errors"]["alpha"][0]["code"], 1);
    assert!(
        answer["ext"]["responsetimemillis"]["alpha"]
            .as_u64()
            .unwrap()
            < 4000
    );
}

#[tokio::test]
async fn nobody_waits_for_a_secondary_bidder_once_the_others_are_in() {
    let replies = [
        ("alpha".to_owned(), Reply::With(204, String::new())),
        ("beta".to_owned(), Reply::Hang),
    ];
    let ssps = FakeSsps::start(replies.into()).await;
    let settings = ssps.settings() + "secondary = true\n";
    let request = request_to(&["alpha", "beta"], 5000);
    let answer = Server::start(&settings).await.auction(&request).await;
    assert_eq!(answer["ext"]["errors"]["beta"][0]["code"], 1);
    let waited = &answer["ext"]["responsetimemillis"]["beta"];
    assert!(waited.as_u64().unwrap() < 4000, "{waited}");
}

#[tokio::test]
async fn a_bidder_is_told_less_and_not_asked_when_too_little_is_left() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let settings = ssps.settings() + "tmax_deduction_ms = 400\n";
    let server = Server::start(&settings).await;
    server.auction(&request(1000)).await;
    let tmax = ssps.asked()["alpha"]["tmax"].as_i64().unwrap();
    assert!((1..=570).contains(&tmax), "{tmax}");
    let answer = server.auction(&request(420)).await;
    assert_eq!(answer["ext"]["errors"]["alpha"][0]["code"], 12);
    assert_eq!(non_bid_codes(&answer), [101]);
}

#[tokio::test]
async fn ssps_are_told_what_remains() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&ssps.settings()).await;
    server.auction(&request(1000)).await;
    let tmax = ssps.asked()["alpha"]["tmax"].as_i64().unwrap();
    assert!((1..=970).contains(&tmax), "{tmax}");
}

#[tokio::test]
async fn ssps_are_told_less_where_a_cache_elsewhere_takes_its_time() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let cache = json!({"bids": {}});
    let tmax_with = async |store: &str, cache: Option<&serde_json::Value>| {
        // These times are so long that no machine is slow enough to blur them; nobody bids, so none is waited for.
        let settings =
            format!("[auction]\nmax_tmax_ms = 60000\n[cache]\ntimeout_ms = 14000\n{store}");
        let server = Server::start(&(settings + &ssps.settings())).await;
        let mut asked = request(60_000);
        asked["ext"]["prebid"]["targeting"] = json!({});
        if let Some(cache) = cache {
            asked["ext"]["prebid"]["cache"] = cache.clone();
        }
        server.auction(&asked).await;
        ssps.asked()["alpha"]["tmax"].as_i64().unwrap()
    };
    // What remains, minus the reserve for the answer and the network round trip.
    let (all, less) = (60_000 - 10 - 20, 60_000 - 14_000 - 10 - 20);
    let away = "external_url = 'http://127.0.0.1:1/'\n";
    let with = tmax_with(away, Some(&cache)).await;
    assert!((1..=less).contains(&with), "{with}");
    for without in [
        tmax_with(away, None).await,
        tmax_with("", Some(&cache)).await,
    ] {
        assert!((less + 1..=all).contains(&without), "{without}");
    }
}

#[tokio::test]
async fn an_ssp_that_nobody_listens_for_is_unreachable() {
    let reserved = reserve();
    let free = reserved.local_addr().unwrap();
    let server = Server::start(&format!("[bidders.alpha]\nendpoint = 'http://{free}/'")).await;
    let answer = server.auction(&request(500)).await;
    assert_eq!(answer["ext"]["errors"]["alpha"][0]["code"], 5);
    assert_eq!(non_bid_codes(&answer), [103]);
}

fn request(tmax: i64) -> serde_json::Value {
    request_to(&["alpha"], tmax)
}

fn request_to(codes: &[&str], tmax: i64) -> serde_json::Value {
    let bidders: serde_json::Value = codes.iter().map(|code| (*code, json!({}))).collect();
    json!({
        "id": "r", "tmax": tmax, "site": {"page": "https://page.example/"},
        "imp": [{"id": "div-top", "banner": {"w": 728, "h": 90}, "ext": {"prebid": {"bidder": bidders}}}],
        "ext": {"prebid": {"returnallbidstatus": true}},
    })
}

fn non_bid_codes(answer: &serde_json::Value) -> Vec<u64> {
    let seats = answer["ext"]["seatnonbid"].as_array().unwrap().iter();
    let nonbids = seats.flat_map(|seat| seat["nonbid"].as_array().unwrap());
    nonbids
        .map(|nonbid| nonbid["statuscode"].as_u64().unwrap())
        .collect()
}
