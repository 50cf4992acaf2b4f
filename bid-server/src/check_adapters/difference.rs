//! [`differences`]: what differs between two JSON values, one line for each place.

use serde_json::Value;

/// Adds a line for each value below `path` that differs.
pub(super) fn differences(
    path: &str,
    expected: Option<&Value>,
    seen: Option<&Value>,
    lines: &mut Vec<String>,
) {
    match (expected, seen) {
        (Some(Value::Object(expected)), Some(Value::Object(seen))) => {
            for (name, value) in expected {
                differences(
                    &format!("{path}.{name}"),
                    Some(value),
                    seen.get(name),
                    lines,
                );
            }
            for (name, value) in seen {
                if !expected.contains_key(name) {
                    differences(&format!("{path}.{name}"), None, Some(value), lines);
                }
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(seen))) => {
            for index in 0..expected.len().max(seen.len()) {
                let place = format!("{path}[{index}]");
                differences(&place, expected.get(index), seen.get(index), lines);
            }
        }
        (expected, seen) if expected == seen => {}
        (expected, seen) => {
            let (expected, seen) = (shown(expected), shown(seen));
            lines.push(format!("{path}: expected {expected}, seen {seen}"));
        }
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_place_gets_its_line() {
        let expected = json!({"a": 1, "b": [1, {"c": "x"}], "d": null, "e": 1});
        let seen = json!({"a": 1, "b": [1, {"c": "y"}, 2], "e": 1.0, "f": {}});
        let mut lines = Vec::new();
        differences("p", Some(&expected), Some(&seen), &mut lines);
        assert_eq!(
            lines,
            [
                "p.b[1].c: expected \"x\", seen \"y\"",
                "p.b[2]: expected nothing, seen 2",
                "p.d: expected null, seen nothing",
                "p.e: expected 1, seen 1.0",
                "p.f: expected nothing, seen {}",
            ]
        );
        differences("p", Some(&seen), Some(&seen), &mut lines);
        assert_eq!(lines.len(), 5);
    }
}
