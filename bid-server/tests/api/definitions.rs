//! What definitions of SSPs cause on the wire: other names of bidders, one media type of an imp.

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cache::get;
use crate::fake_ssp::{FakeSsps, Reply};
use crate::operators::metrics;
use crate::server::Server;

/// A server with this definition of `alpha`, to which the address is added.
async fn with_definition(ssps: &FakeSsps, more: &str, settings: &str) -> (Server, TempDir) {
    let disk = TempDir::new().unwrap();
    let folder = disk.path().join("alpha");
    std::fs::create_dir(&folder).unwrap();
    let address = ssps.settings();
    let address = address.split('\'').nth(1).unwrap();
    let definition = format!("about = \"A test.\"\ncall.url = \"{address}\"\n{more}\n");
    std::fs::write(folder.join("adapter.toml"), definition).unwrap();
    std::fs::write(folder.join("params.json"), r#"{"type": "object"}"#).unwrap();
    let directory = disk.path().display();
    let adapters = format!("[adapters]\ndirectories = ['{directory}']\n[bidders.alpha]\n");
    (Server::start(&format!("{adapters}{settings}")).await, disk)
}

fn request(mut imp: Value, prebid: &Value) -> Value {
    imp["id"] = json!("i");
    imp["ext"] = json!({"prebid": {"bidder": {"alpha": {}}}});
    json!({"id": "r", "tmax": 2000, "site": {"page": "https://page.example/"}, "imp": [imp], "ext": {"prebid": prebid}})
}

#[tokio::test]
async fn bidders_bid_under_other_names_where_allowed() {
    let bid = |id: &str, buyer: &str| json!({"id": id, "impid": "i", "price": 1, "adm": "<b>x</b>", "crid": "c", "w": 1, "h": 1, "ext": {"buyer": buyer}});
    let bids = [bid("1", "partner"), bid("2", "stranger"), bid("3", "alpha")];
    let body = json!({"id": "r", "seatbid": [{"bid": bids}]});
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body.to_string())).await;
    let seat = "[bids]\nseat = \"{{bid.ext.buyer}}\"\n";
    let (server, _disk) = with_definition(&ssps, seat, "").await;
    let names = json!({"enabled": true, "bidders": {"alpha": {"enabled": true, "allowedbiddercodes": ["partner"]}}});
    let banner = json!({"banner": {"w": 1, "h": 1}});
    for (names, expected) in [
        (names, vec!["alpha", "partner"]),
        (json!(null), vec!["alpha"]),
    ] {
        let asked = json!({"alternatebiddercodes": names, "returnallbidstatus": true});
        let answer = server.auction(&request(banner.clone(), &asked)).await;
        let seats = answer["seatbid"].as_array().unwrap().iter();
        let mut seats: Vec<&str> = seats.map(|seat| seat["seat"].as_str().unwrap()).collect();
        seats.sort_unstable();
        assert_eq!(seats, expected);
        let warnings = answer["ext"]["warnings"]["alpha"].as_array().unwrap();
        assert_eq!(warnings.len(), 3 - expected.len());
        assert!(warnings.iter().all(|warning| warning["code"] == 10_005));
    }
}

