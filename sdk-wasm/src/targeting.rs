//! Key-values for the ad server.

/// Keys with this prefix belong to header bidding, and are cleared before new ones are set.
pub const PREFIX: &str = "hb_";

/// Ad servers cut keys at 20 characters; cutting here keeps what is set and what is found the same.
const LONGEST_KEY: usize = 20;

/// The key as the ad server will know it.
pub fn short_key(key: &str) -> String {
    key.chars().take(LONGEST_KEY).collect()
}

/// The names by which an ad server's library knows a slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlotNames {
    /// Id of the slot's element.
    pub element: String,
    /// Path of its ad unit.
    pub path: String,
}

/// Which of `known` is the ad server's slot for `code` and `path`.
///
/// The element's id names one slot; a path may be used by many, so it only decides when no
/// element has the code's name.
pub fn find_slot(known: &[SlotNames], code: &str, path: &str) -> Option<usize> {
    let by_element = known.iter().position(|names| names.element == code);
    let has_path =
        |names: &SlotNames| names.path == code || (!path.is_empty() && names.path == path);
    by_element.or_else(|| known.iter().position(has_path))
}

#[cfg(test)]
mod tests {
    use super::{SlotNames, find_slot, short_key};

    #[test]
    fn finds_a_slot_by_element_before_path() {
        let known = [("a", "/1/x"), ("b", "/1/x"), ("c", "/1/y")].map(|(id, path)| SlotNames {
            element: id.to_owned(),
            path: path.to_owned(),
        });
        assert_eq!(find_slot(&known, "b", "/1/x"), Some(1));
        assert_eq!(find_slot(&known, "other", "/1/y"), Some(2));
        assert_eq!(find_slot(&known, "/1/y", ""), Some(2));
        assert_eq!(find_slot(&known, "other", ""), None);
    }

    #[test]
    fn cuts_keys_like_an_ad_server() {
        assert_eq!(short_key("hb_cache_host_alphabeta"), "hb_cache_host_alphab");
    }
}
