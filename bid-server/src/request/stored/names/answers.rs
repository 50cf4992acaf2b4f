//! Which stored answers an imp names: one for the whole auction, or one for each of some bidders.

use serde_json::Value;

/// The path at which it is named, and its id.
type NamedAnswer = (String, String);

/// All answers that an imp names. The error is a fault of the imp.
pub(super) fn of(path: &str, imp: &Value) -> Result<Vec<NamedAnswer>, String> {
    let prebid = imp.get("ext").and_then(|ext| ext.get("prebid"));
    let member = |key| {
        let value = prebid.and_then(|prebid: &Value| prebid.get(key));
        value.filter(|value| !value.is_null())
    };
    let mut answers = Vec::new();
    if let Some(answer) = member("storedauctionresponse") {
        let path = format!("{path}.ext.prebid.storedauctionresponse.id");
        let id = text(answer, "id").ok_or_else(|| no_text(&path))?;
        answers.push((path, id));
    }
    if let Some(list) = member("storedbidresponse") {
        let path = format!("{path}.ext.prebid.storedbidresponse");
        let list = list
            .as_array()
            .ok_or_else(|| format!("{path}: must be a list"))?;
        for (index, entry) in list.iter().enumerate() {
            let path = format!("{path}[{index}]");
            text(entry, "bidder").ok_or_else(|| no_text(&format!("{path}.bidder")))?;
            let path = format!("{path}.id");
            let id = text(entry, "id").ok_or_else(|| no_text(&path))?;
            answers.push((path, id));
        }
    }
    Ok(answers)
}

fn text(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn no_text(path: &str) -> String {
    format!("{path}: must be a string that is not empty")
}