#[tokio::test]
async fn bidders_of_one_media_type_see_the_preferred_one() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let one = "[capabilities]\nsite = [\"banner\", \"video\", \"native\"]\nmulti_format = false\n";
    let account = "[accounts.by_id.acc]\npreferredmediatype = { alpha = \"video\" }\n";
    let (server, _disk) = with_definition(&ssps, one, account).await;
    let imp = json!({"banner": {"w": 1, "h": 1}, "video": {"mimes": ["video/mp4"]}});
    let seen = async |account: &str, prefers: Value| {
        let controls = json!({"biddercontrols": {"alpha": prefers}});
        let mut asked = request(imp.clone(), &controls);
        asked["site"]["publisher"] = json!({"id": account});
        server.auction(&asked).await;
        let sent = ssps.asked()["alpha"]["imp"][0].clone();
        let kinds = ["banner", "video", "audio", "native"].into_iter();
        kinds
            .filter(|kind| sent.get(*kind).is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(seen("other", json!({})).await, ["banner"]);
    assert_eq!(seen("acc", json!({})).await, ["video"]);
    let own = |name: &str| json!({"prefmtype": name});
    assert_eq!(seen("acc", own("banner")).await, ["banner"]);
    // A media type that the imp does not have changes nothing.
    assert_eq!(seen("acc", own("native")).await, ["banner"]);
    let film = json!({"biddercontrols": {"alpha": own("film")}});
    let wrong = request(imp.clone(), &film);
    let refused = server.post(wrong.to_string()).await;
    assert_eq!(refused.status(), 400);
    let text = refused.text().await.unwrap();
    assert!(text.contains("biddercontrols.alpha.prefmtype: "), "{text}");
}

#[tokio::test]
async fn vast_of_others_is_kept_with_our_impression_in_it() {
    let vast = "<VAST version=\"4.0\"><Ad><Wrapper><VASTAdTagURI>https://s.example/</VASTAdTagURI></Wrapper></Ad></VAST>";
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let allowed = "modifying_vast_xml_allowed = true\n";
    let plain = "[bidders.beta]\nendpoint = 'https://b.example/'\n";
    let (server, _disk) = with_definition(&ssps, allowed, plain).await;
    let put = |bidder: &str| json!({"bidid": "b7", "bidder": bidder, "type": "xml", "value": vast, "ttlseconds": 60, "timestamp": 5});
    let body = json!({"puts": [put("alpha"), put("beta")]});
    let post = server.request(Method::POST, "/vtrack?a=acc&int=player");
    let answer = post.body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let kept = async |index: usize| {
        let id = answer["responses"][index]["uuid"].as_str().unwrap();
        get(&server, id).await.2
    };
    let tracked = kept(0).await;
    let event = format!("{}/event?t=imp&", server.http);
    assert!(
        tracked.contains("<Impression>") && tracked.contains(&event),
        "{tracked}"
    );
    assert!(
        tracked.contains("b=b7") && tracked.contains("a=acc") && tracked.contains("int=player"),
        "{tracked}"
    );
    assert_eq!(kept(1).await, vast);
}

/// `alpha` with a timeout notice, and the server that receives it.
async fn with_timeout_notice(
    reply: Reply,
    more: &str,
    timeout_ms: u32,
) -> (FakeSsps, Server, TempDir) {
    let receiver = ("told".to_owned(), Reply::With(204, String::new()));
    let ssps = FakeSsps::start([("alpha".to_owned(), reply), receiver].into()).await;
    let address = ssps.settings();
    let url = address.split('\'').nth(3).unwrap();
    let notice = format!("[call.timeout_notice]\nurl = \"{url}\"\n{more}");
    let settings =
        format!("timeout_ms = {timeout_ms}\n[notices]\nallow_private_addresses = true\n");
    let (server, disk) = with_definition(&ssps, &notice, &settings).await;
    (ssps, server, disk)
}

#[tokio::test]
async fn ssps_that_want_to_hear_are_told_once_that_they_were_late() {
    let delivered = "bid_server_notices_total{notice=\"timeout\",outcome=\"delivered\"} 1\n";
    let own = "body = { auction = \"{{request.id}}\", imp = \"{{imp.id}}\", late = true }\n";
    for (more, expected) in [
        ("", json!({"id": "r", "imp": [{"id": "i"}]})),
        (own, json!({"auction": "r", "imp": "i", "late": true})),
    ] {
        let (ssps, server, _disk) = with_timeout_notice(Reply::Hang, more, 50).await;
        let banner = json!({"banner": {"w": 1, "h": 1}});
        let answer = server.auction(&request(banner, &json!({}))).await;
        assert_eq!(answer["ext"]["errors"]["alpha"][0]["code"], 1);
        ssps.until_asked("told").await;
        while !metrics(&server).await.contains(delivered) {}
        assert_eq!(ssps.asked()["told"], expected);
    }
}

#[tokio::test]
async fn ssps_in_time_hear_nothing_of_it() {
    let in_time = Reply::With(204, String::new());
    let (ssps, server, _disk) = with_timeout_notice(in_time, "", 2000).await;
    let banner = json!({"banner": {"w": 1, "h": 1}});
    let answer = server.auction(&request(banner, &json!({}))).await;
    assert_eq!(answer["ext"].get("errors"), None);
    // Whatever is queued is sent before the end.
    server.stop().await;
    assert!(!ssps.asked().contains_key("told"));
}

#[tokio::test]
async fn calls_beyond_the_limit_are_not_made() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let settings = "[auction]\nmax_calls = 2\n";
    let one_each = "call.requests = \"imp\"\n";
    let (server, _disk) = with_definition(&ssps, one_each, settings).await;
    let imp = |id: &str| json!({"id": id, "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}});
    let imps = ["a", "b", "c", "d"].map(imp);
    let request = json!({"id": "r", "site": {"page": "https://page.example/"}, "imp": imps});
    let answer = server.auction(&request).await;
    let errors = answer["ext"]["errors"]["alpha"].as_array().unwrap();
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[0]["code"], 2);
    assert_eq!(
        errors[0]["message"],
        "not asked: the auction has too many calls"
    );
}
