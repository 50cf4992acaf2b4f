//! [`MediaTypeRule`]: one way to find out what kind of markup a bid has. Definitions name a chain of them.

use std::collections::BTreeMap;

use openrtb::MediaType;
use serde_json::Value;

use super::fault::KeyFault;
use super::file::{MediaTypeStep, TableStep};
use super::media_types;
use super::path::{Path, Root};

/// One step of the chain; the first step that finds something decides.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MediaTypeRule {
    /// `bid.mtype`.
    Mtype,
    /// `bid.ext.prebid.type`.
    PrebidType,
    /// A value of the bid, looked up in a table or among the usual names.
    Path {
        path: Path,
        map: BTreeMap<String, MediaType>,
    },
    /// What the markup looks like.
    Markup,
    /// What was offered for the imp; the first in this list if several were.
    Imp(Vec<MediaType>),
    /// Always this type.
    Constant(MediaType),
}

const USUAL_ORDER: [MediaType; 4] = [
    MediaType::Banner,
    MediaType::Video,
    MediaType::Audio,
    MediaType::Native,
];

/// What SSPs usually do, for definitions that say nothing about it.
pub(super) fn usual() -> Vec<MediaTypeRule> {
    vec![
        MediaTypeRule::Mtype,
        MediaTypeRule::PrebidType,
        MediaTypeRule::Imp(USUAL_ORDER.to_vec()),
    ]
}

pub(super) fn compile(raw: MediaTypeStep, key: &str) -> Result<MediaTypeRule, KeyFault> {
    let fault = |problem: String| KeyFault::new(key, problem);
    let named = |name: &str| {
        MediaType::from_name(name)
            .ok_or_else(|| fault(format!("no way or media type is called {name:?}")))
    };
    match raw {
        MediaTypeStep::Named(name) => Ok(match name.as_str() {
            "mtype" => MediaTypeRule::Mtype,
            "ext.prebid.type" => MediaTypeRule::PrebidType,
            "markup" => MediaTypeRule::Markup,
            "imp" => MediaTypeRule::Imp(USUAL_ORDER.to_vec()),
            name => MediaTypeRule::Constant(named(name)?),
        }),
        MediaTypeStep::Table(TableStep { path, imp, map }) => match (path, imp) {
            (Some(path), None) => {
                let path = Path::parse(&path).map_err(fault)?;
                if path.root != Root::Bid {
                    return Err(fault("must begin with bid".to_owned()));
                }
                let entry = |(text, name): (String, String)| Ok((text, named(&name)?));
                let map = map.into_iter().map(entry);
                Ok(MediaTypeRule::Path {
                    path,
                    map: map.collect::<Result<_, KeyFault>>()?,
                })
            }
            (None, Some(order)) if map.is_empty() => {
                Ok(MediaTypeRule::Imp(media_types(&order).map_err(fault)?))
            }
            _ => Err(fault(
                "is either path, with or without map, or imp".to_owned(),
            )),
        },
    }
}

/// What a value of a bid means: by the table or, without one, by its usual name or number.
pub(crate) fn by_value(value: &Value, map: &BTreeMap<String, MediaType>) -> Option<MediaType> {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if !map.is_empty() {
        return map.get(&text).copied();
    }
    let number = || text.parse().ok().and_then(MediaType::from_number);
    MediaType::from_name(&text).or_else(number)
}

/// What the markup looks like: VAST, a native answer, or HTML.
pub(crate) fn by_markup(markup: &str) -> Option<MediaType> {
    let start = markup.trim_start();
    if start.is_empty() {
        return None;
    }
    let head: String = start.chars().take(300).collect();
    if head.contains("<VAST") || head.contains("<vast") {
        return Some(MediaType::Video);
    }
    if start.starts_with('{') {
        let native = |value: Value| {
            value
                .get("native")
                .or_else(|| value.get("assets"))
                .is_some()
        };
        return serde_json::from_str(start)
            .is_ok_and(native)
            .then_some(MediaType::Native);
    }
    Some(MediaType::Banner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_tells_its_kind() {
        let check = |markup: &str, expected| assert_eq!(by_markup(markup), expected, "{markup}");
        check(
            " <?xml version='1.0'?><VAST version='3.0'/>",
            Some(MediaType::Video),
        );
        check("{\"native\":{\"assets\":[]}}", Some(MediaType::Native));
        check("{\"assets\":[]}", Some(MediaType::Native));
        check("<div>", Some(MediaType::Banner));
        check("{\"x\":1}", None);
        check("", None);
    }

    #[test]
    fn values_tell_by_table_name_or_number() {
        let table = BTreeMap::from([("V".to_owned(), MediaType::Video)]);
        assert_eq!(by_value(&"V".into(), &table), Some(MediaType::Video));
        assert_eq!(by_value(&"video".into(), &table), None);
        assert_eq!(
            by_value(&"native".into(), &BTreeMap::new()),
            Some(MediaType::Native)
        );
        assert_eq!(
            by_value(&2.into(), &BTreeMap::new()),
            Some(MediaType::Video)
        );
    }
}
