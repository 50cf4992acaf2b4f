//! Which profiles a request or an imp names.

use serde_json::Value;

/// The most profiles that a request, or one of its imps, may name: each of them is work.
const MOST: usize = 20;

/// The path at which it is named, and its id.
type Place = (String, String);

/// All profiles that it names, in order. The error is a fault of what names them.
pub(in crate::request::stored) fn profiles(
    path: &str,
    value: &Value,
) -> Result<Vec<Place>, String> {
    let prebid = value.get("ext").and_then(|ext| ext.get("prebid"));
    let named = prebid.and_then(|prebid| prebid.get("profiles"));
    let Some(named) = named.filter(|named| !named.is_null()) else {
        return Ok(Vec::new());
    };
    let path = format!("{path}.ext.prebid.profiles");
    let Some(named) = named.as_array().filter(|named| named.len() <= MOST) else {
        return Err(format!("{path}: must be a list of at most {MOST}"));
    };
    let ids = named.iter().enumerate().map(|(index, id)| {
        let place = format!("{path}[{index}]");
        match id.as_str().filter(|id| !id.is_empty()) {
            Some(id) => Ok((place, id.to_owned())),
            None => Err(format!("{place}: must be a string that is not empty")),
        }
    });
    ids.collect()
}
