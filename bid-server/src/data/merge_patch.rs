//! JSON merge patch (RFC 7396): lays requests over stored ones, and accounts over the default one.

use openrtb::Members;
use serde_json::Value;

/// Merges objects; `null` removes a member; anything else, including arrays, replaces.
pub(crate) fn lay_over(below: &mut Value, over: Value) {
    let Value::Object(over) = over else {
        *below = over;
        return;
    };
    if !below.is_object() {
        *below = Value::Object(Members::new());
    }
    let Value::Object(below) = below else { return };
    for (key, value) in over {
        if value.is_null() {
            below.shift_remove(&key);
        } else {
            lay_over(below.entry(key).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(mut below: Value, over: Value, expected: &Value) {
        lay_over(&mut below, over);
        assert_eq!(&below, expected);
    }

    #[test]
    fn upper_one_wins_and_arrays_are_replaced() {
        check(
            json!({"a": 1, "b": {"c": 1, "d": 2}, "e": [1, 2]}),
            json!({"b": {"c": 9}, "e": [3]}),
            &json!({"a": 1, "b": {"c": 9, "d": 2}, "e": [3]}),
        );
    }

    #[test]
    fn null_removes() {
        check(
            json!({"a": 1, "b": 2}),
            json!({"a": null, "c": {"d": null}}),
            &json!({"b": 2, "c": {}}),
        );
    }

    #[test]
    fn objects_replace_what_is_none() {
        check(
            json!({"a": [1]}),
            json!({"a": {"b": 1}}),
            &json!({"a": {"b": 1}}),
        );
        check(json!([1]), json!({"b": 1}), &json!({"b": 1}));
    }
}
