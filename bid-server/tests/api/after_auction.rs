//! What follows an auction: kept creatives, events, notices, debugging, and the facts about bidders.

use reqwest::Method;
use serde_json::{Value, json};

use crate::cache::get;
use crate::fake_forward::{FakeForward, Manner};
use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

async fn one_bid(more: &Value) -> FakeSsps {
    let mut bid = json!({"id": "b1", "impid": "i", "price": 1.5, "adm": "<b>${AUCTION_PRICE}</b>", "crid": "c", "w": 300, "h": 250});
    bid.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let body = json!({"id": "r", "seatbid": [{"seat": "buyer", "bid": [bid]}]});
    FakeSsps::all(&["alpha"], &Reply::With(200, body.to_string())).await
}

fn request(ext: &Value) -> Value {
    json!({
        "id": "q", "tmax": 2000, "site": {"page": "https://page.example/", "publisher": {"id": "acc"}},
        "imp": [{"id": "i", "banner": {"w": 300, "h": 250}, "ext": {"prebid": {"bidder": {"alpha": {}}}}}],
        "ext": ext,
    })
}

fn first_bid(answer: &Value) -> &Value {
    &answer["seatbid"][0]["bid"][0]
}

#[tokio::test]
async fn kept_bid_can_be_fetched_and_is_named_in_its_keys() {
    let ssps = one_bid(&json!({})).await;
    let server = Server::start(&ssps.settings()).await;
    let cache = json!({"bids": {"returnCreative": false}});
    let ext = json!({"prebid": {"targeting": {}, "cache": cache}});
    let answer = server.auction(&request(&ext)).await;
    let bid = first_bid(&answer);
    assert_eq!(bid.get("adm"), None);
    let place = &bid["ext"]["prebid"]["cache"]["bids"];
    let id = place["cacheId"].as_str().unwrap();
    assert_eq!(place["url"], format!("{}/cache?uuid={id}", server.http));
    let keys = &bid["ext"]["prebid"]["targeting"];
    assert_eq!(keys["hb_cache_id"], id);
    assert_eq!(keys["hb_cache_path"], "/cache");
    let (status, _, kept) = get(&server, id).await;
    assert_eq!(status, 200);
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["adm"], "<b>1.5</b>");
}

#[tokio::test]
async fn cache_that_is_away_costs_the_keys_and_nothing_else() {
    let reserved = crate::fake_forward::reserve();
    let nobody = reserved.local_addr().unwrap();
    let ssps = one_bid(&json!({})).await;
    let settings = format!("[cache]\nexternal_url = 'http://{nobody}/cache'\n");
    let server = Server::start(&(settings + &ssps.settings())).await;
    let cache = json!({"bids": {"returnCreative": false}});
    let ext = json!({"prebid": {"targeting": {}, "cache": cache}});
    let answer = server.auction(&request(&ext)).await;
    let bid = first_bid(&answer);
    assert_eq!(bid["adm"], "<b>1.5</b>");
    assert_eq!(bid["ext"]["prebid"].get("cache"), None);
    assert_eq!(answer["ext"]["errors"]["cache"][0]["code"], 999);
}

#[tokio::test]
async fn win_and_impression_send_each_notice_once() {
    let mut rows = FakeForward::start(Manner::Acknowledge);
    let told = FakeSsps::all(&["nurl", "burl"], &Reply::With(200, String::new())).await;
    let address = told.settings();
    let address = address.split('\'').nth(1).unwrap().trim_end_matches("burl");
    let notices = json!({
        "nurl": format!("{address}nurl?p=${{AUCTION_PRICE}}"),
        "burl": format!("{address}burl?t=${{AUCTION_IMP_TS}}"),
    });
    let ssps = one_bid(&notices).await;
    let settings = format!(
        "[log_output]\naddress = '{}'\nflush_interval_ms = 1\n[notices]\nallow_private_addresses = true\n",
        rows.address
    );
    let server = Server::start_logging(&(settings + &ssps.settings())).await;
    let answer = server
        .auction(&request(&json!({"earlybid": {"notices": true}})))
        .await;
    let bid = first_bid(&answer);
    assert_eq!((bid.get("nurl"), bid.get("burl")), (None, None));
    let events = &bid["ext"]["prebid"]["events"];
    for event in ["win", "win", "imp", "imp"] {
        let url = events[event].as_str().unwrap();
        let answer = server.client.get(url).send().await.unwrap();
        let expected = if event == "win" { 204 } else { 200 };
        assert_eq!(answer.status(), expected);
    }
    let rows = rows.records("ads.bid_notice", 6).await;
    let mut seen: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", row["notice"], row["outcome"]).replace('"', ""))
        .collect();
    seen.sort();
    // The receiver accepts only POST, so each notice arrives and is refused.
    let expected = [
        "burl refused",
        "imp received",
        "imp received",
        "nurl refused",
        "win received",
        "win received",
    ];
    assert_eq!(seen, expected);
    assert!(
        rows.iter()
            .all(|row| row["bid_id"] == bid["ext"]["prebid"]["bidid"])
    );
}

