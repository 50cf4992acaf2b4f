//! A bid that cannot take part costs no other, and its end is told.

use serde_json::{Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::one_slot::{bid, body, request};
use crate::server::Server;

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
