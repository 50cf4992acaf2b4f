//! What the ad server answers, asked the way its `pubads_impl.js` asks.

use serde_json::{Value, json};

use crate::fakes::Networks;
use crate::running::Running;

const ORDER: [&str; 3] = ["alpha", "beta", "delta"];

fn request(page: &str, page_targeting: Value, slot_targeting: Value) -> Value {
    json!({
        "correlator": "1",
        "url": page,
        "targeting": page_targeting,
        "slots": [{
            "elementId": "div-top",
            "adUnitPath": "/1234/recipes/recipe/top",
            "sizes": [[728, 90]],
            "targeting": slot_targeting,
        }],
    })
}

#[tokio::test]
async fn waterfall_shows_the_first_network_over_the_floor() {
    let networks = Networks::start().await;
    let site = Running::start(&networks.waterfall(&ORDER)).await;
    let page = format!("http://site.test/?networks={}", networks.host());
    let asked = request(&page, json!({"demand": ["waterfall"]}), json!({}));
    let answer = site.ask_ads(&asked).await;
    let creative = &answer["slots"][0]["creative"];
    assert_eq!(creative["html"], "<p>beta paid 1.2</p>");
    assert_eq!(creative["yieldCpm"], 1.2);
    assert_eq!(creative["yieldSource"], "network");
    assert_eq!(creative["yieldBidder"], "beta");
    assert_eq!(creative["size"], json!([728, 90]));
    site.stop().await;
    assert_eq!(networks.calls(), ["alpha", "beta", "beta won, price=1.2"]);
}

#[tokio::test]
async fn header_bid_gets_the_inline_creative_where_the_page_asks_for_it() {
    let networks = Networks::start().await;
    let site = Running::start(&networks.waterfall(&ORDER)).await;
    let bid = json!({"hb_pb": ["2.00"], "hb_adid": ["ad-1"], "hb_size": ["728x90"]});
    let page = json!({"hb_creative": ["inline"]});
    let answer = site
        .ask_ads(&request("http://site.test/early/", page, bid))
        .await;
    let html = answer["slots"][0]["creative"]["html"].as_str().unwrap();
    assert!(html.contains(r#"adId: "ad-1""#), "{html}");
    assert!(html.contains("window.creativeRan = true;"), "{html}");
    assert!(!html.contains("src="), "{html}");
    site.stop().await;
}

#[tokio::test]
async fn header_bid_gets_the_universal_creative_and_asks_no_network() {
    let networks = Networks::start().await;
    let site = Running::start(&networks.waterfall(&ORDER)).await;
    let bid = json!({"hb_pb": ["2.00"], "hb_adid": ["ad-1"], "hb_size": ["728x90"], "hb_bidder": ["delta"]});
    let page = "http://site.test/early/";
    let answer = site.ask_ads(&request(page, json!({}), bid)).await;
    let creative = &answer["slots"][0]["creative"];
    let html = creative["html"].as_str().unwrap();
    assert!(
        html.contains(&format!("{}/creative/banner.js", site.ads)),
        "{html}"
    );
    assert!(html.contains(r#"adId = "ad-1""#), "{html}");
    assert!(
        html.contains(r#"pubUrl = "http://site.test/early/""#),
        "{html}"
    );
    assert!(!html.contains("%%"), "{html}");
    assert_eq!(creative["yieldCpm"], Value::Null);
    assert!(networks.calls().is_empty());
    site.stop().await;
}

#[tokio::test]
async fn house_fills_what_nobody_bought() {
    let site = Running::start("").await;
    let low = json!({"hb_pb": ["0.30"], "hb_adid": ["ad-1"], "hb_size": ["728x90"]});
    for slot in [json!({}), low] {
        let asked = request("http://site.test/serial/", json!({}), slot);
        let answer = site.ask_ads(&asked).await;
        let creative = &answer["slots"][0]["creative"];
        assert_eq!(creative["yieldSource"], "house");
        assert_eq!(creative["yieldCpm"], 0.4);
        assert!(
            creative["html"]
                .as_str()
                .unwrap()
                .contains("A week of soups")
        );
    }
    site.stop().await;
}

#[tokio::test]
async fn a_network_that_hangs_costs_its_timeout_and_no_more() {
    let networks = Networks::start().await;
    let config = format!(
        "network_timeout_ms = 50\n{}",
        networks.waterfall(&["omega", "delta"])
    );
    let site = Running::start(&config).await;
    let asked = request(
        "http://site.test/",
        json!({"demand": ["waterfall"]}),
        json!({}),
    );
    let answer = site.ask_ads(&asked).await;
    assert_eq!(answer["slots"][0]["creative"]["yieldBidder"], "delta");
    assert_eq!(networks.calls()[..2], ["omega", "delta"]);
    site.stop().await;
}

#[tokio::test]
async fn nothing_to_show_leaves_the_slot_empty() {
    let site = Running::start("house = []\n").await;
    let answer = site
        .ask_ads(&request("http://site.test/", json!({}), json!({})))
        .await;
    assert_eq!(
        answer,
        json!({"slots": [{"elementId": "div-top", "creative": null}]})
    );
    site.stop().await;
}

#[tokio::test]
async fn pages_of_any_origin_may_ask_with_credentials() {
    let site = Running::start("").await;
    let answer = site.post_ads(r#"{"slots":[]}"#.to_owned()).await;
    let header = |name| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("access-control-allow-origin"), site.site);
    assert_eq!(header("access-control-allow-credentials"), "true");
    assert_eq!(header("timing-allow-origin"), "*");
    let bad = site.post_ads("{".to_owned()).await;
    assert_eq!(bad.status(), 400);
    drop((answer, bad));
    site.stop().await;
}

#[tokio::test]
async fn a_click_leads_back_to_the_publisher() {
    let site = Running::start("").await;
    let quiet = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let click = |query: &str| quiet.get(format!("{}/click?{query}", site.ads)).send();
    let answer = click("page=http%3A%2F%2Fsite.test%2Fa&to=%2Fearly%2F")
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "http://site.test/early/");
    let bad = click("page=javascript%3Aalert(1)&to=").await.unwrap();
    assert_eq!(bad.status(), 400);
    drop((answer, bad, quiet));
    site.stop().await;
}

#[tokio::test]
async fn slot_without_sizes_stays_empty_and_asks_no_network() {
    let networks = Networks::start().await;
    let site = Running::start(&networks.waterfall(&ORDER)).await;
    let page = format!("http://site.test/?networks={}", networks.host());
    let mut asked = request(&page, json!({"demand": ["waterfall"]}), json!({}));
    asked["slots"][0]["sizes"] = json!([]);
    let answer = site.ask_ads(&asked).await;
    assert_eq!(answer["slots"][0]["elementId"], "div-top");
    assert_eq!(answer["slots"][0]["creative"], Value::Null);
    site.stop().await;
    assert!(networks.calls().is_empty());
}
