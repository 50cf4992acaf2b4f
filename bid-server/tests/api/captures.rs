//! Requests that the real Prebid.js posted get usable bids.

use std::collections::BTreeMap;
use std::path::Path;

use openrtb::{BidRequest, version};
use serde_json::{Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

pub(crate) fn capture(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/captures")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn bid(impid: &str, price: f64, w: u32) -> Value {
    json!({"id": format!("b-{impid}"), "impid": impid, "price": price, "adm": "<b>ad</b>", "crid": "c", "w": w, "h": 90 + (300 - w.min(300)), "adomain": ["shop.example"]})
}

fn reply(bids: &[Value]) -> Reply {
    Reply::With(
        200,
        json!({"id": "r", "cur": "USD", "seatbid": [{"seat": "s", "bid": bids}]}).to_string(),
    )
}

async fn answer_to(request: &Value) -> (Value, BTreeMap<String, Value>) {
    let mpu =
        json!({"id": "m", "impid": "div-mpu", "price": 2.0, "adm": "<b>", "w": 300, "h": 250});
    let top = bid("div-top", 1.0, 728);
    let better = json!({"id": "x", "impid": "div-top", "price": 1.5, "adm": "${AUCTION_PRICE}", "w": 970, "h": 250, "burl": "https://s/?p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}"});
    let replies = [
        ("appnexus".to_owned(), reply(&[top, mpu])),
        ("rubicon".to_owned(), reply(&[better])),
    ];
    let ssps = FakeSsps::start(replies.into()).await;
    let settings = format!(
        "[currency.rates]\nUSD = {{ EUR = 0.8 }}\n{}",
        ssps.settings()
    );
    let answer = Server::start(&settings).await.auction(request).await;
    (answer, ssps.asked())
}

/// Seat, price and key-values of each imp's winner.
fn winners(answer: &Value) -> BTreeMap<String, String> {
    let mut winners = BTreeMap::new();
    for seat in answer["seatbid"].as_array().unwrap() {
        for bid in seat["bid"].as_array().unwrap() {
            for member in ["crid", "w", "h", "mtype"] {
                assert!(!bid[member].is_null(), "{member} {bid}");
            }
            let targeting = &bid["ext"]["prebid"]["targeting"];
            if targeting.get("hb_pb").is_some() {
                assert_eq!(targeting.get("hb_adid"), None);
                let text = format!("{} {} {}", seat["seat"], bid["price"], targeting["hb_pb"]);
                winners.insert(
                    bid["impid"].as_str().unwrap().to_owned(),
                    text.replace('"', ""),
                );
            }
        }
    }
    winners
}

#[tokio::test]
async fn minimal_page_gets_a_winner_for_each_slot() {
    let request = capture("prebidjs-banner-minimal.json");
    let (answer, asked) = answer_to(&request).await;
    assert_eq!(answer["id"], request["id"]);
    assert_eq!(answer["cur"], "USD");
    let winners = winners(&answer);
    assert_eq!(winners["div-top"], "rubicon 1.5 1.50");
    assert_eq!(winners["div-mpu"], "appnexus 2.0 2.00");
    let rubicon = &asked["rubicon"];
    assert_eq!(rubicon["imp"].as_array().unwrap().len(), 1);
    assert_eq!(
        rubicon["imp"][0]["ext"],
        json!({"bidder": {"accountId": 14062, "siteId": 70608, "zoneId": 498_816}})
    );
    assert_eq!(
        rubicon["ext"]["prebid"],
        json!({"channel": request["ext"]["prebid"]["channel"]})
    );
}

#[tokio::test]
async fn euro_page_gets_euro_prices_and_its_consent_is_passed_on() {
    let request = capture("prebidjs-consent-userid-floors-eur.json");
    let (answer, asked) = answer_to(&request).await;
    assert_eq!(answer["cur"], "EUR");
    let winners = winners(&answer);
    assert_eq!(winners["div-top"], "rubicon 1.2 1.20");
    assert_eq!(winners["div-mpu"], "appnexus 1.6 1.60");
    let rubicon = answer["seatbid"]
        .as_array()
        .unwrap()
        .iter()
        .find(|seat| seat["seat"] == "rubicon")
        .unwrap();
    let bid = &rubicon["bid"][0];
    // The SSP sees its own price in its own currency.
    assert_eq!(bid["burl"], "https://s/?p=1.5&c=USD");
    assert_eq!(bid["adm"], "1.5");
    // Consent and ids are in their 2.6 places, everything else is as it was sent.
    let mut newer: BidRequest = serde_json::from_value(request.clone()).unwrap();
    version::to_26(&mut newer);
    let newer = serde_json::to_value(newer).unwrap();
    assert_eq!(newer["regs"]["gdpr"], 1);
    for member in ["regs", "user", "source", "device"] {
        for (key, value) in newer[member].as_object().unwrap() {
            assert_eq!(&asked["appnexus"][member][key], value, "{member}.{key}");
        }
    }
    assert_eq!(asked["appnexus"]["imp"][0]["ext"]["gpid"], "/1234/home/top");
}
