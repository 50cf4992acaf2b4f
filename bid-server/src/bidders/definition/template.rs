//! Values with holes: `"{{params.zone}}"`, `"Bearer {{host.token}}"`, tables and lists of such texts.
//!
//! A text that is one hole and nothing else takes the value as it is, with its type; any other text
//! becomes a string. Where a hole has no value the whole text has none.

use serde_json::{Map, Value};

use super::HostSettings;
use super::path::{Path, Root};

/// What templates look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) params: &'a Value,
    pub(crate) imp: &'a Value,
    pub(crate) request: &'a Value,
    pub(crate) bid: &'a Value,
}

impl<'a> Scope<'a> {
    /// The value at a path.
    pub(crate) fn get(&self, path: &Path) -> Option<&'a Value> {
        let root = match path.root {
            Root::Params => self.params,
            Root::Imp => self.imp,
            Root::Request => self.request,
            Root::Bid => self.bid,
        };
        path.get(root)
    }
}

/// A text with holes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Hole { path: Path, filters: Vec<Filter> },
}

#[derive(Debug, Clone, PartialEq)]
enum Filter {
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
}

/// How deep templates of values may nest; a definition is written by people.
const MAX_DEPTH: usize = 16;

impl Template {
    /// Parses a text; holes of host settings are filled at once.
    pub(crate) fn parse(text: &str, host: &HostSettings) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (hole, tail) = after
                .split_once("}}")
                .ok_or_else(|| format!("a hole in {text:?} has no end"))?;
            push_text(&mut parts, before);
            match hole.trim().strip_prefix("host.") {
                Some(name) => push_text(&mut parts, host_setting(name, host)?),
                None => parts.push(parse_hole(hole)?),
            }
            rest = tail;
        }
        push_text(&mut parts, rest);
        Ok(Self { parts })
    }

    /// The value; with its own type where the template is one hole.
    pub(crate) fn value(&self, scope: &Scope<'_>) -> Option<Value> {
        match self.parts.as_slice() {
            [Part::Hole { path, filters }] => filtered(scope.get(path).cloned(), filters),
            _ => self.text(scope).map(Value::String),
        }
    }

    /// The value as text.
    pub(crate) fn text(&self, scope: &Scope<'_>) -> Option<String> {
        self.written(scope, |out, hole| out.push_str(hole))
    }

    /// The value as part of a URL: what fills a hole is percent-encoded.
    pub(crate) fn url(&self, scope: &Scope<'_>) -> Option<String> {
        self.written(scope, percent_encode)
    }

    fn written(&self, scope: &Scope<'_>, write: impl Fn(&mut String, &str)) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Hole { path, filters } => {
                    let value = filtered(scope.get(path).cloned(), filters)?;
                    write(&mut out, &as_text(value));
                }
            }
        }
        Some(out)
    }

    /// The text with every hole filled by the same, to try it out; and whether `{{` is in it at all.
    pub(crate) fn filled_with(&self, filling: &str) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Hole { .. } => filling.to_owned(),
        };
        self.parts.iter().map(part).collect()
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if text.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

fn host_setting<'a>(name: &str, host: &'a HostSettings) -> Result<&'a str, String> {
    let value = host.get(name);
    value
        .map(String::as_str)
        .ok_or_else(|| format!("no host setting {name:?} is declared"))
}

fn parse_hole(text: &str) -> Result<Part, String> {
    let mut pieces = text.split('|');
    let path = Path::parse(pieces.next().unwrap_or_default().trim())?;
    let filters = pieces.map(|name| parse_filter(name.trim()));
    Ok(Part::Hole {
        path,
        filters: filters.collect::<Result<_, _>>()?,
    })
}

fn parse_filter(text: &str) -> Result<Filter, String> {
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
        _ => return Err(format!("no filter is called {name:?}")),
    })
}

fn filtered(value: Option<Value>, filters: &[Filter]) -> Option<Value> {
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
        Filter::Decode => text(percent_decode, value),
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
    }
}

fn as_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// RFC 3986: everything but unreserved characters.
fn percent_encode(out: &mut String, text: &str) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
            continue;
        }
        out.push('%');
        for half in [byte >> 4, byte & 15] {
            out.extend(HEX.get(usize::from(half)));
        }
    }
}

/// As in a form: `+` is a blank. What is no escape stays as it is.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| *first == b'%');
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Any value with holes in its texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ValueTemplate {
    Constant(Value),
    Text(Template),
    Object(Vec<(String, ValueTemplate)>),
    Array(Vec<ValueTemplate>),
}

impl ValueTemplate {
    /// From TOML.
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

/// A TOML value as JSON; dates are not JSON.
pub(crate) fn constant_of(value: &toml::Value) -> Result<Value, String> {
    if matches!(value, toml::Value::Datetime(_)) {
        return Err("dates must be quoted".to_owned());
    }
    serde_json::to_value(value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(template: &str, expected: &Value) {
        let host = HostSettings::from([("token".to_owned(), "s3cret".to_owned())]);
        let params = json!({"id": 7, "name": " Ab c ", "list": [1, "x"], "flag": true, "none": null,
            "escaped": "%3Ca+b%3e%C3%A9%zz", "inner": "{\"native\":{\"a\":1}}"});
        let scope = Scope {
            params: &params,
            imp: &Value::Null,
            request: &Value::Null,
            bid: &Value::Null,
        };
        let template = Template::parse(template, &host).unwrap();
        assert_eq!(template.value(&scope).unwrap_or_default(), *expected);
    }

    #[test]
    fn one_hole_keeps_its_type_and_more_make_a_text() {
        check("{{params.id}}", &json!(7));
        check("{{ params.list }}", &json!([1, "x"]));
        check("a-{{params.id}}", &json!("a-7"));
        check("Bearer {{host.token}}", &json!("Bearer s3cret"));
        check("{{params.id}}{{params.id}}", &json!("77"));
        check("{{params.none}}", &Value::Null);
        check("x{{params.absent}}", &Value::Null);
    }

    #[test]
    fn filters_change_what_fills_a_hole() {
        check("{{params.id|string}}", &json!("7"));
        check("{{params.name|trim|lower}}", &json!("ab c"));
        check("{{params.list|join:,}}", &json!("1,x"));
        check("{{params.list|first}}", &json!(1));
        check("{{params.flag|flag}}", &json!(1));
        check("{{params.absent|default:3|number}}", &json!(3));
        check("{{params.name|number}}", &Value::Null);
        check("{{params.list|json}}", &json!("[1,\"x\"]"));
        check("{{params.escaped|decode}}", &json!("<a b>é%zz"));
        check("{{params.inner|member:native|json}}", &json!("{\"a\":1}"));
        check("{{params.inner|member:other}}", &Value::Null);
    }

    #[test]
    fn holes_of_a_url_cannot_leave_their_place() {
        let params = json!({"id": "a/b?c=d#é @"});
        let scope = Scope {
            params: &params,
            imp: &Value::Null,
            request: &Value::Null,
            bid: &Value::Null,
        };
        let template = Template::parse("http://x/{{params.id}}", &HostSettings::new()).unwrap();
        let url = template.url(&scope).unwrap();
        assert_eq!(url, "http://x/a%2Fb%3Fc%3Dd%23%C3%A9%20%40");
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for text in [
            "{{params.id",
            "{{x.y}}",
            "{{params.id|wild}}",
            "{{host.other}}",
        ] {
            assert!(
                Template::parse(text, &HostSettings::new()).is_err(),
                "{text}"
            );
        }
    }
}
