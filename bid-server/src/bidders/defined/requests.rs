//! From offers to HTTP calls.

use axum::http::{HeaderName, HeaderValue, Method};
use bytes::Bytes;
use openrtb::Price;
use serde_json::Value;
use url::Url;

use super::prune::Kept;
use crate::bidders::adapter::{Ask, Calls, HttpCall, RefusedOffer};
use crate::bidders::bodies::Bodies;
use crate::bidders::definition::template::{Scope, Template};
use crate::bidders::definition::{Plan, Split};
use crate::bidders::percent;
use crate::bidders::refused::Refused;
use crate::request::ImpIndex;

/// The OpenRTB version of the body; many SSPs want this header.
const OPENRTB_VERSION: HeaderName = HeaderName::from_static("x-openrtb-version");

/// An imp as the SSP gets it.
struct Made<'a> {
    position: ImpIndex,
    params: &'a Value,
    imp: Value,
}

/// Imps that share a request, with the value they have in common.
type Group<'a> = (Option<String>, Vec<Made<'a>>);

/// The calls for these offers.
pub(super) fn make<'a>(
    plan: &Plan,
    ask: &Ask<'a>,
    kept: &[Kept<'a>],
    bodies: &mut Bodies<'a>,
) -> Calls {
    let mut maker = Maker {
        plan,
        ask,
        bodies,
        calls: Calls::default(),
    };
    let made = maker.imps(kept);
    for group in maker.groups(made) {
        if let Err(why) = maker.call(&group) {
            let refused = group.iter().map(|made| RefusedOffer {
                imp: made.position,
                why: why.clone(),
            });
            maker.calls.refused.extend(refused);
        }
    }
    maker.calls
}

struct Maker<'m, 'a> {
    plan: &'m Plan,
    ask: &'m Ask<'a>,
    bodies: &'m mut Bodies<'a>,
    calls: Calls,
}

