//! Lays profiles over and under a request and its imps, in the order in which they are named.

use serde_json::Value;

use super::names;
use crate::data::merge_patch::lay_over;
use crate::data::stored::{Found, PartOf, Precedence, StoredKind, parse};
use crate::request::Refusal;

/// Lays the profiles that the request names.
pub(super) fn of_request(request: &mut Value, found: &Found) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    lay("request", PartOf::Request, request, (found, &mut faults))?;
    Refusal::unless_empty(faults)
}

/// Lays the profiles that its imps name.
pub(super) fn of_imps(request: &mut Value, found: &Found) -> Result<(), Refusal> {
    let imps = request.get_mut("imp").and_then(Value::as_array_mut);
    let mut faults = Vec::new();
    for (index, imp) in imps.into_iter().flatten().enumerate() {
        let path = format!("request.imp[{index}]");
        lay(&path, PartOf::Imp, imp, (found, &mut faults))?;
    }
    Refusal::unless_empty(faults)
}

/// The stored data that was found, and the faults so far.
type Kept<'a> = (&'a Found, &'a mut Vec<String>);

fn lay(path: &str, part_of: PartOf, value: &mut Value, kept: Kept<'_>) -> Result<(), Refusal> {
    let (found, faults) = kept;
    for (place, id) in names::profiles(path, value)? {
        let Some(stored) = found.get(&(StoredKind::Profile, id)) else {
            continue;
        };
        match parse::profile(stored) {
            Ok(profile) if profile.part_of != part_of => {
                faults.push(format!("{place}: a profile of {}", profile.part_of.name()));
            }
            Ok(profile) => {
                let body = Value::Object(profile.body);
                match profile.precedence {
                    Precedence::Profile => lay_over(value, body),
                    Precedence::Request => {
                        let over = std::mem::replace(value, body);
                        lay_over(value, over);
                    }
                }
            }
            Err(problem) => faults.push(format!("{place}: its profile cannot be used: {problem}")),
        }
    }
    Ok(())
}
