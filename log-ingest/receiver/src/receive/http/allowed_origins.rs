//! `http.allowed_origins`: whose pages may send.

use crate::setting::ConfigError;

/// Origins, some with one wildcard in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins(Vec<OriginPattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct OriginPattern {
    before: String,
    /// What must follow the wildcard; `None` = there is none.
    after: Option<String>,
}

impl Origins {
    pub(super) fn check(origins: &[String]) -> Result<Self, ConfigError> {
        let patterns = origins.iter().map(|text| {
            OriginPattern::parse(text).ok_or_else(|| ConfigError {
                key: "http.allowed_origins",
                reason: format!(
                    "{text:?} is not an origin such as https://example.com or https://*.example.com"
                ),
            })
        });
        patterns.collect::<Result<_, _>>().map(Self)
    }

    /// May a page of that origin send?
    pub fn allow(&self, origin: &str) -> bool {
        self.0.iter().any(|pattern| pattern.fits(origin))
    }
}

impl OriginPattern {
    fn parse(text: &str) -> Option<Self> {
        let known = text == "*" || text == "null" || text.contains("://");
        let bare = !text.ends_with('/') && !text.chars().any(char::is_whitespace);
        if !known || !bare || text.matches('*').count() > 1 {
            return None;
        }
        Some(match text.split_once('*') {
            Some((before, after)) => Self {
                before: before.to_owned(),
                after: Some(after.to_owned()),
            },
            None => Self {
                before: text.to_owned(),
                after: None,
            },
        })
    }

    fn fits(&self, origin: &str) -> bool {
        match &self.after {
            None => origin == self.before,
            Some(after) => origin
                .strip_prefix(&self.before)
                .is_some_and(|rest| rest.len() >= after.len() && rest.ends_with(after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Origins;

    fn allows(list: &[&str], origin: &str) -> bool {
        let list: Vec<String> = list.iter().map(|text| (*text).to_owned()).collect();
        Origins::check(&list).unwrap().allow(origin)
    }

    #[test]
    fn one_wildcard_stands_for_anything_in_its_permit() {
        let list = ["https://shop.example", "https://*.recipes.example"];
        assert!(allows(&list, "https://shop.example"));
        assert!(allows(&list, "https://a.b.recipes.example"));
        for other in [
            "https://shop.example.net",
            "https://recipes.example",
            "http://a.recipes.example",
            "https://a.recipes.example:8443",
            "null",
            "",
        ] {
            assert!(!allows(&list, other), "{other}");
        }
        assert!(allows(&["*"], "null") && allows(&["null"], "null"));
        assert!(!allows(&[], "https://shop.example"));
    }

    #[test]
    fn what_is_no_origin_is_named() {
        for bad in [
            "shop.example",
            "https://*.*.example",
            "https://a.example/",
            "https://a b",
        ] {
            let error = Origins::check(&[bad.to_owned()]).unwrap_err();
            assert!(
                error.to_string().starts_with("http.allowed_origins: "),
                "{error}"
            );
        }
    }
}
