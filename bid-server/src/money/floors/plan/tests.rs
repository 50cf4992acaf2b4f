//! Floors of imps from rules, minimum floors and rates.

use std::sync::Arc;

use super::*;
use crate::money::currency::RateTable;

fn exchange() -> Exchange {
    let row = [("JPY".to_owned(), rust_decimal::Decimal::from(150))];
    Exchange::new(vec![Arc::new(RateTable::from([(
        "USD".to_owned(),
        row.into(),
    )]))])
}

struct Outcome {
    plan: FloorPlan,
    imp: Imp,
    warnings: Vec<String>,
}

fn planned(floors: &Value, fetched: Option<&Value>, account: &PriceFloors, drawn: u32) -> Outcome {
    let request = json!({
        "imp": [{"id": "i", "bidfloor": 0.5, "banner": {"w": 300, "h": 250}, "ext": {"prebid": {"floors": {"floorMin": 0}}}}],
        "site": {"domain": "d.example"}, "ext": {"prebid": {"floors": floors}},
    });
    let mut request: BidRequest = serde_json::from_value(request).unwrap();
    let fetched = fetched.map(|data| FloorData::read(data).unwrap());
    let mut warnings = Vec::new();
    let sources = FloorSources {
        floors: of_request_or_account(&request, account),
        enabled: account.enabled,
        account,
        fetched: fetched.as_ref(),
        exchange: &exchange(),
    };
    let plan = plan(
        &mut request,
        &sources,
        |limit| drawn.min(limit - 1),
        &mut warnings,
    );
    Outcome {
        plan,
        imp: request.imp.remove(0),
        warnings: warnings.into_iter().map(|notice| notice.text).collect(),
    }
}

fn model() -> Value {
    json!({"schema": {"fields": ["mediaType", "size"]}, "values": {"Banner|300x250": 2.00004, "*|*": 1}, "default": 9})
}

fn floor(outcome: &Outcome) -> (String, String) {
    let floor = outcome.imp.bidfloor.unwrap().to_string();
    (floor, outcome.imp.bidfloorcur.clone().unwrap_or_default())
}

fn check(floors: &Value, amount: &str, currency: &str) -> Outcome {
    let outcome = planned(floors, None, &PriceFloors::default(), 0);
    assert_eq!(outcome.warnings, Vec::<String>::new());
    assert_eq!(floor(&outcome), (amount.to_owned(), currency.to_owned()));
    outcome
}

#[test]
fn a_rule_sets_the_floor_and_is_told() {
    let outcome = check(&json!({"data": {"modelGroups": [model()]}}), "2", "USD");
    let said = &outcome.imp.ext.unwrap().prebid.unwrap().other["floors"];
    assert_eq!(
        said,
        &json!({"floorrule": "banner|300x250", "floorrulevalue": 2.0, "floorvalue": 2.0})
    );
    let ruled = outcome.plan.imps[0].as_ref().unwrap();
    assert_eq!(ruled.rule.as_deref(), Some("banner|300x250"));
    assert!(outcome.plan.enforced && outcome.plan.adjusted && !outcome.plan.for_deals);
}

#[test]
fn the_default_holds_where_no_rule_fits() {
    let model = json!({"schema": {"fields": ["mediaType"], "delimiter": "^"}, "values": {"video": 2}, "default": 0.7});
    let outcome = check(
        &json!({"data": {"currency": "EUR", "modelGroups": [model]}}),
        "0.7",
        "EUR",
    );
    let said = &outcome.imp.ext.unwrap().prebid.unwrap().other["floors"];
    assert_eq!(said, &json!({"floorMin": 0}));
}

#[test]
fn no_floor_is_less_than_the_least() {
    let mut floors =
        json!({"floorMin": 450, "floorMinCur": "JPY", "data": {"modelGroups": [model()]}});
    check(&floors, "3", "USD");
    floors["floorMin"] = json!(15);
    check(&floors, "2", "USD");
    floors["floorMinCur"] = json!("CHF");
    let outcome = planned(&floors, None, &PriceFloors::default(), 0);
    assert_eq!(floor(&outcome).0, "2");
    assert_eq!(
        outcome.warnings,
        ["floors.floormin: no exchange rate from CHF to USD"]
    );
}