impl<'a> Maker<'_, 'a> {
    /// The imps after all changes; imps that a change refuses are recorded.
    fn imps(&mut self, kept: &[Kept<'a>]) -> Vec<Made<'a>> {
        let request = self.bodies.top(self.ask, self.plan.version);
        let mut made = Vec::with_capacity(kept.len());
        for Kept { offer, without } in kept {
            let Some(mut imp) = self.bodies.imp(self.ask, offer, self.plan.version) else {
                continue;
            };
            if let Value::Object(members) = &mut imp {
                for kind in without {
                    members.shift_remove(kind.name());
                }
            }
            match self.change_imp(&mut imp, offer.params, &request) {
                Ok(()) => made.push(Made {
                    position: offer.imp,
                    params: offer.params,
                    imp,
                }),
                Err(why) => self.calls.refused.push(RefusedOffer {
                    imp: offer.imp,
                    why,
                }),
            }
        }
        made
    }

    fn change_imp(&self, imp: &mut Value, params: &Value, request: &Value) -> Result<(), Refused> {
        let others = Scope {
            params,
            imp: &Value::Null,
            request,
            bid: &Value::Null,
        };
        let convert =
            |price: Price, from: &str, to: &str| self.ask.exchange.convert(price, from, to);
        let mut operations = self.plan.imp.iter();
        operations.try_for_each(|operation| operation.apply(imp, &others, &convert))
    }

    /// Imps that share a request, each group in the place of its first imp.
    fn groups(&mut self, made: Vec<Made<'a>>) -> Vec<Vec<Made<'a>>> {
        let request = self.bodies.top(self.ask, self.plan.version);
        match &self.plan.call.split {
            _ if made.is_empty() => Vec::new(),
            Split::All => vec![made],
            Split::PerImp => made.into_iter().map(|imp| vec![imp]).collect(),
            Split::By(template) => {
                let mut groups: Vec<Group<'a>> = Vec::new();
                for imp in made {
                    let key = template.text(&scope(&imp, &request));
                    match groups.iter_mut().find(|(other, _)| *other == key) {
                        Some((_, group)) => group.push(imp),
                        None => groups.push((key, vec![imp])),
                    }
                }
                groups.into_iter().map(|(_, group)| group).collect()
            }
        }
    }

    fn call(&mut self, group: &[Made<'a>]) -> Result<(), Refused> {
        let Some(first) = group.first() else {
            return Ok(());
        };
        let original = self.bodies.top(self.ask, self.plan.version);
        let mut changed = None;
        if !self.plan.request.is_empty() {
            changed = Some(self.change_request(first, (*original).clone())?);
        }
        let request = changed.as_ref().unwrap_or(&original);
        let scope = scope(first, request);
        let url = self.plan.call.url.url(&scope);
        let url =
            url.ok_or_else(|| Refused::Unfit("a param that the URL needs is missing".to_owned()))?;
        let mut url =
            Url::parse(&url).map_err(|_| Refused::Unfit("the params make no URL".to_owned()))?;
        add_query(&mut url, &self.plan.call.query, &scope);
        let headers = self.headers(&scope);
        let late = self.plan.call.timeout_notice.as_ref();
        let timeout_notice = late.and_then(|late| {
            let ids = group.iter().filter_map(|made| made.imp.get("id")?.as_str());
            late.notice(&scope, &ids.collect::<Vec<_>>())
        });
        let body = self.body(changed.as_ref(), group);
        let gzip = (self.plan.gzip && !body.is_empty()).then(|| self.bodies.gzip(&body));
        self.calls.calls.push(HttpCall {
            method: self.plan.call.method.clone(),
            url,
            headers,
            body,
            gzip,
            imps: group.iter().map(|made| made.position).collect(),
            timeout_notice,
        });
        Ok(())
    }

    fn change_request(&self, first: &Made<'_>, mut request: Value) -> Result<Value, Refused> {
        let others = scope(first, &Value::Null);
        let convert =
            |price: Price, from: &str, to: &str| self.ask.exchange.convert(price, from, to);
        for operation in &self.plan.request {
            operation.apply(&mut request, &others, &convert)?;
        }
        Ok(request)
    }

    /// The definition's headers, and the version of the body.
    fn headers(&self, scope: &Scope<'_>) -> Vec<(HeaderName, HeaderValue)> {
        let named = &self.plan.call.headers;
        let mut all = headers(named, scope);
        if !named.iter().any(|(name, _)| *name == OPENRTB_VERSION) {
            let version = HeaderValue::from_static(self.plan.version.name());
            all.insert(0, (OPENRTB_VERSION, version));
        }
        all
    }

    fn body(&mut self, changed: Option<&Value>, group: &[Made<'_>]) -> Bytes {
        if self.plan.call.method == Method::GET {
            return Bytes::new();
        }
        let imps = group.iter().map(|made| &made.imp);
        self.bodies
            .assemble(self.ask, self.plan.version, changed, imps)
    }
}

/// Members without a value, or with an empty one, are left out.
fn add_query(url: &mut Url, members: &[(String, Template)], scope: &Scope<'_>) {
    for (name, template) in members {
        let value = template.text(scope).filter(|value| !value.is_empty());
        if let Some(value) = value {
            let mut query = url.query().unwrap_or_default().to_owned();
            if !query.is_empty() {
                query.push('&');
            }
            percent::encode(&mut query, name);
            query.push('=');
            percent::encode(&mut query, &value);
            url.set_query(Some(&query));
        }
    }
}

/// Headers without a value, or with a value that a header cannot hold, are left out.
pub(crate) fn headers(
    templates: &[(HeaderName, Template)],
    scope: &Scope<'_>,
) -> Vec<(HeaderName, HeaderValue)> {
    let filled = templates.iter().filter_map(|(name, template)| {
        let value = template.text(scope).filter(|value| !value.is_empty())?;
        Some((name.clone(), HeaderValue::try_from(value).ok()?))
    });
    filled.collect()
}

fn scope<'s>(made: &'s Made<'_>, request: &'s Value) -> Scope<'s> {
    Scope {
        params: made.params,
        imp: &made.imp,
        request,
        bid: &Value::Null,
    }
}
