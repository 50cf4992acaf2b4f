//! What publishers who switch from another server rely on: names in any case, odd answers from SSPs, wins in apps
//! and AMP pages.

use reqwest::Method;
use serde_json::{Value, json};

use crate::cache::get;
use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

pub(crate) fn bid(id: &str, price: f64) -> Value {
    json!({"id": id, "impid": "i", "price": price, "adm": "<b>x</b>", "crid": "c", "w": 300, "h": 250})
}

pub(crate) fn body(bids: &[Value]) -> String {
    json!({"id": "r", "seatbid": [{"bid": bids}]}).to_string()
}

pub(crate) fn request(imp_ext: Value, prebid: Value) -> Value {
    let mut request = json!({
        "id": "q", "tmax": 2000, "site": {"page": "https://page.example/"},
        "imp": [{"id": "i", "banner": {"w": 300, "h": 250}}], "ext": {},
    });
    request["imp"][0]["ext"] = imp_ext;
    request["ext"]["prebid"] = prebid;
    request
}

pub(crate) fn seats(answer: &Value) -> Vec<&str> {
    let seats = answer["seatbid"].as_array().into_iter().flatten();
    seats.map(|seat| seat["seat"].as_str().unwrap()).collect()
}

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

#[tokio::test]
async fn an_endpoint_does_not_take_a_dialect_away() {
    let ssps = FakeSsps::all(&["teads"], &Reply::With(204, String::new())).await;
    let server = Server::start(&ssps.settings()).await;
    let asked = request(
        json!({"prebid": {"bidder": {"teads": {"placementId": 7}}}}),
        json!({}),
    );
    server.auction(&asked).await;
    let imp = &ssps.asked()["teads"]["imp"][0];
    assert_eq!(imp["tagid"], "7");
    assert_eq!(imp["ext"], json!({"kv": {"placementId": 7}}));
    assert_eq!(ssps.asked_header("teads", "x-openrtb-version"), "2.5");
}

#[tokio::test]
async fn one_odd_bid_costs_no_other() {
    let mut coerced = bid("coerced", 2.0);
    coerced["price"] = json!("2.0");
    coerced["crid"] = json!(7);
    coerced["adomain"] = json!("x.example");
    let mut lost = bid("lost", 3.0);
    lost["price"] = json!("much");
    let answer = json!({"cur": "usd", "seatbid": [{"bid": [coerced, lost, bid("plain", 1.0)]}]});
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, answer.to_string())).await;
    let server = Server::start(&ssps.settings()).await;
    let answer = server
        .auction(&request(
            json!({"prebid": {"bidder": {"alpha": {}}}}),
            json!({}),
        ))
        .await;
    let bids = answer["seatbid"][0]["bid"].as_array().unwrap();
    let ids: Vec<&str> = bids.iter().map(|bid| bid["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["coerced", "plain"]);
    assert_eq!(
        (&bids[0]["crid"], &bids[0]["adomain"]),
        (&json!("7"), &json!(["x.example"]))
    );
    let errors = answer["ext"]["errors"]["alpha"].as_array().unwrap();
    assert_eq!(errors.len(), 1);
    assert_eq!(
        errors[0],
        json!({"code": 4, "message": "seatbid[0].bid[1] (lost).price: \"much\" is no number"})
    );
}

#[tokio::test]
async fn a_kept_bid_names_the_address_of_its_win() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body(&[bid("b", 1.0)]))).await;
    let server = Server::start(&ssps.settings()).await;
    let ext = json!({"prebid": {"bidder": {"alpha": {}}}});
    let kept = async |events: bool| {
        let mut prebid = json!({"targeting": {}, "cache": {"bids": {}}});
        if events {
            prebid["events"] = json!({});
        }
        let answer = server.auction(&request(ext.clone(), prebid)).await;
        let prebid = answer["seatbid"][0]["bid"][0]["ext"]["prebid"].clone();
        let id = prebid["cache"]["bids"]["cacheId"].as_str().unwrap();
        let kept: Value = serde_json::from_str(&get(&server, id).await.2).unwrap();
        (kept["wurl"].clone(), prebid["events"]["win"].clone())
    };
    let (wurl, win) = kept(true).await;
    assert!(wurl.as_str().unwrap().contains("/event?t=win"), "{wurl}");
    assert_eq!(wurl, win);
    assert_eq!(kept(false).await, (Value::Null, Value::Null));
}

