//! From a schema's JSON to rules; unknown keywords are faults.

use regex_lite::Regex;
use serde_json::{Map, Number, Value};

use super::format::Format;
use super::{Bound, JsonType, Node, Rule};

/// How deeply schemas may nest.
const MAX_DEPTH: usize = 32;

/// Keywords that check nothing.
const ANNOTATIONS: [&str; 13] = [
    "$schema",
    "$id",
    "id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "writeOnly",
    "then",
    "else",
    "deprecated",
    "readOnly",
];

type Members = Map<String, Value>;
type Properties = Vec<(String, Node)>;

/// Compiles a schema; `at` leads to it.
pub(super) fn node(schema: &Value, at: &str, depth: usize) -> Result<Node, String> {
    if depth > MAX_DEPTH {
        return Err(format!("{at}: is nested too deeply"));
    }
    let members = match schema {
        Value::Bool(true) => return Ok(Node::default()),
        Value::Bool(false) => {
            return Ok(Node {
                rules: vec![Rule::Never],
            });
        }
        Value::Object(members) => members,
        _ => return Err(format!("{at}: a schema is an object")),
    };
    let compiler = Compiler { members, at, depth };
    let mut rules = Vec::new();
    for (keyword, value) in members {
        match keyword.as_str() {
            "dependencies" | "dependentRequired" | "dependentSchemas" => {
                rules.extend(compiler.dependencies(keyword, value)?);
            }
            keyword => rules.extend(compiler.rule(keyword, value)?),
        }
    }
    Ok(Node { rules })
}

struct Compiler<'a> {
    members: &'a Members,
    at: &'a str,
    depth: usize,
}

impl Compiler<'_> {
    fn rule(&self, keyword: &str, value: &Value) -> Result<Option<Rule>, String> {
        let at = format!("{}.{keyword}", self.at);
        let rule = match keyword {
            "type" => Rule::Type(kinds(value, &at)?),
            "enum" => Rule::Enum(array(value, &at)?.clone()),
            "const" => Rule::Enum(vec![value.clone()]),
            "properties" => Rule::Properties(self.properties(value, &at)?),
            "additionalProperties" => Rule::Others(self.named(), self.below(value, &at)?),
            "required" => Rule::Required(strings(value, &at)?),
            "items" => Rule::Items(self.below(value, &at)?),
            "allOf" => Rule::AllOf(self.several(value, &at)?),
            "anyOf" => Rule::AnyOf(self.several(value, &at)?),
            "oneOf" => Rule::OneOf(self.several(value, &at)?),
            "not" => Rule::Not(Box::new(self.below(value, &at)?)),
            "pattern" => Rule::Pattern(pattern(value, &at)?),
            "format" => return format(value, &at),
            "if" => Rule::If(Box::new([
                self.below(value, &at)?,
                self.branch("then")?,
                self.branch("else")?,
            ])),
            _ => return self.bound(keyword, value, &at),
        };
        Ok(Some(rule))
    }

    fn bound(&self, keyword: &str, value: &Value, at: &str) -> Result<Option<Rule>, String> {
        let most = |keyword: &str| self.size_or(keyword, usize::MAX);
        let rule = match keyword {
            "minItems" => Rule::ItemCount(size(value, at)?, most("maxItems")?),
            "maxItems" => Rule::ItemCount(self.size_or("minItems", 0)?, size(value, at)?),
            "minProperties" => Rule::MemberCount(size(value, at)?, most("maxProperties")?),
            "maxProperties" => {
                Rule::MemberCount(self.size_or("minProperties", 0)?, size(value, at)?)
            }
            "minLength" => Rule::Length(size(value, at)?, most("maxLength")?),
            "maxLength" => Rule::Length(self.size_or("minLength", 0)?, size(value, at)?),
            "minimum" => Rule::Minimum(number(value, at)?, self.draft_4_bound("exclusiveMinimum")),
            "maximum" => Rule::Maximum(number(value, at)?, self.draft_4_bound("exclusiveMaximum")),
            "exclusiveMinimum" if value.is_number() => {
                Rule::Minimum(number(value, at)?, Bound::Exclusive)
            }
            "exclusiveMaximum" if value.is_number() => {
                Rule::Maximum(number(value, at)?, Bound::Exclusive)
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value.is_boolean() => return Ok(None),
            keyword if ANNOTATIONS.contains(&keyword) => return Ok(None),
            _ => return Err(format!("{at}: this keyword is not supported")),
        };
        Ok(Some(rule))
    }

    /// What an object with a certain member must also have or match: a list of members or, in `dependencies`
    /// and `dependentSchemas`, a schema.
    fn dependencies(&self, keyword: &str, value: &Value) -> Result<Vec<Rule>, String> {
        let at = format!("{}.{keyword}", self.at);
        let members = value
            .as_object()
            .ok_or_else(|| format!("{at}: must be an object"))?;
        let rule = |(name, value): (&String, &Value)| {
            let at = format!("{at}.{name}");
            let node = match value {
                Value::Array(_) if keyword != "dependentSchemas" => Node {
                    rules: vec![Rule::Required(strings(value, &at)?)],
                },
                _ if keyword == "dependentRequired" => {
                    return Err(format!("{at}: must be an array of strings"));
                }
                schema => self.below(schema, &at)?,
            };
            Ok(Rule::With(name.clone(), node))
        };
        members.iter().map(rule).collect()
    }

    /// `then` or `else`; if it is left out, it accepts everything.
    fn branch(&self, keyword: &str) -> Result<Node, String> {
        let schema = self.members.get(keyword);
        schema.map_or_else(
            || Ok(Node::default()),
            |schema| self.below(schema, &format!("{}.{keyword}", self.at)),
        )
    }

    /// In draft 4 the exclusive forms are booleans next to the bound.
    fn draft_4_bound(&self, keyword: &str) -> Bound {
        match self.members.get(keyword) {
            Some(Value::Bool(true)) => Bound::Exclusive,
            _ => Bound::Inclusive,
        }
    }

    fn size_or(&self, keyword: &str, otherwise: usize) -> Result<usize, String> {
        let at = format!("{}.{keyword}", self.at);
        self.members
            .get(keyword)
            .map_or(Ok(otherwise), |value| size(value, &at))
    }

    fn below(&self, schema: &Value, at: &str) -> Result<Node, String> {
        node(schema, at, self.depth + 1)
    }

    fn several(&self, value: &Value, at: &str) -> Result<Vec<Node>, String> {
        let schemas = array(value, at)?.iter().enumerate();
        let nodes = schemas.map(|(index, schema)| self.below(schema, &format!("{at}[{index}]")));
        nodes.collect()
    }

    fn properties(&self, value: &Value, at: &str) -> Result<Properties, String> {
        let members = value
            .as_object()
            .ok_or_else(|| format!("{at}: must be an object"))?;
        let property = |(name, schema): (&String, &Value)| {
            Ok((name.clone(), self.below(schema, &format!("{at}.{name}"))?))
        };
        members.iter().map(property).collect()
    }

    fn named(&self) -> Vec<String> {
        let properties = self.members.get("properties").and_then(Value::as_object);
        properties
            .map(|all| all.keys().cloned().collect())
            .unwrap_or_default()
    }
}

