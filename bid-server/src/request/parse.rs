//! JSON to wire types; every value of the wrong type is named.

use openrtb::{BidRequest, Imp, Members, exact};
use serde::Deserialize as _;
use serde_json::{Value, json};
use serde_path_to_error::{Path, Segment, deserialize};

use crate::data::stored::Found;
use crate::request::Refusal;
use crate::request::imp_faults::ImpFaults;
use crate::request::refusal::MOST_FAULTS;

const OBJECT: &str = "an object";

/// The readable part of a request, and what could not be read.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) request: BidRequest,
    /// Values of the wrong type, each with its path; they are left out of `request`.
    pub(crate) faults: Vec<String>,
    /// Which of them concern one imp alone.
    pub(crate) of_imps: ImpFaults,
    /// Stored answers that its imps name.
    pub(crate) found: Found,
    /// Whose the stored data is: no other account may use it.
    pub(crate) owners: Vec<Owner>,
}

/// The account that an item of stored data belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The item, for people.
    pub(crate) item: String,
    pub(crate) account: String,
    /// Whether that holds even if nobody has configured the account.
    pub(crate) always: bool,
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
pub(super) fn typed(value: Value) -> Parsed {
    typed_after(value, Parsed::default())
}

/// The same for a request of which some faults are known already.
pub(super) fn typed_after(mut value: Value, mut parsed: Parsed) -> Parsed {
    loop {
        let error = match deserialize(&value) {
            Ok(request) => {
                parsed.request = request;
                return parsed;
            }
            Err(error) => error,
        };
        let message = plain(&error.inner().to_string());
        let before = parsed.faults.len();
        let fault = format!("request.{}: {message}", error.path());
        parsed.faults.push(fault);
        if let Some(imp) = imp_at(error.path()) {
            parsed.of_imps.mark(imp, before, &parsed.faults);
        }
        if !take_out(&mut value, error.path(), &message) {
            return parsed;
        }
        if parsed.faults.len() >= MOST_FAULTS {
            // Each further one would cost a pass over the whole.
            empty_unreadable(&mut value, &mut parsed.of_imps);
            parsed.request = deserialize(&value).unwrap_or_default();
            return parsed;
        }
    }
}

/// The imp that a path leads into.
fn imp_at(path: &Path) -> Option<usize> {
    let mut steps = path.iter();
    match (steps.next(), steps.next()) {
        (Some(Segment::Map { key }), Some(Segment::Seq { index })) if key == "imp" => Some(*index),
        _ => None,
    }
}

/// Empties all imps that cannot be read; nothing is said about them.
fn empty_unreadable(value: &mut Value, of_imps: &mut ImpFaults) {
    let imps = value.get_mut("imp").and_then(Value::as_array_mut);
    for (index, imp) in imps.into_iter().flatten().enumerate() {
        if Imp::deserialize(&*imp).is_err() {
            empty(imp);
            of_imps.close(index);
        }
    }
}

/// Leaves only the id of an imp.
pub(super) fn empty(imp: &mut Value) {
    let id = imp.get("id").and_then(Value::as_str);
    *imp = json!({"id": id.unwrap_or_default()});
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
    fn faults_of_many_imps_are_those_of_imps() {
        for (wrong, told) in [(2, 2), (70, 50), (20_000, 50)] {
            let wrong = r#"{"id":"x","banner":7},"#.repeat(wrong);
            let body = format!(r#"{{"id":"r","imp":[{wrong}{{"id":"fine"}}]}}"#);
            let parsed = parse(body.as_bytes()).unwrap();
            assert_eq!(parsed.faults.len(), told);
            assert!(
                parsed
                    .of_imps
                    .are_all(&parsed.faults, parsed.request.imp.len())
            );
            assert_eq!(parsed.request.imp.last().unwrap().id, "fine");
        }
        let mixed = parse(br#"{"tmax":"x","imp":[{"id":"x","banner":7},{"id":"y"}]}"#).unwrap();
        assert!(!mixed.of_imps.are_all(&mixed.faults, 2));
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