#[tokio::test]
async fn events_are_checked() {
    let settings = "[accounts.by_id.closed]\nevents = { enabled = false }\n";
    let server = Server::start(settings).await;
    for (query, status) in [
        ("t=win&b=1&a=acc", 204),
        ("t=imp&b=1&a=acc&f=i", 200),
        ("t=vast&vtype=start&b=1&a=acc&x=0", 204),
        ("t=win&b=1", 401),
        ("t=win&b=1&a=closed", 401),
        ("t=click&b=1&a=acc", 400),
        ("t=vast&b=1&a=acc", 400),
        ("t=win&a=acc", 400),
        ("t=win&b=1&a=acc&f=x", 400),
        ("t=win&b=1&a=acc&ts=soon", 400),
    ] {
        let path = format!("/event?{query}");
        let answer = server.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{query}");
    }
}

#[tokio::test]
async fn debugging_shows_calls_that_failed_too() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(500, "broken".to_owned())).await;
    let server = Server::start(&ssps.settings()).await;
    let answer = server
        .auction(&request(&json!({"prebid": {"debug": true}})))
        .await;
    let debug = &answer["ext"]["debug"];
    let call = &debug["httpcalls"]["alpha"][0];
    assert_eq!(
        (&call["status"], &call["responsebody"]),
        (&json!(500), &json!("broken"))
    );
    assert!(call["requestbody"].as_str().unwrap().contains("\"imp\""));
    assert_eq!(debug["resolvedrequest"]["id"], "q");
    let plain = server.auction(&request(&json!({}))).await;
    assert_eq!(plain["ext"].get("debug"), None);
}

#[tokio::test]
async fn account_may_forbid_debugging_and_the_secret_opens_it() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::Hang).await;
    let settings =
        "[accounts.default]\ndebug_allow = false\n[debug]\noverride_secret = '0123456789abcdef'\n";
    let server = Server::start(&(settings.to_owned() + &ssps.settings())).await;
    let mut body = request(&json!({"prebid": {"debug": true}}));
    body["tmax"] = json!(100);
    let answer = server.auction(&body).await;
    assert_eq!(answer["ext"].get("debug"), None);
    assert_eq!(answer["ext"]["warnings"]["general"][0]["code"], 10_002);
    let shown = server
        .request(Method::POST, "/openrtb2/auction")
        .header("x-pbs-debug-override", "0123456789abcdef")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let shown: Value = serde_json::from_str(&shown.text().await.unwrap()).unwrap();
    assert_eq!(shown["ext"]["debug"]["httpcalls"]["alpha"][0]["status"], 0);
}

#[tokio::test]
async fn bidders_are_listed_with_what_is_known() {
    let settings = "[bidders.alpha]\nendpoint = 'https://a.example/'\n[bidders.beta]\nendpoint = 'http://b.example/'\nenabled = false\n";
    let server = Server::start(settings).await;
    let ask = async |path: &str| {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, codes) = ask("/info/bidders?enabledonly=true").await;
    assert_eq!(status, 200);
    assert!(
        codes.contains("alpha") && !codes.contains("\"beta\""),
        "{codes}"
    );
    assert_eq!(ask("/info/bidders?enabledonly=maybe").await.0, 400);
    let (_, beta) = ask("/info/bidders/beta").await;
    let beta: Value = serde_json::from_str(&beta).unwrap();
    assert_eq!(
        (&beta["status"], &beta["usesHttps"]),
        (&json!("DISABLED"), &json!(false))
    );
    assert_eq!(ask("/info/bidders/nobody").await.0, 404);
    assert!(ask("/info/bidders/all").await.1.contains("ACTIVE"));
    assert!(ask("/bidders/params").await.1.contains("alpha"));
    assert!(ask("/version").await.1.contains("revision"));
}

