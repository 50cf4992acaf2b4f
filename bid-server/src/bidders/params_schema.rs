//! [`ParamsSchema`]: the JSON Schema of a bidder's params, compiled once, and what is wrong with params.
//!
//! The keywords are those that schemas of bidder params use, with the meaning that drafts 4 to 2020-12 have
//! in common (json-schema.org). A schema with any other keyword is refused at the start, so that none is
//! overlooked. Annotations (`title`, `description` …) are allowed and check nothing.

mod compile;
mod format;

use std::fmt::Display;
use std::fmt::Write;

use format::Format;
use regex_lite::Regex;
use serde_json::{Number, Value};

/// A compiled schema.
#[derive(Debug, Clone)]
pub(crate) struct ParamsSchema {
    source: Value,
    node: Node,
}

/// Two schemas are equal if their JSON is.
impl PartialEq for ParamsSchema {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// All rules of one schema object.
#[derive(Debug, Clone, Default)]
struct Node {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
enum Rule {
    /// `false`: no value is valid.
    Never,
    Type(Vec<JsonType>),
    Enum(Vec<Value>),
    Properties(Vec<(String, Node)>),
    /// The schema for members that `properties` does not name.
    Others(Vec<String>, Node),
    Required(Vec<String>),
    Items(Node),
    ItemCount(usize, usize),
    MemberCount(usize, usize),
    Length(usize, usize),
    Pattern(Regex),
    Format(Format),
    Minimum(Number, Bound),
    Maximum(Number, Bound),
    AllOf(Vec<Node>),
    AnyOf(Vec<Node>),
    OneOf(Vec<Node>),
    Not(Box<Node>),
    /// If the object has that member, it must also match this schema.
    With(String, Node),
    /// A value that matches the first schema must also match the second; any other value must match the third.
    If(Box<[Node; 3]>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Inclusive,
    Exclusive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JsonType {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl ParamsSchema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// The place in the schema and what is wrong there.
    pub(crate) fn compile(source: Value) -> Result<Self, String> {
        let node = compile::node(&source, "schema", 0)?;
        Ok(Self { source, node })
    }

    /// The schema as it was written.
    pub(crate) fn source(&self) -> &Value {
        &self.source
    }

    /// Every fault, each with its JSON path below `path`.
    pub(crate) fn faults(&self, params: &Value, path: &dyn Display) -> Vec<String> {
        let mut faults = Vec::new();
        self.node.check(params, path, &mut faults);
        faults
    }
}

impl Node {
    fn accepts(&self, value: &Value) -> bool {
        let mut faults = Vec::new();
        self.check(value, &"", &mut faults);
        faults.is_empty()
    }

    fn check(&self, value: &Value, path: &dyn Display, faults: &mut Vec<String>) {
        for rule in &self.rules {
            rule.check(value, path, faults);
        }
    }
}

impl Rule {
    fn check(&self, value: &Value, path: &dyn Display, faults: &mut Vec<String>) {
        match self {
            Self::Properties(properties) => {
                for (name, node) in properties {
                    if let Some(member) = value.get(name) {
                        node.check(member, &format_args!("{path}.{name}"), faults);
                    }
                }
            }
            Self::Others(named, node) => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    if !named.contains(name) {
                        node.check(member, &format_args!("{path}.{name}"), faults);
                    }
                }
            }
            Self::Required(names) => {
                let members = value.as_object();
                let missing = |name: &&String| members.is_some_and(|all| !all.contains_key(*name));
                let missing = names.iter().filter(missing);
                faults.extend(missing.map(|name| format!("{path}.{name}: missing")));
            }
            Self::Items(node) => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    node.check(item, &format_args!("{path}[{index}]"), faults);
                }
            }
            Self::With(name, node) => {
                if value.get(name).is_some() {
                    node.check(value, path, faults);
                }
            }
            Self::If(nodes) => {
                let [condition, then, otherwise] = nodes.as_ref();
                let node = if condition.accepts(value) {
                    then
                } else {
                    otherwise
                };
                node.check(value, path, faults);
            }
            Self::AllOf(nodes) => nodes
                .iter()
                .for_each(|node| node.check(value, path, faults)),
            other => {
                if let Some(problem) = other.problem(value) {
                    faults.push(format!("{path}: {problem}"));
                }
            }
        }
    }

