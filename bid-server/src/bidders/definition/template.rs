//! Values with holes: `"{{params.zone}}"`, `"Bearer {{host.token}}"`, tables and lists of such texts.
//!
//! A text that is a single hole and nothing else takes the value as it is, with its type; any other text
//! becomes a string. If a hole has no value, neither has the whole text.

mod filter;
mod value;

use serde_json::Value;

use filter::{Filter, as_text, filtered};
pub(crate) use value::{ValueTemplate, constant_of};

use super::HostSettings;
use super::path::{Path, Root};
use crate::bidders::percent;

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

impl Template {
    /// Parses a text; holes for host settings are filled at once.
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

    /// The value, with its own type if the template is a single hole.
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

    /// The value as part of a URL: the values in holes are percent-encoded.
    pub(crate) fn url(&self, scope: &Scope<'_>) -> Option<String> {
        self.written(scope, percent::encode)
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

    /// The text with every hole filled with the same filling, for trying it out and for finding any `{{`.
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
    let filters = pieces.map(|name| filter::parse(name.trim()));
    Ok(Part::Hole {
        path,
        filters: filters.collect::<Result<_, _>>()?,
    })
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
        check("{{params.id|map:6=a,7=b}}", &json!("b"));
        check("{{params.id|map:6=a}}", &Value::Null);
        check("{{params.id|map:6=a|default:c}}", &json!("c"));
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
            "{{params.id|map:a}}",
            "{{host.other}}",
        ] {
            assert!(
                Template::parse(text, &HostSettings::new()).is_err(),
                "{text}"
            );
        }
    }
}
