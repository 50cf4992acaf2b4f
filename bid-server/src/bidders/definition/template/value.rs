//! [`ValueTemplate`]: any value with holes in its texts.

use serde_json::{Map, Value};

use super::{Scope, Template};
use crate::bidders::definition::HostSettings;

/// How deeply the values of templates may nest; people write definitions by hand.
const MAX_DEPTH: usize = 16;

/// Any value with holes in its texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ValueTemplate {
    Constant(Value),
    Text(Template),
    Object(Vec<(String, ValueTemplate)>),
    Array(Vec<ValueTemplate>),
}

impl ValueTemplate {
    /// Parses a TOML value.
    pub(crate) fn parse(value: &toml::Value, host: &HostSettings) -> Result<Self, String> {
        Self::parse_at(value, host, 0)
    }

    fn parse_at(value: &toml::Value, host: &HostSettings, depth: usize) -> Result<Self, String> {
        if depth > MAX_DEPTH {
            return Err("is nested too deeply".to_owned());
        }
        match value {
            toml::Value::String(text) => Ok(Self::Text(Template::parse(text, host)?)),
            toml::Value::Table(table) => {
                let member = |(key, value): (&String, &toml::Value)| {
                    Ok((key.clone(), Self::parse_at(value, host, depth + 1)?))
                };
                let members = table.iter().map(member);
                Ok(Self::Object(members.collect::<Result<_, String>>()?))
            }
            toml::Value::Array(items) => {
                let items = items
                    .iter()
                    .map(|item| Self::parse_at(item, host, depth + 1));
                Ok(Self::Array(items.collect::<Result<_, String>>()?))
            }
            constant => Ok(Self::Constant(constant_of(constant)?)),
        }
    }

    /// The value; members and items without one are left out.
    pub(crate) fn value(&self, scope: &Scope<'_>) -> Option<Value> {
        match self {
            Self::Constant(value) => Some(value.clone()),
            Self::Text(template) => template.value(scope),
            Self::Object(members) => {
                let member =
                    |(key, value): &(String, Self)| Some((key.clone(), value.value(scope)?));
                let members: Map<String, Value> = members.iter().filter_map(member).collect();
                Some(Value::Object(members))
            }
            Self::Array(items) => {
                let items = items.iter().filter_map(|item| item.value(scope));
                Some(Value::Array(items.collect()))
            }
        }
    }
}

/// A TOML value as JSON; JSON has no dates.
pub(crate) fn constant_of(value: &toml::Value) -> Result<Value, String> {
    if matches!(value, toml::Value::Datetime(_)) {
        return Err("dates must be quoted".to_owned());
    }
    serde_json::to_value(value).map_err(|error| error.to_string())
}
