//! `ext.prebid.adservertargeting`: key-values of the publisher's own choice.
//!
//! Values from the request are looked up here, while it is still whole; values from the answer are looked up
//! when it is written.

use openrtb::BidRequest;
use serde_json::Value;

use crate::remark::{Remark, code};

/// One key and where its value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdServerKey {
    /// May contain `{{BIDDER}}`.
    pub(crate) key: String,
    pub(crate) source: ValueSource,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueSource {
    /// The same for all bids.
    Fixed(String),
    /// By imp id; imps without a value are left out.
    ByImp(Vec<(String, String)>),
    /// A path in the answer.
    Answer(String),
}

/// The most keys that a request may ask for; ad servers take fewer.
const MOST_KEYS: usize = 50;
/// The longest value, in bytes. Each bid gets a copy, and ad servers take far less.
const LONGEST_VALUE: usize = 1024;

/// Reads the list. Entries that cannot be used are left out with a warning.
pub(super) fn read(
    list: &Value,
    request: &BidRequest,
    warnings: &mut Vec<Remark>,
) -> Vec<AdServerKey> {
    let mut keys = Vec::new();
    // Only requests that use this pay for serialising the request again.
    let whole = serde_json::to_value(request).unwrap_or_default();
    let entries = list.as_array();
    if entries.is_some_and(|entries| entries.len() > MOST_KEYS) {
        let text = format!("of adservertargeting the first {MOST_KEYS} are used");
        warnings.push(warning(text));
    }
    for (index, entry) in entries.into_iter().flatten().take(MOST_KEYS).enumerate() {
        match read_one(entry, &whole) {
            Ok(key) => keys.push(key),
            Err(problem) => {
                warnings.push(warning(format!("adservertargeting[{index}]: {problem}")));
            }
        }
    }
    if entries.is_none() {
        warnings.push(warning("adservertargeting is not a list".to_owned()));
    }
    keys
}

fn warning(text: String) -> Remark {
    Remark::general(code::AD_SERVER_TARGETING, text)
}

fn read_one(entry: &Value, request: &Value) -> Result<AdServerKey, String> {
    let text = |name: &str| {
        let text = entry.get(name).and_then(Value::as_str);
        let text = text.filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| format!("{name} is missing"))?;
        if text.len() > LONGEST_VALUE {
            return Err(format!("{name} is longer than {LONGEST_VALUE} bytes"));
        }
        Ok(text)
    };
    let (key, value) = (text("key")?, text("value")?);
    let source = match text("source")?.to_ascii_lowercase().as_str() {
        "static" => ValueSource::Fixed(value.to_owned()),
        "bidresponse" => ValueSource::Answer(value.to_owned()),
        "bidrequest" => from_request(value, request)?,
        other => return Err(format!("no source is called {other:?}")),
    };
    Ok(AdServerKey {
        key: key.to_owned(),
        source,
    })
}

/// A path that begins with `imp.` is looked up in each imp, for the bids of that imp.
fn from_request(path: &str, request: &Value) -> Result<ValueSource, String> {
    let Some(in_imp) = path.strip_prefix("imp.") else {
        return find(request, path).map(ValueSource::Fixed);
    };
    let imps = request.get("imp").and_then(Value::as_array);
    let imps = imps.into_iter().flatten();
    let values = imps.filter_map(|imp| {
        let id = imp.get("id")?.as_str()?;
        Some((id.to_owned(), find(imp, in_imp).ok()?))
    });
    let values: Vec<_> = values.collect();
    if values.is_empty() {
        return Err(format!("no imp has a text or number at {path}"));
    }
    Ok(ValueSource::ByImp(values))
}

/// The text or number at a path of member names.
pub(crate) fn find(within: &Value, path: &str) -> Result<String, String> {
    let mut names = path.split('.');
    let found = names.try_fold(within, |value, name| value.get(name));
    match found {
        Some(Value::String(text)) if text.len() > LONGEST_VALUE => {
            Err(format!("more than {LONGEST_VALUE} bytes at {path}"))
        }
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err(format!("neither text nor number at {path}")),
        None => Err(format!("nothing at {path}")),
    }
}
