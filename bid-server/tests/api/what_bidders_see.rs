//! What publishers who switch from another server rely on in what bidders are sent.

use serde_json::{Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::one_slot::{from_app, request};
use crate::server::Server;

#[tokio::test]
async fn an_endpoint_does_not_take_a_dialect_away() {
    let ssps = FakeSsps::all(&["teads"], &Reply::With(204, String::new())).await;
    let server = Server::start(&ssps.settings()).await;
    let asked = request(
        json!({"prebid": {"bidder": {"teads": {"placementId": 7}}}}),
        json!({}),
    );
    server.auction(&from_app(asked)).await;
    let imp = &ssps.asked()["teads"]["imp"][0];
    assert_eq!(imp["tagid"], "7");
    assert_eq!(imp["ext"], json!({"kv": {"placementId": 7}}));
    assert_eq!(ssps.asked_header("teads", "x-openrtb-version"), "2.5");
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
