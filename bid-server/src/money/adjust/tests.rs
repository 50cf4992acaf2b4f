//! Which rule is applied, and what it does to a price.

use serde_json::json;

use super::*;

/// A dollar is 150 yen; no other rate is known.
fn to_usd(price: Price, currency: &str) -> Option<Price> {
    match currency {
        "USD" => Some(price),
        "JPY" => Some(Price::new(price.amount() / Decimal::from(150))),
        _ => None,
    }
}

fn list(value: &str) -> Value {
    json!([{"adjtype": "static", "value": value, "currency": "USD"}])
}

#[track_caller]
fn check(rules: &Value, price: &str, deal: Option<&str>, expected: &str) {
    let rules = Rules::read(rules).unwrap();
    let bid = Adjusted {
        media: "banner",
        seat: "alpha",
        deal,
    };
    let adjusted = rules.apply(price.parse().unwrap(), bid, to_usd);
    assert_eq!(adjusted.to_string(), expected);
}

fn every(list: &Value) -> Value {
    json!({"mediatype": {"*": {"*": {"*": list}}}})
}

#[test]
fn the_most_specific_of_eight_rules_counts() {
    let order = [
        ("banner", "alpha", "d"),
        ("banner", "alpha", "*"),
        ("banner", "*", "d"),
        ("*", "alpha", "d"),
        ("banner", "*", "*"),
        ("*", "alpha", "*"),
        ("*", "*", "d"),
        ("*", "*", "*"),
    ];
    for first in 0..order.len() {
        let mut rules = json!({"mediatype": {}});
        for (index, (media, bidder, deal)) in order.iter().enumerate().skip(first) {
            rules["mediatype"][*media][*bidder][*deal] = list(&format!("{}", index + 1));
        }
        check(&rules, "9", Some("d"), &format!("{}", first + 1));
        let without_deal = (first..order.len())
            .find(|index| order[*index].2 == "*")
            .unwrap();
        check(&rules, "9", None, &format!("{}", without_deal + 1));
    }
}

#[test]
fn rules_for_others_change_nothing() {
    let rules =
        json!({"mediatype": {"native": {"*": {"*": list("1")}}, "*": {"beta": {"*": list("1")}}}});
    check(&rules, "2.345678", None, "2.345678");
}

#[test]
fn steps_follow_each_other_and_four_digits_stay() {
    let steps = json!([
        {"adjtype": "multiplier", "value": 1.1},
        {"adjtype": "cpm", "value": 15, "currency": "JPY"},
        {"adjtype": "multiplier", "value": 0.3},
    ]);
    check(&every(&steps), "1.23456", None, "0.3774");
    check(
        &every(&json!([{"adjtype": "multiplier", "value": 0.5}])),
        "0.0001",
        None,
        "0.0001",
    );
    check(
        &every(&json!([{"adjtype": "static", "value": 300, "currency": "JPY"}])),
        "9",
        None,
        "2",
    );
}

#[test]
fn nothing_or_less_becomes_a_tenth_but_deals_may_be_free() {
    let taken = every(&json!([{"adjtype": "cpm", "value": 5, "currency": "USD"}]));
    check(&taken, "2", None, "0.1");
    check(&taken, "5", None, "0.1");
    check(&taken, "2", Some("d"), "0");
}

#[test]
fn without_a_rate_the_price_stays() {
    let steps = json!([
        {"adjtype": "multiplier", "value": 2},
        {"adjtype": "cpm", "value": 1, "currency": "CHF"},
    ]);
    check(&every(&steps), "1.5", None, "1.5");
}

#[test]
fn numbers_beyond_all_decimals_leave_the_price() {
    let steps = json!([{"adjtype": "multiplier", "value": 99}]);
    check(
        &every(&steps),
        "70000000000000000000000000000",
        None,
        "70000000000000000000000000000",
    );
}

#[test]
fn the_upper_rules_win_one_by_one() {
    let upper =
        Rules::read(&json!({"mediatype": {"banner": {"alpha": {"*": list("1")}}}})).unwrap();
    let lower = json!({"mediatype": {"banner": {"alpha": {"*": list("2"), "d": list("3")}, "*": {"*": list("4")}}}});
    let both = upper.over(Rules::read(&lower).unwrap());
    for (seat, deal, expected) in [
        ("alpha", None, "1"),
        ("alpha", Some("d"), "3"),
        ("beta", None, "4"),
    ] {
        let bid = Adjusted {
            media: "banner",
            seat,
            deal,
        };
        assert_eq!(both.apply(Price::ZERO, bid, to_usd).to_string(), expected);
    }
}

#[track_caller]
fn check_refused(list: &Value, problem: &str) {
    let refusal = Rules::read(&every(list)).unwrap_err();
    assert!(refusal.contains(problem), "{refusal}");
}

#[test]
fn refuses_what_makes_no_sense() {
    check_refused(
        &json!([{"adjtype": "multiplier", "value": 100}]),
        "mediatype.*.*.*: a multiplier",
    );
    check_refused(&json!([{"adjtype": "multiplier", "value": -1}]), "negative");
    check_refused(&json!([{"adjtype": "cpm", "value": 1}]), "currency");
    check_refused(&json!([{"adjtype": "static", "value": 1}]), "currency");
    check_refused(&json!([{"adjtype": "bonus", "value": 1}]), "bonus");
    check_refused(&json!([{"adjtype": "cpm"}]), "value");
    check_refused(&json!("x"), "sequence");
    assert!(Rules::read(&json!(3)).is_err());
}

#[test]
fn video_is_instream_unless_placed_elsewhere() {
    let imp = |plcmt| {
        let imp = json!({"video": {"mimes": ["video/mp4"], "plcmt": plcmt}});
        Imp::deserialize(imp).unwrap()
    };
    assert_eq!(media_name(MediaType::Video, &imp(None)), "video-instream");
    assert_eq!(
        media_name(MediaType::Video, &imp(Some(1))),
        "video-instream"
    );
    assert_eq!(
        media_name(MediaType::Video, &imp(Some(3))),
        "video-outstream"
    );
    assert_eq!(media_name(MediaType::Native, &imp(Some(3))), "native");
}
