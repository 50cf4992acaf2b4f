//! One mistaken slot or bidder costs the page no others, and what is left out is told.

use serde_json::{Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::one_slot::{bid, body, request, seats};
use crate::server::Server;

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
