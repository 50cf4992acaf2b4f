//! Reads what SSPs send a little off: `"adomain": null`, `"w": "300"`, `"h": 250.0`.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// For `deserialize_with`: `null` counts as left out.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// For `deserialize_with`: a size as whole number, as `300.0` or as `"300"`; anything else counts as left out.
pub(crate) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let text = match Value::deserialize(deserializer)? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text,
        _ => return Ok(None),
    };
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    Ok(whole.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use crate::Bid;

    #[track_caller]
    fn check(w: &str, expected: Option<u32>) {
        let bid: Bid = serde_json::from_str(&format!("{{\"w\":{w}}}")).unwrap();
        assert_eq!(bid.w, expected);
    }

    #[test]
    fn reads_sizes_that_are_a_little_off() {
        check("300", Some(300));
        check("300.0", Some(300));
        check("\"300\"", Some(300));
        check("null", None);
        check("-1", None);
        check("[]", None);
    }
}
