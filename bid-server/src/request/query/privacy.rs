//! Consent in the query: several parameter names, and one string that may be of several kinds.

use serde_json::{Value, json};

use super::{Query, number, set};

/// Where a consent string goes.
const TCF: [&str; 2] = ["user", "consent"];
const US_PRIVACY: [&str; 2] = ["regs", "us_privacy"];
const GPP: [&str; 2] = ["regs", "gpp"];

/// Lays the consent over the stored request.
pub(super) fn apply(query: &Query, request: &mut Value, faults: &mut Vec<String>) {
    if let Some(gdpr) = gdpr(query, faults) {
        set(request, &["regs", "gdpr"], json!(gdpr));
    }
    if let Some(consent) = query.text(&["gdpr_consent", "consent_string", "consent"]) {
        match kind(query, consent) {
            Some(path) => set(request, &path, json!(consent)),
            None => faults.push("query.consent_type: must be 1 to 4".to_owned()),
        }
    }
    // The names for a single kind are more specific than the one for several.
    for (name, path) in [("tcfc", TCF), ("usp", US_PRIVACY), ("gppc", GPP)] {
        if let Some(consent) = query.text(&[name]) {
            set(request, &path, json!(consent));
        }
    }
    if let Some(providers) = query.text(&["addtl_consent"]) {
        let path = [
            "user",
            "ext",
            "ConsentedProvidersSettings",
            "consented_providers",
        ];
        set(request, &path, json!(providers));
    }
}

fn gdpr(query: &Query, faults: &mut Vec<String>) -> Option<i64> {
    if let Some((name, text)) = query.named(&["gdpr"]) {
        return number(name, text, faults);
    }
    match query.text(&["gdpr_applies"])? {
        "true" | "1" => Some(1),
        "false" | "0" => Some(0),
        _ => {
            faults.push("query.gdpr_applies: must be true or false".to_owned());
            None
        }
    }
}

/// By `consent_type` with AMP's numbers, otherwise by the look of the string.
fn kind(query: &Query, consent: &str) -> Option<[&'static str; 2]> {
    match query.text(&["consent_type"]) {
        Some("1" | "2") => Some(TCF),
        Some("3") => Some(US_PRIVACY),
        Some("4") => Some(GPP),
        Some(_) => None,
        None if is_us_privacy(consent) => Some(US_PRIVACY),
        // The header of every GPP string begins like this.
        None if consent.starts_with("DB") => Some(GPP),
        None => Some(TCF),
    }
}

/// Version 1, followed by three answers.
fn is_us_privacy(consent: &str) -> bool {
    let answers = consent.strip_prefix('1').unwrap_or_default();
    answers.len() == 3
        && answers
            .bytes()
            .all(|byte| matches!(byte, b'Y' | b'N' | b'y' | b'n' | b'-'))
}
