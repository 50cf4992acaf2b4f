//! Lays profiles over and under a request or an imp, in the order in which they are named.

use serde_json::Value;

use super::names;
use crate::data::merge_patch::lay_over;
use crate::data::stored::{Found, PartOf, Precedence, StoredKind, parse};

/// Lays the profiles that a request or an imp names; `path` leads to it. The error says what is wrong with them.
pub(super) fn lay(
    path: &str,
    part_of: PartOf,
    value: &mut Value,
    found: &Found,
) -> Result<(), Vec<String>> {
    let mut faults = Vec::new();
    for (place, id) in names::profiles(path, value).map_err(|fault| vec![fault])? {
        let key = (StoredKind::Profile, id);
        let Some(stored) = found.get(&key) else {
            faults.push(names::missing(&place, &key));
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
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}
