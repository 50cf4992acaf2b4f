//! Filters: what `{{params.id|string}}` does to the value at its path.

use serde_json::Value;

use crate::bidders::percent;

/// A change to the value of a hole.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    String,
    Number,
    Flag,
    Lower,
    Upper,
    Trim,
    Json,
    First,
    Decode,
    Member(String),
    Join(String),
    Default(String),
    Map(Replacements),
}

/// Reads `name` or `name:argument`.
pub(super) fn parse(text: &str) -> Result<Filter, String> {
    let (name, argument) = text.split_once(':').unwrap_or((text, ""));
    Ok(match name {
        "string" => Filter::String,
        "number" => Filter::Number,
        "flag" => Filter::Flag,
        "lower" => Filter::Lower,
        "upper" => Filter::Upper,
        "trim" => Filter::Trim,
        "json" => Filter::Json,
        "first" => Filter::First,
        "decode" => Filter::Decode,
        "member" => Filter::Member(argument.to_owned()),
        "join" => Filter::Join(argument.to_owned()),
        "default" => Filter::Default(argument.to_owned()),
        "map" => Filter::Map(table(argument)?),
        _ => return Err(format!("no filter is called {name:?}")),
    })
}

/// What a text becomes, by text.
type Replacements = Vec<(String, String)>;

/// Reads `a=b,c=d`.
fn table(text: &str) -> Result<Replacements, String> {
    let entry = |entry: &str| {
        let (from, to) = entry
            .split_once('=')
            .ok_or_else(|| format!("map needs entries such as a=b, not {entry:?}"))?;
        Ok((from.to_owned(), to.to_owned()))
    };
    text.split(',').map(entry).collect()
}

/// The value after all filters; `None` = there is none.
pub(super) fn filtered(value: Option<Value>, filters: &[Filter]) -> Option<Value> {
    let apply = |value: Option<Value>, filter: &Filter| match (value, filter) {
        (None, Filter::Default(text)) => Some(Value::String(text.clone())),
        (None, _) => None,
        (Some(value), filter) => changed(value, filter),
    };
    filters.iter().fold(value, apply)
}

fn changed(value: Value, filter: &Filter) -> Option<Value> {
    let text = |change: fn(&str) -> String, value| Some(Value::String(change(&as_text(value))));
    match filter {
        Filter::String => text(str::to_owned, value),
        Filter::Lower => text(str::to_lowercase, value),
        Filter::Upper => text(str::to_uppercase, value),
        Filter::Trim => text(|text| text.trim().to_owned(), value),
        Filter::Json => Some(Value::String(value.to_string())),
        Filter::Number => match value {
            Value::Number(_) => Some(value),
            other => serde_json::from_str(as_text(other).trim())
                .ok()
                .filter(Value::is_number),
        },
        Filter::Flag => {
            let set = !matches!(as_text(value).as_str(), "" | "0" | "false");
            Some(Value::from(u8::from(set)))
        }
        Filter::First => match value {
            Value::Array(items) => items.into_iter().next(),
            other => Some(other),
        },
        Filter::Decode => text(percent::decode_form, value),
        Filter::Member(name) => match value {
            Value::String(text) => {
                let mut parsed: Value = serde_json::from_str(&text).ok()?;
                parsed.get_mut(name).map(Value::take)
            }
            mut other => other.get_mut(name).map(Value::take),
        },
        Filter::Join(between) => match value {
            Value::Array(items) => {
                let items: Vec<String> = items.into_iter().map(as_text).collect();
                Some(Value::String(items.join(between)))
            }
            other => Some(other),
        },
        Filter::Default(_) => Some(value),
        Filter::Map(table) => {
            let text = as_text(value);
            let entry = table.iter().find(|(from, _)| *from == text)?;
            Some(Value::String(entry.1.clone()))
        }
    }
}

/// The value as it appears in a text.
pub(super) fn as_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