/// Two video bids; `alpha` wins.
async fn two_videos() -> FakeSsps {
    let reply = |id: &str, price: f64| {
        let vast = format!("<VAST version=\"4.0\"><Ad id=\"{id}\"><Wrapper></Wrapper></Ad></VAST>");
        let bid = json!({"id": id, "impid": "i", "price": price, "adm": vast, "crid": "c", "w": 640, "h": 360, "mtype": 2});
        let body = json!({"id": "r", "seatbid": [{"seat": "buyer", "bid": [bid]}]});
        Reply::With(200, body.to_string())
    };
    let replies = [
        ("alpha".to_owned(), reply("a", 3.0)),
        ("beta".to_owned(), reply("b", 2.0)),
    ];
    FakeSsps::start(replies.into()).await
}

fn video_request(cache: &Value) -> Value {
    let mut body = request(&json!({"prebid": {"targeting": {}, "cache": cache}}));
    body["imp"] = json!([{"id": "i", "video": {"mimes": ["video/mp4"], "w": 640, "h": 360},
        "ext": {"prebid": {"bidder": {"alpha": {}, "beta": {}}}}}]);
    body
}

#[tokio::test]
async fn kept_vast_can_be_fetched_by_players() {
    let ssps = two_videos().await;
    let server = Server::start(&ssps.settings()).await;
    let answer = server
        .auction(&video_request(&json!({"vastxml": {}})))
        .await;
    let seats = answer["seatbid"].as_array().unwrap();
    assert_eq!(seats.len(), 2);
    for seat in seats {
        let bid = &seat["bid"][0];
        let prebid = &bid["ext"]["prebid"];
        let place = &prebid["cache"]["vastXml"];
        let id = place["cacheId"].as_str().unwrap();
        assert_eq!(place["url"], format!("{}/cache?uuid={id}", server.http));
        let (status, kind, kept) = get(&server, id).await;
        assert_eq!((status, kind.as_str()), (200, "application/xml"));
        assert_eq!(bid["adm"], kept);
        let code = seat["seat"].as_str().unwrap();
        assert_eq!(prebid["targeting"][format!("hb_uuid_{code}")], id);
        assert_eq!(prebid["cache"].get("bids"), None);
    }
}

#[tokio::test]
async fn winners_alone_are_kept_on_request() {
    let ssps = two_videos().await;
    let server = Server::start(&ssps.settings()).await;
    let cache = json!({"vastxml": {"returnCreative": false}, "winningonly": true});
    let answer = server.auction(&video_request(&cache)).await;
    for seat in answer["seatbid"].as_array().unwrap() {
        let bid = &seat["bid"][0];
        let won = seat["seat"] == "alpha";
        assert_eq!(bid["ext"]["prebid"].get("cache").is_some(), won, "{bid}");
        assert_eq!(bid.get("adm").is_some(), !won, "{bid}");
    }
}

#[tokio::test]
async fn losers_are_told_at_once_and_why() {
    let mut rows = FakeForward::start(Manner::Acknowledge);
    let told = FakeSsps::all(&["lurl"], &Reply::With(200, String::new())).await;
    let address = told.settings();
    let lurl = format!(
        "{}?l=${{AUCTION_LOSS}}",
        address.split('\'').nth(1).unwrap()
    );
    let bid = |id: &str, price: f64| json!({"id": id, "impid": "i", "price": price, "adm": "<b>x</b>", "crid": "c", "w": 300, "h": 250, "lurl": lurl});
    let body = json!({"id": "r", "seatbid": [{"bid": [bid("won", 2.0), bid("lost", 1.0)]}]});
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body.to_string())).await;
    let settings = format!(
        "[log_output]\naddress = '{}'\nflush_interval_ms = 1\n[notices]\nallow_private_addresses = true\n",
        rows.address
    );
    let server = Server::start_logging(&(settings + &ssps.settings())).await;
    let asked = request(&json!({"earlybid": {"notices": true}, "prebid": {"targeting": {}}}));
    let answer = server.auction(&asked).await;
    let bids = answer["seatbid"][0]["bid"].as_array().unwrap();
    assert!(bids.iter().all(|bid| bid.get("lurl").is_none()));
    let lost = bids.iter().find(|bid| bid["id"] == "lost").unwrap();
    let row = &rows.records("ads.bid_notice", 1).await[0];
    // The receiver accepts only POST, so the notice arrives and is refused.
    assert_eq!(
        (&row["notice"], &row["outcome"], &row["status"]),
        (&json!("lurl"), &json!("refused"), &json!(405))
    );
    assert_eq!(row["bid_id"], lost["ext"]["prebid"]["bidid"]);
}
