//! Requests assembled from data in memory.

use openrtb::BidRequest;
use serde_json::json;

use super::*;
use crate::config::Config;
use crate::data::stored::Snapshot;

const STORED: &str = "
[stored_requests.page]
tmax = 400
site = { page = 'https://stored/', publisher = { id = 'p' } }
imp = [{ id = 'top', ext = { prebid = { storedrequest = { id = 'a' } } } }]
[stored_imps.a]
tagid = 'stored'
banner = { format = [{ w = 728, h = 90 }] }
[profiles.short]
type = 'request'
mergeprecedence = 'profile'
body = { tmax = 100, bcat = ['IAB1'], imp = [{ id = 'of-profile', ext = { prebid = { storedrequest = { id = 'a' }, profiles = ['top'] } } }] }
[profiles.bcat]
type = 'request'
body = { bcat = ['IAB2'], badv = ['b.example'], tmax = 1 }
[profiles.top]
type = 'imp'
body = { tagid = 'profile', instl = 1, banner = { pos = 1, format = [] } }
[profiles.floor]
type = 'imp'
mergeprecedence = 'profile'
body = { bidfloor = 2.5, ext = { prebid = { storedauctionresponse = { id = 'answer' } } } }
[stored_responses]
answer = []
[default_request]
tmax = 900
at = 1
";

fn assemble(request: Value) -> Result<BidRequest, Refusal> {
    let snapshot = Snapshot::of_config(&Config::parse(STORED).unwrap().stored);
    let default = snapshot.default_request().cloned();
    let mut assembly = Assembly::new(request, default)?;
    loop {
        let wanted = assembly.wanted()?;
        if wanted.is_empty() {
            let Parsed {
                request, faults, ..
            } = assembly.finish()?;
            return Refusal::unless_empty(faults).map(|()| request);
        }
        assembly.lay(snapshot.find(&wanted))?;
    }
}

#[track_caller]
fn check(request: Value, expected: &Value) {
    let whole = assemble(request).unwrap();
    assert_eq!(&serde_json::to_value(whole).unwrap(), expected);
}

#[track_caller]
fn check_fault(request: Value, expected: &str) {
    assert_eq!(assemble(request), Err(Refusal::fault(expected)));
}

#[test]
fn incoming_goes_over_stored_and_that_over_the_default() {
    let named = json!({"prebid": {"storedrequest": {"id": "page"}}});
    let imp = json!({
        "id": "top", "tagid": "stored", "banner": {"format": [{"w": 728, "h": 90}]},
        "ext": {"prebid": {"storedrequest": {"id": "a"}}},
    });
    check(
        json!({"id": "r", "site": {"page": "https://now/"}, "ext": named}),
        &json!({"id": "r", "imp": [imp], "tmax": 400, "at": 1, "ext": named,
            "site": {"page": "https://now/", "publisher": {"id": "p"}}}),
    );
}

#[test]
fn default_is_below_requests_that_name_nothing() {
    check(
        json!({"id": "r", "tmax": 1}),
        &json!({"id": "r", "tmax": 1, "at": 1}),
    );
    check(
        json!({"id": "r", "at": null}),
        &json!({"id": "r", "tmax": 900}),
    );
}

#[test]
fn imp_replaces_arrays_and_null_removes() {
    let imp = |more: Value| {
        let mut imp = json!({"id": "i", "ext": {"prebid": {"storedrequest": {"id": "a"}}}});
        lay_over(&mut imp, json!({"x": 0}));
        imp.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"id": "r", "imp": [imp]})
    };
    let whole = assemble(imp(
        json!({"banner": {"format": [{"w": 1, "h": 1}]}, "tagid": null}),
    ))
    .unwrap();
    assert_eq!(whole.imp[0].tagid, None);
    assert_eq!(whole.imp[0].banner.as_ref().unwrap().sizes(), [(1, 1)]);
}

