//! Looks up the rule for an imp: the most specific one that matches.

use std::collections::BTreeMap;

use openrtb::Price;

use super::settings::MOST_SCHEMA_DIMS;

/// Matches everything.
pub(super) const ANY: &str = "*";

/// The rule for these field values, and its floor.
///
/// A rule with fewer wildcards comes before one with more; with the same number, the rule that is exact
/// further to the left comes first. Keys of rules are in lower case.
pub(super) fn find(
    rules: &BTreeMap<String, Price>,
    values: &[String],
    delimiter: &str,
) -> Option<(String, Price)> {
    let fields = values.len().min(MOST_SCHEMA_DIMS);
    // One bit per field, with the leftmost field as the highest bit; 1 stands for a wildcard.
    let mut masks: Vec<u32> = (0..1_u32 << fields).collect();
    masks.sort_by_key(|mask| (mask.count_ones(), *mask));
    masks.into_iter().find_map(|mask| {
        let parts = values.iter().enumerate().map(|(index, value)| {
            let bit = fields.saturating_sub(index + 1);
            if mask >> bit & 1 == 1 {
                ANY.to_owned()
            } else {
                value.to_lowercase()
            }
        });
        let key = parts.collect::<Vec<_>>().join(delimiter);
        let floor = rules.get(&key).copied();
        floor.map(|floor| (key, floor))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rules: &[&str], values: &[&str], expected: Option<&str>) {
        let rules = rules.iter().map(|rule| ((*rule).to_owned(), Price::ZERO));
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let found = find(&rules.collect(), &values, "|");
        assert_eq!(found.map(|(rule, _)| rule).as_deref(), expected);
    }

    #[test]
    fn fewer_wildcards_first_then_exact_on_the_left() {
        let order = [
            "a|b|c", "a|b|*", "a|*|c", "*|b|c", "a|*|*", "*|b|*", "*|*|c", "*|*|*",
        ];
        for first in 0..order.len() {
            check(&order[first..], &["a", "b", "c"], Some(order[first]));
        }
        check(&["x|*|*"], &["a", "b", "c"], None);
    }

    #[test]
    fn case_does_not_matter_and_a_value_may_be_unknown() {
        check(
            &["www.example.com|banner"],
            &["WWW.Example.com", "Banner"],
            Some("www.example.com|banner"),
        );
        check(&["*|banner"], &["*", "banner"], Some("*|banner"));
    }

    #[test]
    fn without_fields_there_is_one_empty_rule() {
        check(&[""], &[], Some(""));
    }
}
