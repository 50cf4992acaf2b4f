//! `ext.prebid.multibid`: bidders that get keys for more than one bid per imp.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::bidder_names;
use crate::remark::{Remark, code};

/// The limit for bidders that the request does not mention.
const DEFAULT_MAX: usize = 1;
/// Nobody needs more keys than this.
const LARGEST_MAX: usize = 9;
/// Each bid carries its name, and keys are cut to far less.
const LONGEST_PREFIX: usize = 64;

/// Limits by bidder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MultiBids {
    by_bidder: BTreeMap<String, Limit>,
}

/// How many bids of a bidder get keys, and under which names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limit {
    /// 1 to 9.
    pub(crate) max: usize,
    /// The second bid is named by this and `2`, the third by this and `3`, and so on. Without a prefix only
    /// the first bid has a name.
    prefix: Option<String>,
}

impl Limit {
    /// The name of the nth bid of a bidder, counted from 0.
    pub(crate) fn name(&self, seat: &str, nth: usize) -> Option<String> {
        if nth == 0 {
            return Some(seat.to_owned());
        }
        let prefix = self.prefix.as_ref()?;
        Some(format!("{prefix}{}", nth + 1))
    }
}

impl MultiBids {
    /// Reads the list. Entries that cannot be used are left out with a warning.
    pub(super) fn read(list: &Value, warnings: &mut Vec<Remark>) -> Self {
        let mut read = Self::default();
        let entries = list.as_array();
        for (index, entry) in entries.into_iter().flatten().enumerate() {
            for problem in read.add(entry) {
                let text = format!("multibid[{index}]: {problem}");
                warnings.push(Remark::general(code::MULTI_BID, text));
            }
        }
        if entries.is_none() {
            warnings.push(Remark::general(code::MULTI_BID, "multibid is not a list"));
        }
        read
    }

    /// The limit of a bidder.
    pub(crate) fn of(&self, seat: &str) -> Limit {
        let limit = bidder_names::find_by_key(&self.by_bidder, seat);
        limit.cloned().unwrap_or(Limit {
            max: DEFAULT_MAX,
            prefix: None,
        })
    }

    fn add(&mut self, entry: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        let Some(max) = member(entry, "maxbids").and_then(Value::as_i64) else {
            return vec!["maxbids is missing, the entry is not used".to_owned()];
        };
        let allowed = usize::try_from(max)
            .unwrap_or(DEFAULT_MAX)
            .clamp(DEFAULT_MAX, LARGEST_MAX);
        if i64::try_from(allowed) != Ok(max) {
            problems.push(format!(
                "maxbids {max} is not 1 to {LARGEST_MAX}, {allowed} is used"
            ));
        }
        let text = |name| member(entry, name).and_then(Value::as_str);
        let mut prefix = text("targetbiddercodeprefix").filter(|prefix| !prefix.is_empty());
        if prefix.is_some_and(|prefix| prefix.len() > LONGEST_PREFIX) {
            problems.push(format!(
                "targetbiddercodeprefix is longer than {LONGEST_PREFIX} bytes and is not used"
            ));
            prefix = None;
        }
        let list = member(entry, "bidders").and_then(Value::as_array);
        let mut bidders: Vec<&str> = Vec::new();
        if let Some(bidder) = text("bidder").filter(|bidder| !bidder.is_empty()) {
            bidders.push(bidder);
            if list.is_some() {
                problems.push("bidders is not used beside bidder".to_owned());
            }
        } else {
            bidders.extend(list.into_iter().flatten().filter_map(Value::as_str));
            if bidders.is_empty() {
                problems.push("neither bidder nor bidders is given".to_owned());
            }
            if prefix.take().is_some() {
                problems.push("targetbiddercodeprefix is not used with several bidders".to_owned());
            }
        }
        for bidder in bidders {
            let limit = Limit {
                max: allowed,
                prefix: prefix.map(str::to_owned),
            };
            let known = self.by_bidder.contains_key(&bidder_names::key(bidder));
            if known {
                problems.push(format!(
                    "{bidder:?} is there twice, the first entry is used"
                ));
            } else {
                self.by_bidder.insert(bidder_names::key(bidder), limit);
            }
        }
        problems
    }
}

/// Reads a member whatever its case: publishers write `maxBids`, Prebid.js sends `maxbids`.
fn member<'a>(entry: &'a Value, name: &str) -> Option<&'a Value> {
    let mut members = entry.as_object()?.iter();
    let found = members.find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(list: &Value) -> (MultiBids, Vec<String>) {
        let mut warnings = Vec::new();
        let read = MultiBids::read(list, &mut warnings);
        (
            read,
            warnings.into_iter().map(|notice| notice.text).collect(),
        )
    }

    #[test]
    fn names_follow_the_prefix() {
        let (read, warnings) = read(&json!([
            {"bidder": "alpha", "maxbids": 3, "targetbiddercodeprefix": "al"},
            {"bidders": ["beta", "gamma"], "maxBids": 2},
        ]));
        assert!(warnings.is_empty());
        let names: Vec<_> = (0..3)
            .map(|nth| read.of("Alpha").name("Alpha", nth).unwrap())
            .collect();
        assert_eq!(names, ["Alpha", "al2", "al3"]);
        assert_eq!(read.of("gamma").max, 2);
        assert_eq!(read.of("gamma").name("gamma", 1), None);
        assert_eq!(read.of("other").max, 1);
    }

    #[track_caller]
    fn check_warned(list: &Value, expected: &[&str]) -> MultiBids {
        let (read, warnings) = read(list);
        assert_eq!(warnings.len(), expected.len(), "{warnings:?}");
        for (warning, part) in warnings.iter().zip(expected) {
            assert!(warning.contains(part), "{warning}");
        }
        read
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let read = check_warned(
            &json!([{"bidder": "a", "maxbids": 0}]),
            &["0 is not 1 to 9, 1"],
        );
        assert_eq!(read.of("a").max, 1);
        let read = check_warned(
            &json!([{"bidder": "a", "maxbids": 10}]),
            &["10 is not 1 to 9, 9"],
        );
        assert_eq!(read.of("a").max, 9);
        check_warned(&json!([{"bidder": "a", "maxbids": -4}]), &["1 is used"]);
        check_warned(&json!([{"bidder": "a"}]), &["maxbids is missing"]);
        check_warned(&json!([{"maxbids": 2}]), &["neither"]);
        check_warned(
            &json!([{"bidder": "a", "bidders": ["b"], "maxbids": 2}]),
            &["beside"],
        );
        let twice = json!([{"bidder": "a", "maxbids": 2}, {"bidders": ["a", "b"], "maxbids": 3, "targetbiddercodeprefix": "x"}]);
        let read = check_warned(&twice, &["several", "twice"]);
        assert_eq!((read.of("a").max, read.of("b").max), (2, 3));
        check_warned(&json!([1, "x", null]), &["missing", "missing", "missing"]);
        check_warned(&json!({"bidder": "a"}), &["not a list"]);
    }
}
