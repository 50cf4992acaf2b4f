//! Every member of a real request, replaced by values that make no sense: 200 or 400, never anything else.

use serde_json::{Value, json};

use crate::captures::capture;
use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

/// JSON pointers to all members and items.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(n, value)| (n.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let path = format!("{here}/{}", key.replace('~', "~0").replace('/', "~1"));
        pointers(child, &path, found);
        found.push(path);
    }
}

#[tokio::test]
async fn no_value_in_any_place_ends_in_a_server_error() {
    let strange = [
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("\u{0}"),
        json!([]),
        json!([null]),
        json!({}),
    ];
    let bid = json!({"seatbid": [{"bid": [{"id": "b", "impid": "div-top", "price": 1, "adm": "${AUCTION_PRICE}"}]}]});
    let ssps = FakeSsps::all(&["appnexus"], &Reply::With(200, bid.to_string())).await;
    let server = Server::start(&ssps.settings()).await;
    let request = capture("prebidjs-consent-userid-floors-eur.json");
    let mut places = Vec::new();
    pointers(&request, "", &mut places);
    assert!(places.len() > 100);
    for place in &places {
        for value in &strange {
            let mut changed = request.clone();
            *changed.pointer_mut(place).unwrap() = value.clone();
            let status = server.post(changed.to_string()).await.status().as_u16();
            assert!(
                status == 200 || status == 400,
                "{status} for {value} at {place}"
            );
        }
    }
}
