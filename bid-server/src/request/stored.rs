//! Stored imps: what the request says is laid over what the configuration holds.

use openrtb::{Imp, Members};
use serde::Deserialize;
use serde_json::Value;

use crate::config::StoredImps;
use crate::error::Refusal;

/// Replaces each imp that names a stored one by the two merged.
pub(super) fn resolve(imps: &mut [Imp], stored: &StoredImps) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    for (index, imp) in imps.iter_mut().enumerate() {
        let Some(id) = stored_id(imp) else { continue };
        let path = format!("request.imp[{index}]");
        match stored.get(&id) {
            None => faults.push(format!(
                "{path}.ext.prebid.storedrequest.id: no stored imp {id:?}"
            )),
            Some(below) => match lay_over(below, imp) {
                Ok(merged) => *imp = merged,
                Err(error) => faults.push(format!("{path} with stored imp {id:?}: {error}")),
            },
        }
    }
    Refusal::unless_empty(faults)
}

/// The id of the stored imp that an imp names.
pub(super) fn stored_id(imp: &Imp) -> Option<String> {
    let stored = imp.ext.as_ref()?.prebid.as_ref()?.storedrequest.as_ref()?;
    Some(stored.id.clone())
}

fn lay_over(below: &Members, imp: &Imp) -> Result<Imp, serde_json::Error> {
    let mut merged = Value::Object(below.clone());
    merge(&mut merged, serde_json::to_value(imp)?);
    Imp::deserialize(merged)
}

/// JSON merge patch (RFC 7396): objects are merged, `null` removes, anything else replaces.
fn merge(below: &mut Value, over: Value) {
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
            below.remove(&key);
        } else {
            merge(below.entry(key).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(mut below: Value, over: Value, expected: &Value) {
        merge(&mut below, over);
        assert_eq!(&below, expected);
    }

    #[test]
    fn incoming_wins_and_arrays_are_replaced() {
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
            json!({"a": null}),
            &json!({"b": 2}),
        );
    }
}
