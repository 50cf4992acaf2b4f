//! Queries laid over stored requests.

use openrtb::BidRequest;

use super::*;

fn lay(query: &str, stored: Value) -> (Value, Vec<String>) {
    let request: BidRequest = serde_json::from_value(stored).unwrap();
    let parsed = Parsed {
        request,
        ..Parsed::default()
    };
    let laid = Query::parse(Some(query)).lay_over(parsed);
    (serde_json::to_value(laid.request).unwrap(), laid.faults)
}

#[track_caller]
fn check(query: &str, expected: &Value) {
    let stored = json!({"id": "r", "site": {"page": "https://stored/"}, "imp": [{"id": "i", "banner": {"format": [{"w": 300, "h": 250}, {"w": 320, "h": 50}]}}]});
    let (mut laid, faults) = lay(query, stored.clone());
    assert_eq!(faults, Vec::<String>::new(), "{query}");
    for (name, value) in stored.as_object().unwrap() {
        if laid[name] == *value {
            laid.as_object_mut().unwrap().remove(name);
        }
    }
    assert_eq!(&laid, expected, "{query}");
}

fn imp(more: &Value) -> Value {
    let mut imp = json!({"id": "i"});
    crate::data::merge_patch::lay_over(&mut imp, more.clone());
    json!({"imp": [imp]})
}

#[test]
fn sizes_replace_or_change_those_stored() {
    let formats = |formats: Value| imp(&json!({"banner": {"format": formats}}));
    let one = formats(json!([{"w": 728, "h": 90}]));
    check("w=728&h=90", &one);
    check("w=1&h=2&ow=728&oh=90", &one);
    check("w=728&h=2&oh=90", &one);
    check("sizes=728x90", &one);
    check(
        "w=728&h=90&ms=970x250,%20970x90",
        &formats(json!([{"w": 728, "h": 90}, {"w": 970, "h": 250}, {"w": 970, "h": 90}])),
    );
    check(
        "w=400",
        &formats(json!([{"w": 400, "h": 250}, {"w": 400, "h": 50}])),
    );
    check("h=0&w=", &json!({}));
}

#[test]
fn consent_goes_to_where_it_belongs() {
    check(
        "gdpr_consent=CO&gdpr_applies=true",
        &json!({"user": {"consent": "CO"}, "regs": {"gdpr": 1}}),
    );
    check(
        "gdpr_consent=1YNN",
        &json!({"regs": {"us_privacy": "1YNN"}}),
    );
    check(
        "consent_string=DBAA&gpp_sid=2,6",
        &json!({"regs": {"gpp": "DBAA", "gpp_sid": [2, 6]}}),
    );
    check(
        "consent=x&consent_type=3&tcfc=C&gdpr=0",
        &json!({"user": {"consent": "C"}, "regs": {"us_privacy": "x", "gdpr": 0}}),
    );
    check(
        "addtl_consent=1~2",
        &json!({"user": {"ext": {"ConsentedProvidersSettings": {"consented_providers": "1~2"}}}}),
    );
}

#[test]
fn plain_parameters_have_their_places() {
    check(
        "tmax=300&bcat=IAB1,IAB2&debug=1",
        &json!({"tmax": 300, "bcat": ["IAB1", "IAB2"], "ext": {"prebid": {"debug": true}}}),
    );
    check(
        "page=https%3A%2F%2Fnow%2F&pubid=p&ctitle=Soup",
        &json!({"site": {"page": "https://now/", "publisher": {"id": "p"}, "content": {"title": "Soup"}}}),
    );
    check(
        "ip=203.0.113.9&ua=U&dnt=1&ifa=x",
        &json!({"device": {"ip": "203.0.113.9", "ua": "U", "dnt": 1, "ifa": "x"}}),
    );
    check(
        "slot=/1/top",
        &imp(
            &json!({"tagid": "/1/top", "banner": {"format": [{"w": 300, "h": 250}, {"w": 320, "h": 50}]}}),
        ),
    );
}

#[test]
fn targeting_is_first_party_data() {
    let targeting = r#"targeting={"site":{"a":1},"bidders":["x"],"key":"v"}"#;
    let (laid, faults) = lay(targeting, json!({"id": "r", "imp": [{"id": "i"}]}));
    assert_eq!(faults, Vec::<String>::new());
    let expected = json!({
        "id": "r", "site": {"ext": {"data": {"a": 1}}}, "imp": [{"id": "i", "ext": {"data": {"key": "v"}}}],
        "ext": {"prebid": {"data": {"bidders": ["x"]}}},
    });
    assert_eq!(laid, expected);
}

#[test]
fn every_fault_is_named() {
    let query = "tmax=x&w=-1&sizes=300,1x1&gdpr_applies=maybe&consent=c&consent_type=9&targeting=[&ip=here&battr=1,a&mincpms=inf";
    let stored =
        json!({"id": "r", "imp": [{"id": "i", "banner": {}, "video": {"mimes": ["video/mp4"]}}]});
    let (_, faults) = lay(query, stored);
    let expected = [
        "query.tmax: not a whole number: \"x\"",
        "query.ip: not an address",
        "query.battr: not a whole number: \"a\"",
        "query.mincpms: not a number: \"inf\"",
        "query.w: must not be negative",
        "query.sizes: not a size like 300x250: \"300\"",
        "query.gdpr_applies: must be true or false",
        "query.consent_type: must be 1 to 4",
        "query.targeting: not a JSON object",
    ];
    assert_eq!(faults, expected);
    let (_, faults) = lay(
        "w=1&slot=s",
        json!({"id": "r", "imp": [{"id": "a"}, {"id": "b"}]}),
    );
    assert_eq!(faults.len(), 2);
}