#[test]
fn the_models_currency_goes_before_that_of_the_data() {
    let mut group = model();
    group["currency"] = json!("JPY");
    check(
        &json!({"floormin": 1.5, "data": {"currency": "EUR", "modelgroups": [group]}}),
        "2",
        "JPY",
    );
}

#[test]
fn fetched_rules_go_before_those_of_the_request() {
    let fetched = json!({"modelgroups": [{"schema": {"fields": ["domain"]}, "values": {"d.example": 4}}], "useFetchDataRate": 50});
    let floors = json!({"data": {"modelgroups": [model()]}});
    let account = PriceFloors::default;
    assert_eq!(
        floor(&planned(&floors, Some(&fetched), &account(), 49)).0,
        "4"
    );
    assert_eq!(
        floor(&planned(&floors, Some(&fetched), &account(), 50)).0,
        "2"
    );
}

#[test]
fn the_accounts_rules_stand_in_for_missing_ones() {
    let account = || PriceFloors {
        default_rules: Some(json!({"floorMin": 1.1, "data": {"modelGroups": [{"default": 1}]}})),
        ..PriceFloors::default()
    };
    assert_eq!(floor(&planned(&json!({}), None, &account(), 0)).0, "1.1");
    assert_eq!(
        floor(&planned(
            &json!({"data": {"modelgroups": [model()]}}),
            None,
            &account(),
            0
        ))
        .0,
        "2"
    );
}

#[test]
fn skipped_auctions_have_no_rules_and_enforce_nothing() {
    for rates in [
        json!({"skiprate": 30, "data": {"modelgroups": [model()]}}),
        json!({"skiprate": 0, "data": {"skiprate": 30, "modelgroups": [model()]}}),
        json!({"skiprate": 0, "data": {"skiprate": 0, "modelgroups": [{"skiprate": 30, "default": 2}]}}),
    ] {
        let skipped = planned(&rates, None, &PriceFloors::default(), 29);
        assert!(!skipped.plan.enforced);
        assert_eq!(floor(&skipped).0, "0.5");
        assert_eq!(
            floor(&planned(&rates, None, &PriceFloors::default(), 30)).0,
            "2"
        );
    }
}

#[test]
fn switches_of_request_and_account() {
    let rules = |mut more: Value| {
        more["data"] = json!({"modelgroups": [model()]});
        more
    };
    let enforced = |floors: Value, account: &PriceFloors, drawn| {
        planned(&floors, None, account, drawn).plan.enforced
    };
    let off = PriceFloors {
        enabled: false,
        ..PriceFloors::default()
    };
    let plain = planned(&rules(json!({})), None, &off, 0);
    assert_eq!(
        (floor(&plain).0.as_str(), plain.plan.enforced),
        ("0.5", true)
    );
    assert!(!enforced(
        rules(json!({"enabled": false})),
        &PriceFloors::default(),
        0
    ));
    let with = |enforcement: Value| rules(json!({"enforcement": enforcement}));
    assert!(!enforced(
        with(json!({"enforcePBS": false})),
        &PriceFloors::default(),
        0
    ));
    assert!(enforced(
        with(json!({"enforceRate": 30})),
        &PriceFloors::default(),
        29
    ));
    assert!(!enforced(
        with(json!({"enforceRate": 30})),
        &PriceFloors::default(),
        30
    ));
    assert!(!enforced(
        with(json!({"enforceRate": 0})),
        &PriceFloors::default(),
        0
    ));
    let rarely = || PriceFloors {
        enforce_floors_rate: 10,
        enforce_deal_floors: true,
        ..PriceFloors::default()
    };
    assert!(enforced(with(json!({})), &rarely(), 9));
    assert!(!enforced(with(json!({})), &rarely(), 10));
    let deals = with(json!({"floorDeals": true, "bidAdjustment": false}));
    let deals = planned(&deals, None, &rarely(), 0).plan;
    assert!(deals.for_deals && !deals.adjusted);
    assert!(!planned(&with(json!({})), None, &rarely(), 0).plan.for_deals);
}

