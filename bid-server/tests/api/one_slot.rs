//! A request for one slot, and the reply of an SSP with bids for it.

use serde_json::{Value, json};

/// A bid for the slot.
pub(crate) fn bid(id: &str, price: f64) -> Value {
    json!({"id": id, "impid": "i", "price": price, "adm": "<b>x</b>", "crid": "c", "w": 300, "h": 250})
}

/// A reply with bids.
pub(crate) fn body(bids: &[Value]) -> String {
    json!({"id": "r", "seatbid": [{"bid": bids}]}).to_string()
}

/// A request for one slot, with these extensions of its imp and of Prebid.
pub(crate) fn request(imp_ext: Value, prebid: Value) -> Value {
    let mut request = json!({
        "id": "q", "tmax": 2000, "site": {"page": "https://page.example/"},
        "imp": [{"id": "i", "banner": {"w": 300, "h": 250}}], "ext": {},
    });
    request["imp"][0]["ext"] = imp_ext;
    request["ext"]["prebid"] = prebid;
    request
}

/// The same request from an app.
pub(crate) fn from_app(mut request: Value) -> Value {
    let members = request.as_object_mut().unwrap();
    members.remove("site");
    members.insert("app".to_owned(), json!({"bundle": "com.example.news"}));
    request
}

/// The seats of an answer that have bids.
pub(crate) fn seats(answer: &Value) -> Vec<&str> {
    let seats = answer["seatbid"].as_array().into_iter().flatten();
    seats.map(|seat| seat["seat"].as_str().unwrap()).collect()
}