fn kinds(value: &Value, at: &str) -> Result<Vec<JsonType>, String> {
    let kind = |name: &str| match name {
        "null" => Ok(JsonType::Null),
        "boolean" => Ok(JsonType::Boolean),
        "integer" => Ok(JsonType::Integer),
        "number" => Ok(JsonType::Number),
        "string" => Ok(JsonType::String),
        "array" => Ok(JsonType::Array),
        "object" => Ok(JsonType::Object),
        other => Err(format!("{at}: no type is called {other:?}")),
    };
    match value {
        Value::String(name) => Ok(vec![kind(name)?]),
        names => strings(names, at)?.iter().map(|name| kind(name)).collect(),
    }
}

fn array<'a>(value: &'a Value, at: &str) -> Result<&'a Vec<Value>, String> {
    value
        .as_array()
        .ok_or_else(|| format!("{at}: must be an array"))
}

fn strings(value: &Value, at: &str) -> Result<Vec<String>, String> {
    let string = |value: &Value| {
        let text = value.as_str().map(str::to_owned);
        text.ok_or_else(|| format!("{at}: must be an array of strings"))
    };
    array(value, at)?.iter().map(string).collect()
}

fn size(value: &Value, at: &str) -> Result<usize, String> {
    let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
    size.ok_or_else(|| format!("{at}: must be a whole number"))
}

fn number(value: &Value, at: &str) -> Result<Number, String> {
    value
        .as_number()
        .cloned()
        .ok_or_else(|| format!("{at}: must be a number"))
}

fn format(value: &Value, at: &str) -> Result<Option<Rule>, String> {
    let name = value
        .as_str()
        .ok_or_else(|| format!("{at}: must be a string"))?;
    match Format::named(name) {
        Some(known) => Ok(Some(Rule::Format(known))),
        None => Err(format!("{at}: the format {name:?} is not supported")),
    }
}

fn pattern(value: &Value, at: &str) -> Result<Regex, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("{at}: must be a string"))?;
    Regex::new(text).map_err(|error| format!("{at}: {error}"))
}
