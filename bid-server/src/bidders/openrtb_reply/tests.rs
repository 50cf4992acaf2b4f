//! Odd answers, and how they are read.

use bytes::Bytes;
use openrtb::{Bid, MediaType};
use serde_json::{Value, json};

use super::*;

fn read(body: impl Into<Bytes>) -> Result<SspBids, AdapterError> {
    let body = body.into();
    super::read(&Reply { status: 200, body }, &[204], "USD")
}

/// Reads an answer with two bids, one of which has an odd member.
fn odd(member: &str, value: Value) -> SspBids {
    let mut odd = json!({"id": "odd", "impid": "i", "price": 2, "adm": "<p>"});
    odd[member] = value;
    let plain = json!({"id": "plain", "impid": "i", "price": 1, "adm": "<b>"});
    let body = json!({"id": "r", "seatbid": [{"seat": "s", "bid": [odd, plain]}]});
    read(body.to_string()).unwrap()
}

#[track_caller]
fn kept(member: &str, value: Value, expected: Value) {
    let bids = odd(member, value);
    assert_eq!(bids.lost, Vec::<String>::new());
    assert_eq!(bids.bids.len(), 2);
    let bid = serde_json::to_value(&bids.bids[0].bid).unwrap();
    let seen = bid.get(member).cloned().unwrap_or_default();
    assert_eq!(Some(&seen), Some(expected).as_ref(), "{member}");
    assert_eq!(
        bid["price"],
        if member == "price" { seen } else { json!(2.0) }
    );
}

#[test]
fn what_has_one_meaning_is_given_it() {
    kept("crid", json!(7), json!("7"));
    kept("id", json!(12), json!("12"));
    kept("dealid", json!(1.5), json!("1.5"));
    kept("price", json!(" 1.5 "), json!(1.5));
    kept("adomain", json!("x.example"), json!(["x.example"]));
    kept(
        "adomain",
        json!([null, "x.example", 7]),
        json!(["x.example", "7"]),
    );
    kept("cat", json!("IAB1"), json!(["IAB1"]));
    kept("attr", json!(["1", 2, null, "x", 3.0]), json!([1, 2, 3]));
    kept("attr", json!(4), json!([4]));
    kept("mtype", json!("1"), json!(1));
    kept("mtype", json!("banner"), json!(1));
    kept("exp", json!("300"), json!(300));
    kept("exp", json!(300.0), json!(300));
    kept(
        "adm",
        json!({"native": {"a": 1}}),
        json!("{\"native\":{\"a\":1}}"),
    );
}

#[test]
fn what_means_nothing_is_left_out() {
    kept("ext", json!([]), Value::Null);
    kept("ext", json!("x"), Value::Null);
    kept("crid", json!({}), Value::Null);
    kept("nurl", json!(false), Value::Null);
    kept("mtype", json!("film"), Value::Null);
    kept("exp", json!("soon"), Value::Null);
    kept("adomain", json!({}), Value::Null);
}

#[test]
fn only_the_bid_without_a_meaning_is_lost() {
    for (member, value, reason) in [
        ("price", json!("much"), "price: \"much\" is no number"),
        ("price", json!([]), "price: [] is no number"),
        ("adm", json!(5), "adm: is no markup"),
    ] {
        let bids = odd(member, value);
        assert_eq!(bids.bids.len(), 1, "{reason}");
        assert_eq!(bids.bids[0].bid.id, "plain");
        assert_eq!(bids.lost, [format!("seatbid[0].bid[0] (odd).{reason}")]);
    }
}

#[test]
fn places_around_bids_are_read_leniently_too() {
    let bid = json!({"id": "b", "impid": "i", "price": 1, "adm": "<b>"});
    for (seatbid, count, lost) in [
        (json!([null, {"bid": [null, bid]}]), 1, 0),
        (json!([{"bid": bid, "seat": 7}]), 1, 0),
        (json!({"bid": [bid]}), 1, 0),
        (json!([{"bid": 5}, {"bid": [bid]}]), 1, 1),
        (json!([7, {"bid": [7, bid]}]), 1, 2),
    ] {
        let bids = read(json!({"id": 7, "seatbid": seatbid}).to_string()).unwrap();
        assert_eq!(
            (bids.bids.len(), bids.lost.len()),
            (count, lost),
            "{seatbid}"
        );
    }
    let seat = json!({"seatbid": [{"bid": [bid], "seat": 7}], "ext": 5, "nbr": "x", "bidid": 8});
    let bids = read(seat.to_string()).unwrap();
    assert_eq!(bids.bids[0].buyer.as_deref(), Some("7"));
    assert_eq!(bids.bidid.as_deref(), Some("8"));
}

#[test]
fn currencies_are_read_in_any_case() {
    for (cur, expected) in [
        (json!("jpy"), "JPY"),
        (json!(" eur "), "EUR"),
        (json!(["JPY"]), "JPY"),
        (json!(7), "7"),
        (json!(null), "USD"),
        (json!({}), "USD"),
        (json!(""), "USD"),
    ] {
        let bids = read(json!({"cur": cur, "seatbid": []}).to_string()).unwrap();
        assert_eq!(bids.currency, expected);
    }
}

#[test]
fn careless_bytes_lose_nothing() {
    let whole = br#"{"seatbid":[{"bid":[{"id":"b","impid":"i","price":1,"adm":"<b>"}]}]}"#;
    let with = |adm: &[u8]| {
        let mut body = whole.to_vec();
        let at = whole.windows(3).position(|bytes| bytes == b"<b>").unwrap();
        body.splice(at..at + 3, adm.iter().copied());
        let bids = read(body).unwrap();
        assert_eq!(bids.bids.len(), 1);
        bids.bids[0].bid.adm.as_ref().unwrap().text().into_owned()
    };
    assert_eq!(with(b"a\xffb"), "a\u{fffd}b");
    assert_eq!(with(b"a\nb"), "a\nb");
    assert_eq!(with(b"a\\ud800b"), "a\u{fffd}b");
    let marked = [BYTE_ORDER_MARK, whole].concat();
    assert_eq!(read(marked).unwrap().bids.len(), 1);
    assert_eq!(read(BYTE_ORDER_MARK).unwrap().bids.len(), 0);
}

#[test]
fn many_lost_bids_are_counted() {
    let bids: Vec<Value> = (0..500).map(|_| json!({"price": "x"})).collect();
    let bids = read(json!({"seatbid": [{"bid": bids}]}).to_string()).unwrap();
    assert_eq!(bids.lost.len(), 11);
    assert_eq!(bids.lost[10], "490 more bids cannot be read");
}

#[test]
fn what_is_no_response_is_an_error() {
    for body in [
        "nonsense",
        "[]",
        "7",
        r#"{"seatbid":{}}"#,
        r#"{"seatbid":7}"#,
        "{\"seatbid\":[",
    ] {
        assert!(
            matches!(read(body), Err(AdapterError::Malformed(_))),
            "{body}"
        );
    }
}

#[test]
fn bids_of_other_dialects_are_read_in_the_same_way() {
    let expected = Bid {
        id: "7".to_owned(),
        w: Some(300),
        mtype: Some(MediaType::Video),
        ..Bid::default()
    };
    assert_eq!(
        bid(json!({"id": 7, "w": "300", "mtype": "2"})),
        Ok(expected)
    );
    assert!(bid(json!([])).is_err());
}
