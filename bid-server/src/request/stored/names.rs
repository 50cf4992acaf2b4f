//! Which stored data a request names.

mod answers;
mod profiles;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::data::stored::{Found, Key, StoredKind};
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

/// Whether a body may name anything stored: one quick pass that builds nothing.
pub(in crate::request) fn any(body: &[u8]) -> bool {
    let outline = match serde_json::from_slice::<Outline>(body) {
        Ok(outline) => outline,
        // A value of an unexpected type must not hide what others name.
        Err(error) => return error.is_data(),
    };
    let mut imps = outline.imp.iter().flatten();
    Ext::names(outline.ext.as_ref()) || imps.any(|imp| Ext::names(imp.ext.as_ref()))
}

/// Where a stored request or imp is named.
pub(super) const STORED: &str = "ext.prebid.storedrequest";

/// A stored item that a request names.
pub(super) struct Named {
    path: String,
    /// Its kind and id.
    pub(super) key: Key,
    /// An imp names it, not the request as a whole.
    pub(super) by_imp: bool,
}

impl Named {
    /// The fault to report if it does not exist.
    pub(super) fn is_missing(&self) -> String {
        missing(&self.path, &self.key)
    }

    /// What it is, for people.
    pub(super) fn item(&self) -> String {
        let (kind, id) = &self.key;
        format!("{} {id:?}", kind.name())
    }
}

/// Everything stored that a request names: its stored request and profiles, and the stored imps, profiles and
/// answers of its first imps. In imps, names that make no sense are passed over: they concern that imp alone.
pub(super) fn all(value: &Value, most_imps: usize) -> Result<Vec<Named>, Refusal> {
    let mut all = Vec::new();
    let stored = request(value)?.map(|id| (format!("request.{STORED}.id"), id));
    add(&mut all, StoredKind::Request, stored);
    let of_request = profiles("request", value).map_err(Refusal::fault)?;
    add(&mut all, StoredKind::Profile, of_request);
    let imps = value.get("imp").and_then(Value::as_array);
    let imps = imps.into_iter().flatten().take(most_imps);
    for (index, value) in imps.enumerate() {
        let before = all.len();
        let path = format!("request.imp[{index}]");
        let stored = imp(&path, value).unwrap_or_default();
        let stored = stored.map(|id| (format!("{path}.{STORED}.id"), id));
        add(&mut all, StoredKind::Imp, stored);
        let of_imp = profiles(&path, value).unwrap_or_default();
        add(&mut all, StoredKind::Profile, of_imp);
        let answers = answers::of(&path, value).unwrap_or_default();
        add(&mut all, StoredKind::Response, answers);
        for named in all.iter_mut().skip(before) {
            named.by_imp = true;
        }
    }
    Ok(all)
}

fn add(all: &mut Vec<Named>, kind: StoredKind, places: impl IntoIterator<Item = Place>) {
    all.extend(places.into_iter().map(|(path, id)| Named {
        path,
        key: (kind, id),
        by_imp: false,
    }));
}

/// The path at which an item is named, and its id.
type Place = (String, String);

/// The stored request that a request names.
pub(super) fn request(request: &Value) -> Result<Option<String>, Refusal> {
    id_in("request", request).map_err(Refusal::fault)
}

/// The stored imp that an imp names; `path` leads to it. The error is a fault of the imp.
pub(super) fn imp(path: &str, imp: &Value) -> Result<Option<String>, String> {
    id_in(path, imp)
}

/// What is wrong with the stored answers that an imp names; `path` leads to it.
pub(super) fn check_answers(path: &str, imp: &Value, found: &Found) -> Result<(), String> {
    let mut named = Vec::new();
    add(&mut named, StoredKind::Response, answers::of(path, imp)?);
    let missing = named.iter().find(|named| !found.contains_key(&named.key));
    missing.map_or(Ok(()), |named| Err(named.is_missing()))
}

/// The fault of naming an item that does not exist.
pub(super) fn missing(path: &str, (kind, id): &Key) -> String {
    format!("{path}: no {} {id:?}", kind.name())
}

fn id_in(path: &str, value: &Value) -> Result<Option<String>, String> {
    let prebid = value.get("ext").and_then(|ext| ext.get("prebid"));
    let stored = prebid.and_then(|prebid| prebid.get("storedrequest"));
    let Some(stored) = stored.filter(|stored| !stored.is_null()) else {
        return Ok(None);
    };
    match stored.get("id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(Some(id.to_owned())),
        _ => Err(format!(
            "{path}.{STORED}.id: must be a string that is not empty"
        )),
    }
}
