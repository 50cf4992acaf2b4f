//! [`Condition`]: decides whether a change is made.

use std::cmp::Ordering;

use regex_lite::Regex;
use serde_json::Value;

use super::fault::KeyFault;
use super::file;
use super::path::Path;
use super::template::{Scope, constant_of};

/// One test of one value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    path: Path,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Present(bool),
    Is(Value),
    IsNot(Value),
    Among(Vec<Value>),
    Matches(Pattern),
}

/// A regular expression. Two of them are equal if they are written the same way.
#[derive(Debug, Clone)]
struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Condition {
    pub(super) fn compile(raw: &file::Condition, key: &str) -> Result<Self, KeyFault> {
        let fault = |problem: String| KeyFault::new(key, problem);
        let path = Path::parse(&raw.path).map_err(fault)?;
        let mut tests = tests(raw).into_iter().flatten();
        match (tests.next(), tests.next()) {
            (Some(test), None) => Ok(Self {
                path,
                test: test.map_err(fault)?,
            }),
            _ => Err(fault(
                "exactly one of present, is, is_not, in and matches is needed".to_owned(),
            )),
        }
    }

    /// Whether it holds. A missing value is equal to nothing.
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> bool {
        let value = scope.get(&self.path);
        match &self.test {
            Test::Present(present) => value.is_some() == *present,
            Test::Is(expected) => value.is_some_and(|value| same(value, expected)),
            Test::IsNot(other) => !value.is_some_and(|value| same(value, other)),
            Test::Among(values) => {
                value.is_some_and(|value| values.iter().any(|among| same(value, among)))
            }
            Test::Matches(Pattern(pattern)) => value
                .and_then(Value::as_str)
                .is_some_and(|text| pattern.is_match(text)),
        }
    }
}

type Written = Option<Result<Test, String>>;

/// All tests that the condition contains.
fn tests(raw: &file::Condition) -> [Written; 5] {
    let among = |values: &Vec<toml::Value>| {
        let values = values.iter().map(constant_of);
        values.collect::<Result<_, _>>().map(Test::Among)
    };
    let matches = |text: &String| {
        let pattern = Regex::new(text).map_err(|error| error.to_string())?;
        Ok(Test::Matches(Pattern(pattern)))
    };
    [
        raw.present.map(|present| Ok(Test::Present(present))),
        raw.is
            .as_ref()
            .map(|value| constant_of(value).map(Test::Is)),
        raw.is_not
            .as_ref()
            .map(|value| constant_of(value).map(Test::IsNot)),
        raw.among.as_ref().map(among),
        raw.matches.as_ref().map(matches),
    ]
}

/// Whether two values mean the same: `0` equals `0.0`.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        // Whole numbers keep all their digits; fractions are compared as floats.
        (Value::Number(one), Value::Number(other)) if one.is_f64() || other.is_f64() => {
            let both = one.as_f64().zip(other.as_f64());
            both.is_some_and(|(one, other)| one.partial_cmp(&other).is_some_and(Ordering::is_eq))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod unit {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(condition: &str, imp: &Value, expected: bool) {
        let raw: file::Condition = toml::from_str(condition).unwrap();
        let condition = Condition::compile(&raw, "x").unwrap();
        let scope = Scope {
            params: &Value::Null,
            imp,
            request: &Value::Null,
            bid: &Value::Null,
        };
        assert_eq!(condition.holds(&scope), expected, "{imp}");
    }

    #[test]
    fn numbers_are_compared_by_value() {
        for zero in [json!(0), json!(0.0), json!(-0.0)] {
            let imp = json!({"bidfloor": zero});
            check("path = 'imp.bidfloor'\nis = 0", &imp, true);
            check("path = 'imp.bidfloor'\nis = 0.0", &imp, true);
            check("path = 'imp.bidfloor'\nis_not = 0", &imp, false);
            check("path = 'imp.bidfloor'\nin = [1, 0]", &imp, true);
        }
        check("path = 'imp.a'\nis = 1", &json!({"a": 1.5}), false);
        check("path = 'imp.a'\nis = 1", &json!({"a": "1"}), false);
        check(
            "path = 'imp.a'\nis = 9007199254740993",
            &json!({"a": 9_007_199_254_740_992_u64}),
            false,
        );
        check("path = 'imp.a'\nis_not = 1", &json!({}), true);
    }

    #[test]
    fn a_pattern_matches_texts_only() {
        let opted_out = "path = 'imp.us_privacy'\nmatches = '^1.[Yy]'";
        check(opted_out, &json!({"us_privacy": "1YYN"}), true);
        check(opted_out, &json!({"us_privacy": "1YNN"}), false);
        check(opted_out, &json!({"us_privacy": 1}), false);
        check(opted_out, &json!({}), false);
    }
}
