//! Which stored data a request names.

mod answers;
mod profiles;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::data::stored::{Key, StoredKind};
use crate::request::Refusal;

pub(super) use profiles::profiles;

/// Just enough of a request to see whether it names anything stored.
#[derive(Deserialize)]
struct Outline {
    #[serde(default)]
    ext: Option<Ext>,
    #[serde(default)]
    imp: Option<Vec<OutlineImp>>,
}

#[derive(Deserialize)]
struct OutlineImp {
    #[serde(default)]
    ext: Option<Ext>,
}

#[derive(Deserialize)]
struct Ext {
    #[serde(default)]
    prebid: Option<Prebid>,
}

#[derive(Deserialize)]
struct Prebid {
    #[serde(default)]
    storedrequest: Option<IgnoredAny>,
    #[serde(default)]
    storedauctionresponse: Option<IgnoredAny>,
    #[serde(default)]
    storedbidresponse: Option<IgnoredAny>,
    #[serde(default)]
    profiles: Option<IgnoredAny>,
}

impl Ext {
    fn names(ext: Option<&Self>) -> bool {
        let prebid = ext.and_then(|ext| ext.prebid.as_ref());
        prebid.is_some_and(|prebid| {
            prebid.storedrequest.is_some()
                || prebid.storedauctionresponse.is_some()
                || prebid.storedbidresponse.is_some()
                || prebid.profiles.is_some()
        })
    }
}

/// Whether a body names anything stored: one quick pass that builds nothing.
///
/// Values of unexpected types are left to the real parser.
pub(in crate::request) fn any(body: &[u8]) -> bool {
    let Ok(outline) = serde_json::from_slice::<Outline>(body) else {
        return false;
    };
    let mut imps = outline.imp.iter().flatten();
    Ext::names(outline.ext.as_ref()) || imps.any(|imp| Ext::names(imp.ext.as_ref()))
}

/// Where a stored request or imp is named.
const STORED: &str = "ext.prebid.storedrequest";

/// A stored item that a request names.
pub(super) struct Named {
    path: String,
    /// Its kind and id.
    pub(super) key: Key,
}

impl Named {
    /// The fault to report if it does not exist.
    pub(super) fn is_missing(&self) -> String {
        let (kind, id) = &self.key;
        format!("{}: no {} {id:?}", self.path, kind.name())
    }
}

/// Everything stored that a request names: its stored request and profiles, and the stored imps, profiles and
/// answers of its imps.
pub(super) fn all(value: &Value) -> Result<Vec<Named>, Refusal> {
    let mut all = Vec::new();
    let mut add = |path: String, kind, id: Option<String>| {
        all.extend(id.map(|id| Named {
            path,
            key: (kind, id),
        }));
    };
    add(
        format!("request.{STORED}.id"),
        StoredKind::Request,
        request(value)?,
    );
    for (place, id) in profiles("request", value)? {
        add(place, StoredKind::Profile, Some(id));
    }
    let imps = value.get("imp").and_then(Value::as_array);
    for (index, value) in imps.into_iter().flatten().enumerate() {
        let path = format!("request.imp[{index}]");
        add(
            format!("{path}.{STORED}.id"),
            StoredKind::Imp,
            imp(index, value)?,
        );
        for (place, id) in profiles(&path, value)? {
            add(place, StoredKind::Profile, Some(id));
        }
        for (place, id) in answers::of(&path, value)? {
            add(place, StoredKind::Response, Some(id));
        }
    }
    Ok(all)
}

/// The stored request that a request names.
pub(super) fn request(request: &Value) -> Result<Option<String>, Refusal> {
    id_in("request", request)
}

/// The stored imp named by the imp at this position.
pub(super) fn imp(index: usize, imp: &Value) -> Result<Option<String>, Refusal> {
    id_in(&format!("request.imp[{index}]"), imp)
}

fn id_in(path: &str, value: &Value) -> Result<Option<String>, Refusal> {
    let prebid = value.get("ext").and_then(|ext| ext.get("prebid"));
    let stored = prebid.and_then(|prebid| prebid.get("storedrequest"));
    let Some(stored) = stored.filter(|stored| !stored.is_null()) else {
        return Ok(None);
    };
    match stored.get("id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(Some(id.to_owned())),
        _ => Err(Refusal::fault(format!(
            "{path}.{STORED}.id: must be a string that is not empty"
        ))),
    }
}
