//! Native requests as they come from pages, and every rule broken once.

use serde_json::json;

use super::*;

fn complete_one(request: &str) -> (String, Vec<String>) {
    let mut imp = Imp {
        native: Some(json!({"ver": "1.2", "request": request})),
        ..Imp::default()
    };
    let mut faults = Vec::new();
    complete(&"request.imp[0]", &mut imp, &mut faults);
    let text = imp.native.unwrap()["request"].as_str().unwrap().to_owned();
    (text, faults)
}

#[track_caller]
fn check(request: &str, expected: &str) {
    assert_eq!(complete_one(request), (expected.to_owned(), Vec::new()));
}

#[track_caller]
fn check_faults(request: &Value, expected: &[&str]) {
    let (_, faults) = complete_one(&request.to_string());
    let expected: Vec<String> = expected
        .iter()
        .map(|fault| format!("request.imp[0].native.request{fault}"))
        .collect();
    assert_eq!(faults, expected);
}

#[test]
fn missing_ids_are_filled_and_the_rest_is_left_alone() {
    check(
        r#"{"ver":"1.2","assets":[{"title":{"len":80}},{"id":0,"img":{"type":3}},{"data":{"type":1}}],"x":12345678901234567890.5}"#,
        r#"{"ver":"1.2","assets":[{"title":{"len":80},"id":1},{"id":0,"img":{"type":3}},{"data":{"type":1},"id":2}],"x":12345678901234567890.5}"#,
    );
    check(
        r#"{"native":{"assets":[{"id":7,"title":{"len":80}}]}}"#,
        r#"{"native":{"assets":[{"id":7,"title":{"len":80}}]}}"#,
    );
}

#[test]
fn values_from_500_on_are_the_exchanges_own() {
    let request = json!({"context": 501, "plcmttype": 500, "assets": [{"id": 1, "data": {"type": 500}}], "eventtrackers": [{"event": 555, "methods": [501]}]});
    check_faults(&request, &[]);
}

#[test]
fn every_fault_is_named() {
    check_faults(
        &json!({
            "context": 4, "contextsubtype": 9, "plcmttype": "x",
            "eventtrackers": [{"event": 9, "methods": []}],
            "assets": [
                {"title": {"len": 0}}, {"img": {"w": -1}, "title": {"len": 1}}, {},
                {"id": 1, "video": {}}, {"id": 1, "data": {}}, 7, {"img": {"hmin": 1.5, "type": 9}}, {"id": "a", "data": {"type": 1}},
            ],
        }),
        &[
            ".context: must be 1 to 3, or 500 or more",
            ".plcmttype: must be 1 to 4, or 500 or more",
            ".contextsubtype: 9 does not belong to the context",
            ".eventtrackers[0].event: must be 1 to 4, or 500 or more",
            ".eventtrackers[0].methods: must be a list of 1, 2, or 500 or more",
            ".assets[0].title.len: must be 1 or more",
            ".assets[1]: exactly one of title, img, video, data is needed",
            ".assets[2]: exactly one of title, img, video, data is needed",
            ".assets[3].video.mimes: at least one is needed",
            ".assets[3].video.protocols: at least one is needed",
            ".assets[3].video.minduration: must be 1 or more",
            ".assets[3].video.maxduration: must be 1 or more",
            ".assets[4].data.type: must be 1 to 12, or 500 or more",
            ".assets[4].id: 1 is there twice",
            ".assets[5]: must be an object",
            ".assets[6].img.type: must be 1 to 3, or 500 or more",
            ".assets[6].img.hmin: must be a whole number of 0 or more",
            ".assets[7].id: must be a whole number",
        ],
    );
    check_faults(&json!({"assets": []}), &[".assets: at least one is needed"]);
    check_faults(&json!([1]), &[": not a JSON object"]);
}

#[test]
fn text_that_is_no_json_is_refused() {
    let (_, faults) = complete_one("{");
    assert!(faults[0].starts_with("request.imp[0].native.request: not JSON"));
    let mut imp = Imp {
        native: Some(json!({"assets": []})),
        ..Imp::default()
    };
    let mut faults = Vec::new();
    complete(&"request.imp[0]", &mut imp, &mut faults);
    assert_eq!(
        faults,
        ["request.imp[0].native.request: missing, or no text"]
    );
}
