//! [`Condition`]: decides whether a change is made.

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
}

impl Condition {
    pub(super) fn compile(raw: &file::Condition, key: &str) -> Result<Self, KeyFault> {
        let fault = |problem: String| KeyFault::new(key, problem);
        let path = Path::parse(&raw.path).map_err(fault)?;
        let test = match (raw.present, &raw.is, &raw.is_not, &raw.among) {
            (Some(present), None, None, None) => Test::Present(present),
            (None, Some(value), None, None) => Test::Is(constant_of(value).map_err(fault)?),
            (None, None, Some(value), None) => Test::IsNot(constant_of(value).map_err(fault)?),
            (None, None, None, Some(values)) => {
                let values = values.iter().map(constant_of);
                Test::Among(values.collect::<Result<_, _>>().map_err(fault)?)
            }
            _ => {
                return Err(fault(
                    "exactly one of present, is, is_not and in is needed".to_owned(),
                ));
            }
        };
        Ok(Self { path, test })
    }

    /// Whether it holds. A missing value is equal to nothing.
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> bool {
        let value = scope.get(&self.path);
        match &self.test {
            Test::Present(present) => value.is_some() == *present,
            Test::Is(expected) => value == Some(expected),
            Test::IsNot(other) => value != Some(other),
            Test::Among(values) => value.is_some_and(|value| values.contains(value)),
        }
    }
}
