//! Patterns in which `*` stands for any run of characters, as in `/recipes/*`.

/// What a line item is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patterns {
    /// No limits.
    All,
    /// Texts that match one of these.
    Some(Vec<String>),
}

impl Patterns {
    /// From the list in a file: no patterns means no limits.
    pub(crate) fn of(list: Vec<String>) -> Self {
        if list.is_empty() {
            Self::All
        } else {
            Self::Some(list)
        }
    }

    /// Whether one of the texts is within the limits.
    pub(super) fn admit<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        match self {
            Self::All => true,
            Self::Some(patterns) => texts
                .into_iter()
                .any(|text| patterns.iter().any(|pattern| matches(pattern, text))),
        }
    }
}

/// Whether the whole text matches a pattern.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = text.split_once(part) else {
            return false;
        };
        text = after;
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }

    #[test]
    fn star_stands_for_any_run() {
        check("*", "", true);
        check("/recipes/*", "/recipes/soup", true);
        check("/recipes/*", "/search", false);
        check("*/soup", "/early/recipes/soup", true);
        check("/*/recipes/*", "/early/recipes/soup", true);
        check("a*b*c", "a-b-b-c", true);
        check("a*a", "a", false);
        check("div-top", "div-top", true);
        check("div-top", "div-top2", false);
    }
}
