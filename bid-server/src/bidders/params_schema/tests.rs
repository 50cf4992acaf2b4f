//! Schemas, values, faults.

use serde_json::json;

use super::*;

#[track_caller]
fn check(schema: Value, value: &Value, expected: &[&str]) {
    let schema = ParamsSchema::compile(schema).unwrap();
    assert_eq!(schema.faults(value, &"p"), expected, "{value}");
}

#[test]
fn members_are_checked_and_named() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-04/schema#", "title": "t", "type": "object",
        "properties": {
            "zone": {"type": ["integer", "string"], "minLength": 1},
            "sizes": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 9}, "minItems": 1, "maxItems": 2},
            "region": {"enum": ["jp", "us"]}, "id": {"pattern": "^[a-z]+$"},
        },
        "required": ["zone"], "additionalProperties": false,
    });
    let check = |value: Value, expected: &[&str]| check(schema.clone(), &value, expected);
    check(
        json!({"zone": 1, "sizes": [1, 9], "region": "jp", "id": "a"}),
        &[],
    );
    check(json!({"zone": 1.0}), &[]);
    check(json!({"zone": "x"}), &[]);
    check(json!({}), &["p.zone: missing"]);
    check(json!([]), &["p: must be an object"]);
    check(json!({"zone": ""}), &["p.zone: must not be empty"]);
    check(
        json!({"zone": 1.5}),
        &["p.zone: must be a whole number or a string"],
    );
    check(
        json!({"zone": 1, "sizes": []}),
        &[
            "p.sizes: must have 1 to 2 items",
            "p.sizes: must have 1 to 2 items",
        ],
    );
    check(
        json!({"zone": 1, "sizes": [0, 10], "more": 1}),
        &[
            "p.sizes[0]: must be at least 1",
            "p.sizes[1]: must be at most 9",
            "p.more: is not allowed",
        ],
    );
    check(
        json!({"zone": 1, "region": "eu"}),
        &["p.region: must be one of \"jp\", \"us\""],
    );
    check(
        json!({"zone": 1, "id": "A1"}),
        &["p.id: must match ^[a-z]+$"],
    );
}

#[test]
fn forms_can_be_combined() {
    let either = json!({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]});
    check(either.clone(), &json!({"a": 1}), &[]);
    check(
        either,
        &json!({"a": 1, "b": 1}),
        &["p: must fit exactly one of the allowed forms, fits 2"],
    );
    let any = json!({"anyOf": [{"type": "string"}, {"minimum": 0, "exclusiveMinimum": true, "type": "number"}]});
    check(any.clone(), &json!("x"), &[]);
    check(any, &json!(0), &["p: fits none of the allowed forms"]);
    check(
        json!({"not": {"required": ["a"]}}),
        &json!({"a": 1}),
        &["p: has a form that is not allowed"],
    );
    check(
        json!({"allOf": [{"exclusiveMaximum": 3}, {"const": 3}]}),
        &json!(3),
        &["p: must be less than 3"],
    );
}

#[test]
fn a_member_can_demand_others() {
    let either = json!({"dependencies": {"site": ["page"], "page": {"required": ["site"]}}});
    check(either.clone(), &json!({}), &[]);
    check(either.clone(), &json!({"site": 1, "page": 2}), &[]);
    check(either.clone(), &json!({"site": 1}), &["p.page: missing"]);
    check(either, &json!({"page": 1}), &["p.site: missing"]);
    let newer = json!({
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"b": {"properties": {"c": {"type": "string"}}}},
    });
    check(newer.clone(), &json!({"a": 1}), &["p.b: missing"]);
    check(newer, &json!({"b": 1, "c": 2}), &["p.c: must be a string"]);
}

#[test]
fn a_form_can_depend_on_another() {
    let schema = json!({
        "if": {"properties": {"kind": {"const": "video"}}, "required": ["kind"]},
        "then": {"required": ["length"]}, "else": {"required": ["size"]},
    });
    check(schema.clone(), &json!({"kind": "video", "length": 1}), &[]);
    check(
        schema.clone(),
        &json!({"kind": "video"}),
        &["p.length: missing"],
    );
    check(schema, &json!({"kind": "banner"}), &["p.size: missing"]);
    check(json!({"if": {"required": ["a"]}}), &json!({"a": 1}), &[]);
    check(json!({"then": {"required": ["a"]}}), &json!({}), &[]);
}

#[test]
fn formats_are_checked() {
    let check = |format: &str, right: &[&str], wrong: &[&str]| {
        let schema = ParamsSchema::compile(json!({"format": format})).unwrap();
        for text in right {
            assert!(schema.faults(&json!(text), &"p").is_empty(), "{text}");
        }
        for text in wrong {
            assert_eq!(schema.faults(&json!(text), &"p").len(), 1, "{text}");
        }
        assert!(schema.faults(&json!(7), &"p").is_empty(), "{format}");
    };
    check(
        "uri",
        &["https://a.example/b?c", "urn:a:b"],
        &["a.example", "/b", ""],
    );
    check(
        "uuid",
        &["6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
        &["6ba7b8109dad11d180b400c04fd430c8", "x"],
    );
    check(
        "email",
        &["a.b@c.example"],
        &["a", "@c.example", "a b@c.example", "a@"],
    );
    check(
        "hostname",
        &["a-b.example"],
        &["-a.example", "a..b", "a_b", ""],
    );
    check("ipv4", &["192.0.2.1"], &["192.0.2", "192.0.2.256"]);
    check("ipv6", &["2001:db8::1"], &["192.0.2.1", ":"]);
    check("date", &["2026-12-01"], &["2026-13-01", "01.12.2026"]);
    check("date-time", &["2026-12-01T00:00:00Z"], &["2026-12-01"]);
}

#[test]
fn schemas_that_would_be_misunderstood_are_refused() {
    for schema in [
        json!({"$ref": "#/x"}),
        json!({"format": "colour"}),
        json!({"format": 1}),
        json!({"dependencies": {"a": 1}}),
        json!({"dependentRequired": {"a": {}}}),
        json!({"if": {"type": "text"}}),
        json!({"exclusiveMaximum": "1"}),
        json!({"patternProperties": {}}),
        json!({"type": "text"}),
        json!({"properties": {"a": {"required": true}}}),
        json!({"pattern": "("}),
        json!({"minLength": -1}),
        json!([]),
    ] {
        assert!(ParamsSchema::compile(schema.clone()).is_err(), "{schema}");
    }
}
