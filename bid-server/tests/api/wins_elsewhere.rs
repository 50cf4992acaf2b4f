//! Wins that no page of ours reports: in apps, in AMP pages, in video players.

use serde_json::{Value, json};

use crate::cache::get;
use crate::fake_ssp::{FakeSsps, Reply};
use crate::one_slot::{bid, body, from_app, request, seats};
use crate::server::Server;

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
    let answer = server.auction(&from_app(asked)).await;
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
