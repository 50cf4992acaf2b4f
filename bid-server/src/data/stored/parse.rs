//! Turns the bytes of stored data into JSON that can be merged; nothing else reads such bytes.

use openrtb::{BidRequest, Imp, Members, SeatBid, exact};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::profile::{self, PartOf, Profile};
use super::{StoredKind, owner};

/// Reads one stored item. The error says what is wrong, and where.
pub(crate) fn parse(kind: StoredKind, bytes: &[u8]) -> Result<Value, String> {
    let value =
        serde_json::from_slice(&exact::protect(bytes)).map_err(|error| error.to_string())?;
    check(kind, &value)?;
    Ok(value)
}

/// Whether the value's types are right for its kind; members may be missing.
pub(crate) fn check(kind: StoredKind, value: &Value) -> Result<(), String> {
    owner::check(kind, value)?;
    match kind {
        StoredKind::Request => reads_as::<BidRequest>(value),
        StoredKind::Imp => reads_as::<Imp>(value),
        StoredKind::Response => seats(value).map(drop),
        StoredKind::Profile => profile(value).map(drop),
        StoredKind::Account => reads_as::<Members>(value),
    }
}

/// The seats of a stored response: a list of seats, or a whole bid response.
pub(crate) fn seats(value: &Value) -> Result<Vec<SeatBid>, String> {
    let list = value.get("seatbid").unwrap_or(value);
    if value.is_object() && value.get("seatbid").is_none() {
        return Ok(Vec::new());
    }
    serde_path_to_error::deserialize(list).map_err(|error| at(&error))
}

/// A profile whose body has the right types for what it is a part of.
pub(crate) fn profile(value: &Value) -> Result<Profile, String> {
    let profile = profile::read(value)?;
    let kind = match profile.part_of {
        PartOf::Request => StoredKind::Request,
        PartOf::Imp => StoredKind::Imp,
    };
    let body = Value::Object(profile.body.clone());
    check(kind, &body).map_err(|problem| format!("body.{problem}"))?;
    Ok(profile)
}

fn reads_as<T: DeserializeOwned>(value: &Value) -> Result<(), String> {
    if !value.is_object() {
        return Err("not a JSON object".to_owned());
    }
    serde_path_to_error::deserialize(value)
        .map(|_: T| ())
        .map_err(|error| at(&error))
}

fn at(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    format!("{}: {}", error.path(), error.inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_fault(kind: StoredKind, text: &str, names: &str) {
        let fault = parse(kind, text.as_bytes()).unwrap_err();
        assert!(fault.contains(names), "{fault}");
    }

    #[test]
    fn parts_are_enough() {
        for (kind, text) in [
            (StoredKind::Request, "{}"),
            (
                StoredKind::Request,
                r#"{"id":"{{UUID}}","imp":[{"id":"i"}],"ext":{"x":1}}"#,
            ),
            (StoredKind::Imp, r#"{"banner":{"format":[{"w":1,"h":1}]}}"#),
            (StoredKind::Response, "[]"),
            (StoredKind::Response, "{}"),
            (StoredKind::Response, r#"[{"seat":"s","bid":[{"id":"b"}]}]"#),
            (StoredKind::Response, r#"{"seatbid":[{"bid":[]}]}"#),
            (
                StoredKind::Profile,
                r#"{"type":"imp","body":{"banner":{"pos":1}}}"#,
            ),
            (
                StoredKind::Profile,
                r#"{"type":"REQUEST","mergeprecedence":"PROFILE","body":{}}"#,
            ),
        ] {
            assert!(parse(kind, text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn faults_name_the_place() {
        check_fault(StoredKind::Request, "", "EOF");
        check_fault(StoredKind::Request, "[]", "not a JSON object");
        check_fault(StoredKind::Request, r#"{"tmax":"x"}"#, "tmax: ");
        check_fault(StoredKind::Imp, "1", "not a JSON object");
        check_fault(StoredKind::Imp, r#"{"banner":{"w":"x"}}"#, "banner.w: ");
        check_fault(StoredKind::Response, "1", "invalid type");
        check_fault(StoredKind::Profile, "{}", "type");
        check_fault(
            StoredKind::Profile,
            r#"{"type":"site","body":{}}"#,
            "type: ",
        );
        check_fault(
            StoredKind::Profile,
            r#"{"type":"imp","body":{"banner":{"w":"x"}}}"#,
            "body.banner.w: ",
        );
        check_fault(
            StoredKind::Profile,
            r#"{"type":"imp","body":{"ext":{"prebid":{"profiles":["a"]}}}}"#,
            "body.ext.prebid.profiles: ",
        );
        check_fault(
            StoredKind::Response,
            r#"[{"bid":[{"id":1}]}]"#,
            "[0].bid[0].id: ",
        );
    }
}