#[test]
fn faults_name_what_is_missing_or_wrong() {
    check_fault(
        json!({"ext": {"prebid": {"storedrequest": {"id": 1}}}}),
        "request.ext.prebid.storedrequest.id: must be a string that is not empty",
    );
    check_fault(
        json!({"imp": [{}, {"ext": {"prebid": {"storedrequest": {"id": "none"}}}}]}),
        "request.imp[1].ext.prebid.storedrequest.id: no stored imp \"none\"",
    );
    check_fault(
        json!({"ext": {"prebid": {"storedrequest": {"id": "none"}}}}),
        "request.ext.prebid.storedrequest.id: no stored request \"none\"",
    );
    let wrong = assemble(
        json!({"imp": [{"banner": {"w": "x"}, "ext": {"prebid": {"storedrequest": {"id": "a"}}}}]}),
    );
    let Err(Refusal::Invalid(faults)) = wrong else {
        panic!()
    };
    assert!(
        faults[0].contains("request.imp[0].banner.w: "),
        "{faults:?}"
    );
}

#[test]
fn profiles_go_over_or_below_what_stored_data_came_to() {
    let named = json!({"prebid": {"storedrequest": {"id": "page"}, "profiles": ["short", "bcat"]}});
    let whole = assemble(json!({"id": "r", "ext": named})).unwrap();
    // "short" takes precedence over the request, "bcat" fills in what is open, and each sees what the ones
    // before it did.
    assert_eq!((whole.tmax, whole.at), (Some(100), Some(1)));
    assert_eq!(whole.bcat, ["IAB1"]);
    assert_eq!(whole.badv, ["b.example"]);
    let imp = &whole.imp[0];
    assert_eq!((imp.id.as_str(), imp.instl), ("of-profile", Some(1)));
    // The stored imp's; the imp's profile was laid under it.
    assert_eq!(imp.tagid.as_deref(), Some("stored"));
    assert_eq!(imp.banner.as_ref().unwrap().sizes(), [(728, 90)]);
}

#[test]
fn a_profile_of_an_imp_may_name_a_stored_answer() {
    let imp = json!({"id": "i", "bidfloor": 1, "ext": {"prebid": {"profiles": ["floor"]}}});
    let mut assembly = Assembly::new(json!({"imp": [imp]}), None).unwrap();
    let snapshot = Snapshot::of_config(&Config::parse(STORED).unwrap().stored);
    for kind in [StoredKind::Profile, StoredKind::Response] {
        let wanted = assembly.wanted().unwrap();
        assert_eq!(
            wanted.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            [kind]
        );
        assembly.lay(snapshot.find(&wanted)).unwrap();
    }
    assert!(assembly.wanted().unwrap().is_empty());
    let parsed = assembly.finish().unwrap();
    let floor = parsed.request.imp[0].bidfloor.unwrap();
    assert_eq!(floor.to_string(), "2.5");
    assert_eq!(parsed.found.len(), 1);
}

#[test]
fn faults_of_profiles_name_the_place() {
    let request = |profiles: Value| json!({"ext": {"prebid": {"profiles": profiles}}});
    for (profiles, fault) in [
        (json!("short"), ": must be a list of at most 20"),
        (json!(vec!["short"; 21]), ": must be a list of at most 20"),
        (
            json!(["short", 1]),
            "[1]: must be a string that is not empty",
        ),
        (json!(["none"]), "[0]: no profile \"none\""),
        (json!(["top"]), "[0]: a profile of imps"),
    ] {
        check_fault(
            request(profiles),
            &format!("request.ext.prebid.profiles{fault}"),
        );
    }
    check_fault(
        json!({"imp": [{}, {"ext": {"prebid": {"profiles": ["bcat"]}}}]}),
        "request.imp[1].ext.prebid.profiles[0]: a profile of requests",
    );
}

#[test]
fn quick_look_sees_what_is_named() {
    for body in [
        r#"{"ext":{"prebid":{"storedrequest":{"id":"a"}}}}"#,
        r#"{"imp":[{},{"ext":{"prebid":{"storedrequest":5}}}]}"#,
        r#"{"ext":{"prebid":{"profiles":[]}}}"#,
        r#"{"imp":[{"ext":7},{"ext":{"prebid":{"storedrequest":{"id":"a"}}}}]}"#,
    ] {
        assert!(names_any(body.as_bytes()), "{body}");
    }
    for body in [
        "",
        "{",
        "[]",
        r#"{"imp":[{"ext":{"prebid":{"storedrequest":null}}}],"ext":null}"#,
    ] {
        assert!(!names_any(body.as_bytes()), "{body}");
    }
}