    /// What is wrong with the value itself.
    fn problem(&self, value: &Value) -> Option<String> {
        let wrong = |is_wrong: bool, problem: String| is_wrong.then_some(problem);
        match self {
            Self::Never => Some("is not allowed".to_owned()),
            Self::Type(kinds) => wrong(!kinds.iter().any(|kind| kind.is(value)), names(kinds)),
            Self::Enum(values) => wrong(
                !values.contains(value),
                format!("must be one of {}", list(values)),
            ),
            Self::ItemCount(least, most) => {
                let count = value.as_array().map(Vec::len);
                wrong(
                    outside(count, *least, *most),
                    format!("must have {least} to {most} items"),
                )
            }
            Self::MemberCount(least, most) => {
                let count = value.as_object().map(serde_json::Map::len);
                wrong(
                    outside(count, *least, *most),
                    format!("must have {least} to {most} members"),
                )
            }
            Self::Length(least, most) => {
                let length = value.as_str().map(|text| text.chars().count());
                wrong(outside(length, *least, *most), length_text(*least, *most))
            }
            Self::Pattern(pattern) => {
                let matches = value.as_str().is_none_or(|text| pattern.is_match(text));
                wrong(!matches, format!("must match {pattern}"))
            }
            Self::Format(format) => {
                let fits = value.as_str().is_none_or(|text| format.fits(text));
                wrong(!fits, format!("must be {}", format.words()))
            }
            Self::Minimum(..) | Self::Maximum(..) => self.out_of_bounds(value),
            Self::AnyOf(nodes) => wrong(
                !nodes.iter().any(|node| node.accepts(value)),
                "fits none of the allowed forms".to_owned(),
            ),
            Self::OneOf(nodes) => {
                let fitting = nodes.iter().filter(|node| node.accepts(value)).count();
                wrong(
                    fitting != 1,
                    format!("must fit exactly one of the allowed forms, fits {fitting}"),
                )
            }
            Self::Not(node) => wrong(
                node.accepts(value),
                "has a form that is not allowed".to_owned(),
            ),
            Self::Properties(_)
            | Self::Others(..)
            | Self::Required(_)
            | Self::Items(_)
            | Self::With(..)
            | Self::If(_)
            | Self::AllOf(_) => None,
        }
    }

    fn out_of_bounds(&self, value: &Value) -> Option<String> {
        let number = value.as_number()?;
        match self {
            Self::Minimum(least, bound) if below_bound(number, least, *bound) => {
                let words = bound_text(*bound, "at least", "more than");
                Some(format!("must be {words} {least}"))
            }
            Self::Maximum(most, bound) if below_bound(most, number, *bound) => {
                let words = bound_text(*bound, "at most", "less than");
                Some(format!("must be {words} {most}"))
            }
            _ => None,
        }
    }
}

impl JsonType {
    fn is(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Boolean => value.is_boolean(),
            // 1.0 is an integer from draft 6 on.
            Self::Integer => {
                value.is_i64()
                    || value.is_u64()
                    || value
                        .as_f64()
                        .is_some_and(|n| n.fract().abs() < f64::EPSILON)
            }
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

fn names(kinds: &[JsonType]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    format!("must be {}", names.join(" or "))
}

fn list(values: &[Value]) -> String {
    let mut out = String::new();
    for (index, value) in values.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        // Writing into a string cannot fail.
        let _infallible = write!(out, "{comma}{value}");
    }
    out
}

fn length_text(least: usize, most: usize) -> String {
    match (least, most) {
        (1, usize::MAX) => "must not be empty".to_owned(),
        (least, usize::MAX) => format!("must have at least {least} characters"),
        (least, most) => format!("must have {least} to {most} characters"),
    }
}

fn outside(count: Option<usize>, least: usize, most: usize) -> bool {
    count.is_some_and(|count| count < least || count > most)
}

fn below_bound(number: &Number, bound: &Number, kind: Bound) -> bool {
    let (Some(number), Some(bound)) = (number.as_f64(), bound.as_f64()) else {
        return false;
    };
    match kind {
        Bound::Inclusive => number < bound,
        Bound::Exclusive => number <= bound,
    }
}

fn bound_text(bound: Bound, inclusive: &'static str, exclusive: &'static str) -> &'static str {
    match bound {
        Bound::Inclusive => inclusive,
        Bound::Exclusive => exclusive,
    }
}

#[cfg(test)]
mod tests;
