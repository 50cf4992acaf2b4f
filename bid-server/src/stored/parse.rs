//! Bytes of stored data to JSON that can be merged; nothing else looks at such bytes.

use openrtb::{BidRequest, Imp, Members, SeatBid, exact};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Kind;
use super::profile::{self, PartOf, Profile};

/// Reads one stored thing. What it is not, in words that name the place.
pub(crate) fn parse(kind: Kind, bytes: &[u8]) -> Result<Value, String> {
    let value =
        serde_json::from_slice(&exact::protect(bytes)).map_err(|error| error.to_string())?;
    check(kind, &value)?;
    Ok(value)
}

/// Whether the value has the types of what it is said to be; members may be missing.
pub(crate) fn check(kind: Kind, value: &Value) -> Result<(), String> {
    match kind {
        Kind::Request => reads_as::<BidRequest>(value),
        Kind::Imp => reads_as::<Imp>(value),
        Kind::Response => seats(value).map(drop),
        Kind::Profile => profile(value).map(drop),
        Kind::Account => reads_as::<Members>(value),
    }
}

/// The seats of a stored response: a list of them, or a whole bid response.
pub(crate) fn seats(value: &Value) -> Result<Vec<SeatBid>, String> {
    let list = value.get("seatbid").unwrap_or(value);
    if value.is_object() && value.get("seatbid").is_none() {
        return Ok(Vec::new());
    }
    serde_path_to_error::deserialize(list).map_err(|error| at(&error))
}

/// A profile whose body has the types of what it is a part of.
pub(crate) fn profile(value: &Value) -> Result<Profile, String> {
    let profile = profile::read(value)?;
    let kind = match profile.part_of {
        PartOf::Request => Kind::Request,
        PartOf::Imp => Kind::Imp,
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
    fn check_fault(kind: Kind, text: &str, names: &str) {
        let fault = parse(kind, text.as_bytes()).unwrap_err();
        assert!(fault.contains(names), "{fault}");
    }

    #[test]
    fn parts_are_enough() {
        for (kind, text) in [
            (Kind::Request, "{}"),
            (
                Kind::Request,
                r#"{"id":"{{UUID}}","imp":[{"id":"i"}],"ext":{"x":1}}"#,
            ),
            (Kind::Imp, r#"{"banner":{"format":[{"w":1,"h":1}]}}"#),
            (Kind::Response, "[]"),
            (Kind::Response, "{}"),
            (Kind::Response, r#"[{"seat":"s","bid":[{"id":"b"}]}]"#),
            (Kind::Response, r#"{"seatbid":[{"bid":[]}]}"#),
            (
                Kind::Profile,
                r#"{"type":"imp","body":{"banner":{"pos":1}}}"#,
            ),
            (
                Kind::Profile,
                r#"{"type":"REQUEST","mergeprecedence":"PROFILE","body":{}}"#,
            ),
        ] {
            assert!(parse(kind, text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn faults_name_the_place() {
        check_fault(Kind::Request, "", "EOF");
        check_fault(Kind::Request, "[]", "not a JSON object");
        check_fault(Kind::Request, r#"{"tmax":"x"}"#, "tmax: ");
        check_fault(Kind::Imp, "1", "not a JSON object");
        check_fault(Kind::Imp, r#"{"banner":{"w":"x"}}"#, "banner.w: ");
        check_fault(Kind::Response, "1", "invalid type");
        check_fault(Kind::Profile, "{}", "type");
        check_fault(Kind::Profile, r#"{"type":"site","body":{}}"#, "type: ");
        check_fault(
            Kind::Profile,
            r#"{"type":"imp","body":{"banner":{"w":"x"}}}"#,
            "body.banner.w: ",
        );
        check_fault(
            Kind::Profile,
            r#"{"type":"imp","body":{"ext":{"prebid":{"profiles":["a"]}}}}"#,
            "body.ext.prebid.profiles: ",
        );
        check_fault(Kind::Response, r#"[{"bid":[{"id":1}]}]"#, "[0].bid[0].id: ");
    }
}