#[tokio::test]
async fn video_that_its_win_notice_serves_reports_its_impression() {
    let video = json!({"id": "v", "impid": "i", "price": 1, "nurl": "https://ssp.example/vast?a=1&b=2", "crid": "c", "w": 640, "h": 360, "mtype": 2});
    let ssps = FakeSsps::all(&["teads", "sovrn"], &Reply::With(200, body(&[video]))).await;
    let server = Server::start(&ssps.settings()).await;
    let params = json!({"sovrn": {"tagid": "1"}, "teads": {"placementId": 7}});
    let mut asked = request(
        json!({"prebid": {"bidder": params}}),
        json!({"targeting": {}, "events": {}, "cache": {"vastxml": {}}}),
    );
    let imp = asked["imp"][0].as_object_mut().unwrap();
    imp.remove("banner");
    imp.insert(
        "video".to_owned(),
        json!({"mimes": ["video/mp4"], "protocols": [2], "maxduration": 30, "w": 640, "h": 360}),
    );
    let answer = server.auction(&asked).await;
    assert_eq!(seats(&answer), ["sovrn", "teads"]);
    for seat in answer["seatbid"].as_array().unwrap() {
        let bid = &seat["bid"][0];
        let id = bid["ext"]["prebid"]["cache"]["vastXml"]["cacheId"]
            .as_str()
            .unwrap();
        let kept = get(&server, id).await.2;
        assert!(
            kept.contains(
                "<VASTAdTagURI><![CDATA[https://ssp.example/vast?a=1&b=2]]></VASTAdTagURI>"
            ),
            "{kept}"
        );
        // Sovrn lets us write into its VAST, Teads does not.
        let ours = kept.contains("<Impression><![CDATA[http") && kept.contains("t=imp");
        assert_eq!(ours, seat["seat"] == "sovrn", "{kept}");
        assert_eq!(bid.get("adm").is_some(), ours, "{bid}");
        assert_eq!(bid["ext"]["prebid"]["events"].get("imp").is_some(), !ours);
    }
}

#[tokio::test]
async fn each_bidder_gets_its_own_multibid_and_params() {
    let ssps = FakeSsps::all(
        &["alpha", "beta", "gamma"],
        &Reply::With(204, String::new()),
    )
    .await;
    let server = Server::start(&ssps.settings()).await;
    let params = json!({"alpha": {"own": 1}, "beta": {}, "gamma": {}});
    let prebid = json!({
        "multibid": [
            {"bidder": "ALPHA", "maxbids": 3, "targetbiddercodeprefix": "al"},
            {"bidders": ["beta", "delta"], "maxbids": 2},
        ],
        "bidderparams": {"Alpha": {"own": 9, "more": 2}},
    });
    let mut asked = request(json!({"prebid": {"bidder": params}}), prebid);
    asked["imp"][0]["ext"]["prebid"]["storedrequest"] = Value::Null;
    server.auction(&asked).await;
    let sent = ssps.asked();
    assert_eq!(
        sent["alpha"]["ext"]["prebid"],
        json!({
            "multibid": [{"bidder": "ALPHA", "maxbids": 3, "targetbiddercodeprefix": "al"}],
            "bidderparams": {"own": 9, "more": 2},
        })
    );
    assert_eq!(
        sent["alpha"]["imp"][0]["ext"]["bidder"],
        json!({"own": 1, "more": 2})
    );
    assert_eq!(
        sent["beta"]["ext"]["prebid"],
        json!({"multibid": [{"bidders": ["beta"], "maxbids": 2}]})
    );
    assert_eq!(sent["gamma"].get("ext"), None);
}

#[tokio::test]
async fn dropped_bids_are_told_to_everybody_and_compared_for_debugging() {
    let mut unknown = bid("unknown", 1.0);
    unknown["impid"] = json!("other");
    let mut empty = bid("empty", 1.0);
    empty["adm"] = json!(" ");
    let mut video = bid("video", 1.0);
    video["mtype"] = json!(2);
    let mut blocked = bid("blocked", 1.0);
    blocked["adomain"] = json!(["ads.bad.example"]);
    let mut large = bid("large", 1.0);
    large["w"] = json!(970);
    let bids = [unknown, bid("free", 0.0), empty, video, blocked, large];
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body(&bids))).await;
    let server = Server::start(&ssps.settings()).await;
    let ext = json!({"prebid": {"bidder": {"alpha": {}}}});
    let texts = async |debug: bool| {
        let mut asked = request(ext.clone(), json!({"debug": debug}));
        asked["badv"] = json!(["bad.example"]);
        let answer = server.auction(&asked).await;
        // The size only gives a remark; the bid competes.
        assert_eq!(answer["seatbid"][0]["bid"][0]["id"], "large");
        let of = |list: &str| {
            let list = answer["ext"][list]["alpha"].as_array().unwrap().iter();
            list.map(|line| {
                (
                    line["code"].as_i64().unwrap(),
                    line["message"].as_str().unwrap().to_owned(),
                )
            })
            .collect::<Vec<_>>()
        };
        (of("errors"), of("warnings"))
    };
    let (errors, warnings) = texts(false).await;
    assert_eq!(errors.len(), 4, "{errors:?}");
    for ((code, text), id) in errors.iter().zip(["unknown", "free", "empty", "video"]) {
        let begun = format!("bid \"{id}\" for imp ");
        assert!(*code == 4 && text.starts_with(&begun), "{code} {text}");
        assert!(!text.contains('{'), "{text}");
    }
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    let (errors, warnings) = texts(true).await;
    assert!(
        errors[3]
            .1
            .ends_with("; {\"mtype\":2,\"offered\":[\"banner\"]}"),
        "{errors:?}"
    );
    let blocked = warnings
        .iter()
        .find(|(_, text)| text.contains("advertiser"))
        .unwrap();
    assert!(
        blocked
            .1
            .ends_with("; {\"adomain\":[\"ads.bad.example\"],\"badv\":[\"bad.example\"]}"),
        "{}",
        blocked.1
    );
}

