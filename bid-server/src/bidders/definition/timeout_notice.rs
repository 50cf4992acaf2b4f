//! [`TimeoutPlan`]: the notice for an SSP whose answer was late.

use openrtb::exact;
use serde_json::{Value, json};

use super::HostSettings;
use super::fault::KeyFault;
use super::file;
use super::template::{Scope, Template, ValueTemplate};
use super::url::check_url;
use crate::bidders::timeout_notice::TimeoutNotice;

/// `call.timeout_notice`, compiled.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeoutPlan {
    url: Template,
    body: Body,
}

#[derive(Debug, Clone, PartialEq)]
enum Body {
    /// For `GET`.
    None,
    /// The ids of the auction and of the imps that the call offered.
    Ids,
    Written(ValueTemplate),
}

/// Checks the table; the error names the key.
pub(super) fn compile(
    raw: &file::TimeoutNotice,
    host: &HostSettings,
) -> Result<TimeoutPlan, KeyFault> {
    let fault = |key: &str, problem| KeyFault::new(format!("call.timeout_notice.{key}"), problem);
    let url = Template::parse(&raw.url, host).map_err(|problem| fault("url", problem))?;
    check_url(&url).map_err(|problem| fault("url", problem))?;
    let body = match (raw.method.as_deref(), &raw.body) {
        (None | Some("POST"), None) => Body::Ids,
        (None | Some("POST"), Some(body)) => {
            let template = ValueTemplate::parse(body, host);
            Body::Written(template.map_err(|problem| fault("body", problem))?)
        }
        (Some("GET"), None) => Body::None,
        (Some("GET"), Some(_)) => return Err(fault("body", "GET has none".to_owned())),
        _ => {
            let problem = "must be \"POST\" or \"GET\"".to_owned();
            return Err(fault("method", problem));
        }
    };
    Ok(TimeoutPlan { url, body })
}

impl TimeoutPlan {
    /// The notice for one call with these imps; `None` = a hole has no value.
    pub(crate) fn notice(&self, scope: &Scope<'_>, imps: &[&str]) -> Option<TimeoutNotice> {
        let body = match &self.body {
            Body::None => None,
            Body::Ids => {
                let imps: Vec<Value> = imps.iter().map(|id| json!({"id": id})).collect();
                Some(json!({"id": scope.request.get("id"), "imp": imps}))
            }
            Body::Written(template) => Some(template.value(scope)?),
        };
        Some(TimeoutNotice {
            url: self.url.url(scope)?,
            body: body.map(|body| exact::restore_owned(body.to_string().into_bytes()).into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(text: &str) -> Result<TimeoutPlan, KeyFault> {
        compile(&toml::from_str(text).unwrap(), &HostSettings::new())
    }

    /// Address and body.
    type Sent<'a> = (&'a str, Option<&'a str>);

    #[track_caller]
    fn check(text: &str, expected: Option<Sent<'_>>) {
        let (params, request) = (json!({"p": "a b"}), json!({"id": "q", "tmax": 5}));
        let scope = Scope {
            params: &params,
            imp: &Value::Null,
            request: &request,
            bid: &Value::Null,
        };
        let notice = compiled(text).unwrap().notice(&scope, &["1", "2"]);
        let seen = notice.as_ref().map(|notice| {
            let body = notice.body.as_deref();
            (&*notice.url, body.map(|body| str::from_utf8(body).unwrap()))
        });
        assert_eq!(seen, expected);
    }

    #[test]
    fn tells_ids_or_what_is_written() {
        let ids = r#"{"id":"q","imp":[{"id":"1"},{"id":"2"}]}"#;
        check("url = 'http://s/t'", Some(("http://s/t", Some(ids))));
        check(
            "url = 'http://s/?p={{params.p}}'\nmethod = 'GET'",
            Some(("http://s/?p=a%20b", None)),
        );
        check(
            "url = 'http://s/'\nbody = { late = true, auction = '{{request.id}}', no = '{{params.no}}' }",
            Some(("http://s/", Some(r#"{"auction":"q","late":true}"#))),
        );
        check("url = 'http://s/{{params.no}}'", None);
    }

    #[track_caller]
    fn check_fault(text: &str, key: &str) {
        assert_eq!(compiled(text).unwrap_err().key, key);
    }

    #[test]
    fn faults_name_their_key() {
        check_fault("url = 'nowhere'", "call.timeout_notice.url");
        check_fault("url = 'http://{{params.host}}/'", "call.timeout_notice.url");
        check_fault(
            "url = 'http://s/'\nmethod = 'PUT'",
            "call.timeout_notice.method",
        );
        check_fault(
            "url = 'http://s/'\nmethod = 'GET'\nbody = 1",
            "call.timeout_notice.body",
        );
        check_fault(
            "url = 'http://s/'\nbody = '{{nobody}}'",
            "call.timeout_notice.body",
        );
    }
}