#[test]
fn models_that_cannot_be_used_are_named() {
    let floors = json!({"data": {"modelgroups": [{"modelweight": 700}, model()]}});
    let outcome = planned(&floors, None, &PriceFloors::default(), 0);
    assert_eq!(floor(&outcome).0, "2");
    assert_eq!(
        outcome.warnings,
        ["floors.data.modelgroups[0] is not used: modelweight is not 1 to 100"]
    );
}

/// A request with two imps of which the second brings rules of its own.
fn with_rules_of_a_unit(
    floors: &Value,
    of_unit: &Value,
    account: &PriceFloors,
) -> (BidRequest, FloorPlan, usize) {
    let request = json!({
        "imp": [
            {"id": "plain", "bidfloor": 0.5, "banner": {"w": 300, "h": 250}},
            {"id": "unit", "bidfloor": 0.5, "banner": {"w": 300, "h": 250}, "ext": {"prebid": {"floors": of_unit}}},
        ],
        "site": {"domain": "d.example"}, "ext": {"prebid": {"floors": floors}},
    });
    let mut request: BidRequest = serde_json::from_value(request).unwrap();
    let mut warnings = Vec::new();
    let sources = FloorSources {
        floors: of_request_or_account(&request, account),
        enabled: account.enabled,
        account,
        fetched: None,
        exchange: &exchange(),
    };
    let plan = plan(&mut request, &sources, |_| 0, &mut warnings);
    (request, plan, warnings.len())
}

fn floors_of(request: &BidRequest) -> Vec<String> {
    let imps = request.imp.iter();
    imps.map(|imp| {
        let floor = imp.bidfloor.unwrap().to_string();
        floor + imp.bidfloorcur.as_deref().unwrap_or_default()
    })
    .collect()
}

#[test]
fn rules_of_a_unit_are_for_its_imp() {
    let account = PriceFloors {
        default_rules: Some(json!({"data": {"modelGroups": [{"default": 7}]}})),
        ..PriceFloors::default()
    };
    let unit = json!({
        "floorMin": 0.1, "currency": "JPY", "schema": {"delimiter": "|", "fields": ["mediaType", "size"]},
        "values": {"banner|300x250": 150}, "default": 40,
    });
    let (request, plan, warnings) = with_rules_of_a_unit(&Value::Null, &unit, &account);
    assert_eq!(floors_of(&request), ["0.5", "150JPY"]);
    assert_eq!(warnings, 0);
    assert!(plan.imps[0].is_none());
    let ruled = plan.imps[1].as_ref().unwrap();
    assert_eq!(ruled.rule.as_deref(), Some("banner|300x250"));
    // If the request has rules, those of its units do not count, as in Prebid.js.
    let of_all = json!({"data": {"modelGroups": [{"default": 2}]}});
    let (request, ..) = with_rules_of_a_unit(&of_all, &unit, &account);
    assert_eq!(floors_of(&request), ["2USD", "2USD"]);
    let only_default = json!({"default": 3, "currency": "USD"});
    let (request, ..) = with_rules_of_a_unit(&Value::Null, &only_default, &account);
    assert_eq!(floors_of(&request), ["0.5", "3USD"]);
}

#[test]
fn bidders_do_not_see_rules_of_units() {
    let account = PriceFloors::default();
    let rules =
        json!({"modelVersion": "v1", "values": {"video": 9}, "schema": {"fields": ["mediaType"]}});
    for (floors, unit, warned) in [
        (json!({"enabled": false}), rules.clone(), 0),
        (Value::Null, rules, 0),
        (
            Value::Null,
            json!({"modelVersion": "v1", "values": {"a": "much"}}),
            1,
        ),
        (
            Value::Null,
            json!({"modelVersion": "v1", "default": 1, "schema": {"fields": ["moon"]}}),
            1,
        ),
    ] {
        let (request, _, warnings) = with_rules_of_a_unit(&floors, &unit, &account);
        let prebid = request.imp[1]
            .ext
            .as_ref()
            .unwrap()
            .prebid
            .as_ref()
            .unwrap();
        assert_eq!(
            prebid.other["floors"].as_object().unwrap().len(),
            1,
            "{unit}"
        );
        assert_eq!(floors_of(&request), ["0.5", "0.5"], "{unit}");
        assert_eq!(warnings, warned, "{unit}");
    }
}
