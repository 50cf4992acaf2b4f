//! Reads values that SSPs send slightly wrong: `"adomain": null`, `"w": "300"`, `"h": 250.0`.

use std::fmt;

use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// For `deserialize_with`: `null` counts as left out.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// For `deserialize_with`: a size as a whole number, as `300.0` or as `"300"`; anything else counts as left out.
pub(crate) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    deserializer.deserialize_any(Size)
}

/// Accepts any value.
struct Size;

impl<'de> Visitor<'de> for Size {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Option<u32>, E> {
        Ok(u32::try_from(value).ok())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Option<u32>, E> {
        Ok(u32::try_from(value).ok())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Option<u32>, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E>(self, value: &str) -> Result<Option<u32>, E> {
        let whole = value.strip_suffix(".0").unwrap_or(value);
        Ok(whole.trim().parse().ok())
    }

    fn visit_bool<E>(self, _value: bool) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<u32>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<u32>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
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
        check("[{},1]", None);
        check("{\"x\":[]}", None);
        check("true", None);
        check("300.5", None);
    }
}
