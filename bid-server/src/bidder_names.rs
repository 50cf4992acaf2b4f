//! The one way to compare names of bidders: case-insensitively.
//!
//! Requests, accounts and the configuration spell the same bidder in several ways (`yahooAds`, `YahooAds`).
//! Each name keeps its spelling, and a bidder appears in the answer under the name that the request uses for
//! it.

use std::collections::BTreeMap;

/// Whether two names mean the same bidder.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The value for a bidder; an exact match takes precedence.
pub(crate) fn find<'m, T>(map: &'m BTreeMap<String, T>, name: &str) -> Option<&'m T> {
    map.get(name).or_else(|| {
        let mut others = map.iter();
        others
            .find(|(known, _)| same(known, name))
            .map(|(_, value)| value)
    })
}

/// The key for maps by bidder in which all spellings share one entry.
pub(crate) fn key(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The value for a bidder in a map by [`key`]. Most such maps are empty, and no key is made to look into one.
pub(crate) fn find_by_key<'m, T>(map: &'m BTreeMap<String, T>, name: &str) -> Option<&'m T> {
    if map.is_empty() {
        return None;
    }
    map.get(&key(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_spelling() {
        let map = BTreeMap::from([("Alpha".to_owned(), 1), ("beta".to_owned(), 2)]);
        for name in ["Alpha", "alpha", "ALPHA"] {
            assert_eq!(find(&map, name), Some(&1), "{name}");
        }
        assert_eq!(find(&map, "alph"), None);
        assert_eq!(key("sspBC"), key("SSPbc"));
        assert!(!same("ssp", "sspbc"));
        let map = BTreeMap::from([(key("sspBC"), 1)]);
        assert_eq!(find_by_key(&map, "SspBc"), Some(&1));
        assert_eq!(find_by_key::<u8>(&BTreeMap::new(), "ssp"), None);
    }

    #[test]
    fn the_same_spelling_counts_first() {
        let map = BTreeMap::from([("ALPHA".to_owned(), 1), ("alpha".to_owned(), 2)]);
        assert_eq!(find(&map, "alpha"), Some(&2));
        assert_eq!(find(&map, "ALPHA"), Some(&1));
    }
}
