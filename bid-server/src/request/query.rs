//! The parameters in the URL of a GET auction or of an AMP page, and how they are laid over the stored request.
//!
//! Their names are those of Prebid Server's AMP endpoint and of the GET form in its Java version.

mod params;
mod privacy;
mod sizes;
mod targeting;

use openrtb::BidRequest;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::parse::{self, Parsed};
use crate::clock;

/// The members of a query; if a name occurs several times, the first one counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Parses a query; any text is valid.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(text.unwrap_or_default().as_bytes());
        Self {
            pairs: pairs.into_owned().collect(),
        }
    }

    /// The value of the first name that is present and not empty, together with that name.
    pub(crate) fn named<'n>(&self, names: &[&'n str]) -> Option<(&'n str, &str)> {
        names.iter().find_map(|name| {
            let mut pairs = self.pairs.iter();
            let (_, value) = pairs.find(|(key, value)| key == name && !value.is_empty())?;
            Some((*name, value.as_str()))
        })
    }

    /// The value alone.
    pub(crate) fn text(&self, names: &[&str]) -> Option<&str> {
        self.named(names).map(|(_, value)| value)
    }

    /// A request that names the stored one. Each auction has an id of its own.
    pub(crate) fn request(&self, stored: &str) -> Value {
        json!({"id": clock::new_id(), "ext": {"prebid": {"storedrequest": {"id": stored}}}})
    }

    /// Lays the query over a whole request.
    pub(crate) fn lay_over(&self, parsed: Parsed) -> Parsed {
        // These stay first, since the faults of imps are known by their positions.
        let mut faults = parsed.faults;
        let mut of_query = Vec::new();
        // Only the account that the stored request itself names counts here, not the owner of an item.
        let owner = parsed.owners.iter().find(|owner| !owner.always);
        let owner = owner.map(|owner| owner.account.as_str());
        // It consists of wire types, which can always be serialised.
        let mut request = serde_json::to_value(parsed.request).unwrap_or_default();
        params::apply(self, owner, &mut request, &mut of_query);
        sizes::apply(self, &mut request, &mut of_query);
        privacy::apply(self, &mut request, &mut of_query);
        targeting::apply(self, &mut request, &mut of_query);
        faults.append(&mut of_query);
        let known = Parsed {
            request: BidRequest::default(),
            faults,
            ..parsed
        };
        parse::typed_after(request, known)
    }
}

/// The object with that name, created if it does not exist.
fn object<'a>(parent: &'a mut Value, name: &str) -> &'a mut Value {
    if !parent.is_object() {
        *parent = json!({});
    }
    let child = &mut parent[name];
    if !child.is_object() {
        *child = json!({});
    }
    child
}

/// Sets a member, creating all objects on the way to it.
fn set(request: &mut Value, path: &[&str], value: Value) {
    let Some((last, way)) = path.split_last() else {
        return;
    };
    let mut place = request;
    for name in way {
        place = object(place, name);
    }
    if !place.is_object() {
        *place = json!({});
    }
    place[*last] = value;
}

/// The imps of a request.
fn imps(request: &mut Value) -> impl Iterator<Item = &mut Value> {
    let imps = request.get_mut("imp").and_then(Value::as_array_mut);
    imps.into_iter().flatten()
}

/// A whole number; any other text is a fault.
fn number(name: &str, text: &str, faults: &mut Vec<String>) -> Option<i64> {
    let read = text.trim().parse().ok();
    if read.is_none() {
        faults.push(format!("query.{name}: not a whole number: {text:?}"));
    }
    read
}

#[cfg(test)]
mod tests;
