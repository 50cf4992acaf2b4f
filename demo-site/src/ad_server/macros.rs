//! Fills the ad server's macros in a creative: `%%PATTERN:key%%`, `%%CACHEBUSTER%%` and the like.

use std::collections::BTreeMap;

use super::wire::KeyValues;
use crate::slots::Size;

/// What the macros stand for in one ad.
#[derive(Debug)]
pub struct MacroValues<'a> {
    /// The slot's key-values, merged with the page's.
    pub targeting: &'a KeyValues,
    /// The publisher's page; used for the key `url` where the page did not set it.
    pub page_url: &'a str,
    /// Put before an advertiser's address to count the click.
    pub click_url: &'a str,
    /// Counts the view.
    pub view_url: &'a str,
    /// A number that no two ads share.
    pub cache_buster: &'a str,
    /// Size of the creative.
    pub size: Size,
}

/// The creative with every `%%…%%` replaced; unknown macros become empty, as the ad server has no value for them.
pub fn expand(template: &str, values: &MacroValues<'_>) -> String {
    let mut expanded = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("%%") {
        expanded.push_str(before);
        let Some((name, tail)) = after.split_once("%%") else {
            expanded.push_str("%%");
            rest = after;
            break;
        };
        if is_macro_name(name) {
            expanded.push_str(&value(name, values));
            rest = tail;
        } else {
            // Not a macro: a lone `%%` in the markup stays, and what follows may still hold a macro.
            expanded.push_str("%%");
            rest = after;
        }
    }
    expanded.push_str(rest);
    expanded
}

fn is_macro_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_:-.".contains(&byte))
}

fn value(name: &str, values: &MacroValues<'_>) -> String {
    match name {
        "PATTERN:TARGETINGMAP" => targeting_map(values.targeting),
        "PATTERN:url" => pattern("url", values).unwrap_or_else(|| safe(values.page_url)),
        "CLICK_URL_UNESC" => values.click_url.to_owned(),
        "VIEW_URL_UNESC" => values.view_url.to_owned(),
        "CACHEBUSTER" => values.cache_buster.to_owned(),
        "WIDTH" => values.size.0.to_string(),
        "HEIGHT" => values.size.1.to_string(),
        _ => name
            .strip_prefix("PATTERN:")
            .and_then(|key| pattern(key, values))
            .unwrap_or_default(),
    }
}

fn pattern(key: &str, values: &MacroValues<'_>) -> Option<String> {
    let list = values.targeting.get(key)?;
    Some(safe(&list.join(",")))
}

/// Values land inside quotes of scripts and attributes; whatever could end them is dropped.
fn safe(value: &str) -> String {
    let harmless = |letter: &char| !matches!(letter, '"' | '\'' | '<' | '>' | '\\' | '\n' | '\r');
    value.chars().filter(harmless).collect()
}

/// The key-values as an object literal for a script.
fn targeting_map(targeting: &KeyValues) -> String {
    let map: BTreeMap<&str, Vec<String>> = targeting
        .iter()
        .map(|(key, list)| (key.as_str(), list.iter().map(|value| safe(value)).collect()))
        .collect();
    let json = serde_json::to_string(&map).unwrap_or_else(|_| "{}".to_owned());
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::{MacroValues, expand};
    use crate::ad_server::wire::KeyValues;

    fn check(template: &str, expected: &str) {
        let targeting: KeyValues = [
            ("hb_adid".to_owned(), vec!["a1".to_owned()]),
            (
                "topic".to_owned(),
                vec!["soup".to_owned(), "b\"</script>".to_owned()],
            ),
        ]
        .into();
        let values = MacroValues {
            targeting: &targeting,
            page_url: "http://127.0.0.1:3000/early/",
            click_url: "http://ads/click?to=",
            view_url: "http://ads/view",
            cache_buster: "42",
            size: (728, 90),
        };
        assert_eq!(expand(template, &values), expected);
    }

    #[test]
    fn fills_patterns() {
        check("id=%%PATTERN:hb_adid%%;", "id=a1;");
        check("%%PATTERN:missing%%|", "|");
        check("%%PATTERN:url%%", "http://127.0.0.1:3000/early/");
    }

    #[test]
    fn values_cannot_leave_their_quotes() {
        check("'%%PATTERN:topic%%'", "'soup,b/script'");
        check(
            "m = %%PATTERN:TARGETINGMAP%%;",
            r#"m = {"hb_adid":["a1"],"topic":["soup","b/script"]};"#,
        );
    }

    #[test]
    fn fills_addresses_and_numbers() {
        check("%%CLICK_URL_UNESC%%x", "http://ads/click?to=x");
        check("%%CACHEBUSTER%% %%WIDTH%%x%%HEIGHT%%", "42 728x90");
    }

    #[test]
    fn leaves_percent_signs_that_are_no_macro() {
        check("width: 100%%; %%WIDTH%%", "width: 100%%; 728");
        check("50%% off", "50%% off");
        check("%%", "%%");
    }
}