#[tokio::test]
async fn many_dropped_bids_of_one_bidder_are_counted() {
    let bids: Vec<Value> = (0..100).map(|nth| bid(&nth.to_string(), 0.0)).collect();
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body(&bids))).await;
    let server = Server::start(&ssps.settings()).await;
    let answer = server
        .auction(&request(
            json!({"prebid": {"bidder": {"alpha": {}}}}),
            json!({}),
        ))
        .await;
    assert_eq!(
        answer["ext"]["errors"]["alpha"].as_array().unwrap().len(),
        20
    );
    let rest = &answer["ext"]["warnings"]["alpha"][0]["message"];
    assert_eq!(rest, "80 more bids are dropped");
}

#[tokio::test]
async fn one_mistaken_bidder_or_slot_costs_no_other() {
    let settings = "[bidders.adgeneration]\nendpoint = 'http://127.0.0.1:1/'\n";
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, body(&[bid("b", 1.0)]))).await;
    let server = Server::start(&(settings.to_owned() + &ssps.settings())).await;
    let wrong = json!({"alpha": {}, "adgeneration": {"id": 58278}, "nobody": {}});
    let mut asked = request(json!({"prebid": {"bidder": wrong}}), json!({}));
    let answer = server.auction(&asked).await;
    assert_eq!(seats(&answer), ["alpha"]);
    let warning = |answer: &Value, subject: &str| {
        let text = &answer["ext"]["warnings"][subject][0]["message"];
        text.as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(
        warning(&answer, "adgeneration"),
        "request.imp[0].ext.prebid.bidder.adgeneration.id: must be a string; not asked for this imp"
    );
    assert!(warning(&answer, "nobody").contains("unknown bidder"));
    let alpha = json!({"prebid": {"bidder": {"alpha": {}}}});
    let good = asked["imp"][0].clone();
    asked["imp"] = json!([
        {"id": "i", "banner": {"w": 300, "h": 250}, "ext": alpha},
        {"id": "i", "banner": {"w": 300, "h": 250}, "ext": alpha},
        {"id": "sizeless", "banner": {}, "ext": alpha},
        {"id": "empty", "ext": alpha},
    ]);
    let answer = server.auction(&asked).await;
    assert_eq!(seats(&answer), ["alpha"]);
    let general = answer["ext"]["warnings"]["general"].as_array().unwrap();
    assert_eq!(general.len(), 3, "{general:?}");
    for (line, place) in general.iter().zip(["imp[1].id", "imp[2]", "imp[3]"]) {
        let text = line["message"].as_str().unwrap();
        assert!(
            text.starts_with(&format!("request.{place}"))
                && text.ends_with("; the imp is left out"),
            "{text}"
        );
    }
    asked["imp"] = json!([good]);
    asked["imp"][0]["ext"]["prebid"]["bidder"] = json!({"nobody": {}});
    assert_eq!(server.post(asked.to_string()).await.status(), 400);
}

#[tokio::test]
async fn a_strict_server_refuses_what_is_mistaken() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&("[auction]\nstrict = true\n".to_owned() + &ssps.settings())).await;
    let asked = request(
        json!({"prebid": {"bidder": {"alpha": {}, "nobody": {}}}}),
        json!({}),
    );
    assert_eq!(server.post(asked.to_string()).await.status(), 400);
}

#[tokio::test]
async fn ids_of_the_user_and_the_chain_say_what_is_true() {
    let ssps = FakeSsps::all(&["alpha", "beta"], &Reply::With(204, String::new())).await;
    let settings = "[host_schain_node]\nasi = 'host.example'\nsid = '1'\nhp = 1\n";
    let server = Server::start(&(settings.to_owned() + &ssps.settings())).await;
    let mut asked = request(
        json!({"prebid": {"bidder": {"alpha": {}, "beta": {}}}}),
        json!({}),
    );
    let uids = json!({"alpha": "of-alpha"});
    asked["user"] = json!({"buyeruid": "explicit", "ext": {"prebid": {"buyeruids": uids}}});
    server.auction(&asked).await;
    let sent = ssps.asked();
    assert_eq!(sent["alpha"]["user"]["buyeruid"], "explicit");
    assert_eq!(sent["alpha"]["source"]["schain"]["complete"], 0);
    asked["user"] = json!({"ext": {"prebid": {"buyeruids": uids}}});
    server.auction(&asked).await;
    assert_eq!(ssps.asked()["alpha"]["user"]["buyeruid"], "of-alpha");
    assert_eq!(ssps.asked()["beta"]["user"].get("buyeruid"), None);
    for (path, value) in [
        ("device", json!({"w": -1})),
        ("device", json!({"geo": {"accuracy": -5}})),
        ("user", json!({"ext": {"prebid": {}}})),
    ] {
        let mut nonsense = asked.clone();
        nonsense[path] = value;
        assert_eq!(
            server.post(nonsense.to_string()).await.status(),
            400,
            "{path}"
        );
    }
}
