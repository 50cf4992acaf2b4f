//! JSON to wire types; every value of the wrong type is named.

use openrtb::{BidRequest, Members, exact};
use serde_json::Value;
use serde_path_to_error::{Path, Segment, deserialize};

use crate::data::stored::Found;
use crate::request::Refusal;
use crate::request::refusal::MOST_FAULTS;

const OBJECT: &str = "an object";

/// The readable part of a request, and what could not be read.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) request: BidRequest,
    /// Values of the wrong type, each with its path; they are left out of `request`.
    pub(crate) faults: Vec<String>,
    /// Stored answers that its imps name.
    pub(crate) found: Found,
    /// The account that the stored request names: no other account may use it.
    pub(crate) owner: Option<String>,
}

/// Parses a body. Anything but a JSON object is refused at once, with line and column.
pub(super) fn parse(body: &[u8]) -> Result<Parsed, Refusal> {
    let body = exact::protect(body);
    if let Ok(request) = serde_json::from_slice(&body) {
        return Ok(Parsed {
            request,
            ..Parsed::default()
        });
    }
    let value = read(&body)?;
    if !value.is_object() {
        return Err(Refusal::fault("not a bid request: not a JSON object"));
    }
    Ok(typed(value))
}

/// Parses a body that is laid over stored data.
pub(super) fn value(body: &[u8]) -> Result<Value, Refusal> {
    read(&exact::protect(body))
}

fn read(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::fault(format!("not a bid request: {error}")))
}

/// Reads a JSON object: removes one unreadable value after the other until the rest can be read.
pub(super) fn typed(mut value: Value) -> Parsed {
    let mut faults = Vec::new();
    loop {
        let error = match deserialize(&value) {
            Ok(request) => {
                return Parsed {
                    request,
                    faults,
                    ..Parsed::default()
                };
            }
            Err(error) => error,
        };
        let message = plain(&error.inner().to_string());
        faults.push(format!("request.{}: {message}", error.path()));
        if faults.len() >= MOST_FAULTS || !take_out(&mut value, error.path(), &message) {
            return Parsed {
                faults,
                ..Parsed::default()
            };
        }
    }
}

/// The message in JSON terms, and without the mark on protected numbers, which the sender has never seen.
pub(super) fn plain(message: &str) -> String {
    let message = message.replace("\\0number:", "");
    let (found, expected) = message.rsplit_once(", expected ").unwrap_or((&message, ""));
    let expected = match expected {
        "" => return found.to_owned(),
        "i64" => "a whole number",
        "u8" | "u32" => "a whole number that is not negative",
        "a sequence" => "an array",
        "a map" => OBJECT,
        expected if expected.starts_with("struct ") => OBJECT,
        expected => expected,
    };
    format!("{found}, expected {expected}")
}

/// Removes a member, or empties an item, so that the positions of the other items do not change.
fn take_out(value: &mut Value, path: &Path, message: &str) -> bool {
    let mut steps = path.iter().collect::<Vec<_>>();
    let Some(last) = steps.pop() else {
        return false;
    };
    let parent = steps.into_iter().try_fold(value, step);
    match (parent, last) {
        (Some(Value::Object(members)), Segment::Map { key }) => members.shift_remove(key).is_some(),
        (Some(Value::Array(items)), Segment::Seq { index }) => {
            match items.get_mut(*index) {
                Some(item) if message.ends_with(OBJECT) => *item = Value::Object(Members::new()),
                _ => items.clear(),
            }
            true
        }
        _ => false,
    }
}

fn step<'a>(value: &'a mut Value, segment: &Segment) -> Option<&'a mut Value> {
    match segment {
        Segment::Map { key } => value.get_mut(key),
        Segment::Seq { index } => value.get_mut(*index),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, faults: &[&str]) {
        assert_eq!(parse(body.as_bytes()).unwrap().faults, faults);
    }

    #[test]
    fn names_every_value_of_a_wrong_type() {
        check(
            r#"{"id":1,"tmax":"x","imp":[{"id":"a","banner":{"w":-1,"h":1.5}},{"id":"b","video":7}],"site":[],"ext":{"prebid":{"aliases":{"a":{}}}}}"#,
            &[
                "request.id: invalid type: integer `1`, expected a string",
                "request.tmax: invalid type: string \"x\", expected a whole number",
                "request.imp[0].banner.w: invalid value: integer `-1`, expected a whole number that is not negative",
                "request.imp[0].banner.h: invalid type: floating point `1.5`, expected a whole number that is not negative",
                "request.imp[1].video: invalid type: integer `7`, expected an object",
                "request.site: invalid type: sequence, expected an object",
                "request.ext.prebid.aliases.a: invalid type: map, expected a string",
            ],
        );
    }

    #[test]
    fn items_of_a_list_keep_their_positions() {
        check(
            r#"{"id":"r","imp":[null,{"id":2}],"cur":[1,2]}"#,
            &[
                "request.imp[0]: invalid type: null, expected an object",
                "request.imp[1].id: invalid type: integer `2`, expected a string",
                "request.cur[0]: invalid type: integer `1`, expected a string",
            ],
        );
    }

    #[test]
    fn long_numbers_are_shown_as_they_were_sent() {
        check(
            r#"{"tmax":123456789012345678901234567890}"#,
            &[
                "request.tmax: invalid type: string \"123456789012345678901234567890\", expected a whole number",
            ],
        );
    }
}
