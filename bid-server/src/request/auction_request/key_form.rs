//! [`KeyForm`]: how targeting keys begin and how long they may be.

use crate::remark::{Remark, code};

/// First part of the keys unless another is asked for.
const DEFAULT_PREFIX: &str = "hb";
/// Ad servers truncate longer keys, so we do it, where the rest of the page can see it.
const DEFAULT_MAX_BYTES: usize = 20;
/// Bytes that a prefix must leave free for the rest of a key.
const LEAST_REST: usize = 12;

/// The form of all keys of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyForm {
    prefix: String,
    max_bytes: usize,
}

impl Default for KeyForm {
    fn default() -> Self {
        Self {
            prefix: DEFAULT_PREFIX.to_owned(),
            max_bytes: DEFAULT_MAX_BYTES,
        }
    }
}

impl KeyForm {
    /// The request's prefix takes precedence over the account's. A prefix that leaves no room for the rest of
    /// a key is not used, and the remark says so. An account's length of 0 means that it sets none.
    pub(crate) fn new(
        request_prefix: Option<&str>,
        account_prefix: &str,
        account_bytes: usize,
    ) -> (Self, Option<Remark>) {
        let max_bytes = if account_bytes > 0 {
            account_bytes
        } else {
            DEFAULT_MAX_BYTES
        };
        let form = |prefix: &str| Self {
            prefix: prefix.to_owned(),
            max_bytes,
        };
        if max_bytes < LEAST_REST {
            let text = format!(
                "targeting keys of {max_bytes} characters have no room for a prefix, {DEFAULT_PREFIX} is used; at least {LEAST_REST} are needed"
            );
            let notice = Remark::general(code::KEY_TOO_SHORT, text);
            return (form(DEFAULT_PREFIX), Some(notice));
        }
        let wished = request_prefix.filter(|prefix| !prefix.is_empty());
        let wished = wished.or(Some(account_prefix).filter(|prefix| !prefix.is_empty()));
        let Some(wished) = wished else {
            return (form(DEFAULT_PREFIX), None);
        };
        // If the account's length is exactly the minimum, the prefix is checked against the default length.
        let room = if max_bytes > LEAST_REST {
            max_bytes - LEAST_REST
        } else {
            DEFAULT_MAX_BYTES - LEAST_REST
        };
        if wished.len() <= room {
            return (form(wished), None);
        }
        let text = format!(
            "targeting prefix {wished:?} is longer than {room} characters, {DEFAULT_PREFIX} is used"
        );
        (
            form(DEFAULT_PREFIX),
            Some(Remark::general(code::PREFIX_TOO_LONG, text)),
        )
    }

    /// A key for the winner; `rest` begins with `_`.
    pub(crate) fn plain(&self, rest: &str) -> String {
        self.cut(format!("{}{rest}", self.prefix))
    }

    /// A key for one bidder.
    pub(crate) fn of_bidder(&self, rest: &str, name: &str) -> String {
        self.cut(format!("{}{rest}_{name}", self.prefix))
    }

    /// The key, cut to the length that may be sent; a character that would be split is left out.
    pub(crate) fn cut(&self, mut key: String) -> String {
        key.truncate(key.floor_char_boundary(self.max_bytes));
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(request: Option<&str>, account: &str, bytes: usize, key: &str, number: Option<i64>) {
        let (form, notice) = KeyForm::new(request, account, bytes);
        assert_eq!(form.of_bidder("_bidder", "exampleexchange"), key);
        assert_eq!(notice.map(|notice| notice.code), number);
    }

    #[test]
    fn keys_are_cut() {
        check(None, "", 0, "hb_bidder_exampleexc", None);
        check(None, "", 30, "hb_bidder_exampleexchange", None);
        check(None, "", 12, "hb_bidder_ex", None);
        assert_eq!(KeyForm::default().plain("_cache_host"), "hb_cache_host");
    }

    #[test]
    fn the_requests_prefix_goes_before_the_accounts() {
        check(Some("rq"), "acc", 0, "rq_bidder_exampleexc", None);
        check(Some(""), "acc", 0, "acc_bidder_exampleex", None);
        check(None, "acc", 0, "acc_bidder_exampleex", None);
        check(Some("eightchr"), "", 0, "eightchr_bidder_exam", None);
    }

    #[test]
    fn a_prefix_without_room_is_not_used() {
        check(
            Some("ninechars"),
            "acc",
            0,
            "hb_bidder_exampleexc",
            Some(10_015),
        );
        check(None, "seven77", 18, "hb_bidder_examplee", Some(10_015));
        check(Some("rq"), "", 11, "hb_bidder_e", Some(10_016));
    }

    #[test]
    fn characters_stay_whole() {
        assert_eq!(
            KeyForm::default().of_bidder("_pb", "ああああああ"),
            "hb_pb_ああああ"
        );
    }
}
