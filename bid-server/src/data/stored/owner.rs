//! [`owner`]: whose an item of stored data is, where it says so.
//!
//! Requests, imps and responses say it in `ext.earlybid.account`, profiles in `account`.

use serde_json::Value;

use super::StoredKind;

/// The account that alone may use the item; `None` = every account may.
///
/// An owner that is not a string counts as an account that no request can name.
pub(crate) fn owner(kind: StoredKind, value: &Value) -> Option<&str> {
    let account = named(kind, value)?;
    Some(account.as_str().unwrap_or_default())
}

/// Takes the owner out of a stored request or imp: it is not part of what others are laid over.
pub(crate) fn take_owner(value: &mut Value) {
    let Some(ext) = value.get_mut("ext").and_then(Value::as_object_mut) else {
        return;
    };
    let earlybid = ext.get_mut("earlybid").and_then(Value::as_object_mut);
    // An empty `earlybid` would say that the SDK is asking.
    let is_empty = earlybid
        .is_some_and(|earlybid| earlybid.shift_remove("account").is_some() && earlybid.is_empty());
    if is_empty {
        ext.shift_remove("earlybid");
    }
}

/// Whether the owner can be read.
pub(super) fn check(kind: StoredKind, value: &Value) -> Result<(), String> {
    match owner(kind, value) {
        Some("") if kind == StoredKind::Profile => {
            Err("account: must be a text that is not empty".to_owned())
        }
        Some("") => Err("ext.earlybid.account: must be a text that is not empty".to_owned()),
        _ => Ok(()),
    }
}

fn named(kind: StoredKind, value: &Value) -> Option<&Value> {
    let holder = match kind {
        StoredKind::Request | StoredKind::Imp | StoredKind::Response => {
            value.get("ext")?.get("earlybid")?
        }
        StoredKind::Profile => value,
        StoredKind::Account => return None,
    };
    holder.get("account").filter(|account| !account.is_null())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_has_its_place() {
        let in_ext = json!({"ext": {"earlybid": {"account": "a"}}, "account": "no"});
        for kind in [StoredKind::Request, StoredKind::Imp, StoredKind::Response] {
            assert_eq!(owner(kind, &in_ext), Some("a"));
            assert_eq!(owner(kind, &json!({"ext": {"earlybid": {}}})), None);
            assert_eq!(owner(kind, &json!([])), None);
        }
        assert_eq!(
            owner(StoredKind::Profile, &json!({"account": "a"})),
            Some("a")
        );
        assert_eq!(owner(StoredKind::Account, &in_ext), None);
    }

    #[test]
    fn only_the_owner_is_taken_out() {
        for (stored, rest) in [
            (json!({"earlybid": {"account": "a"}}), json!({})),
            (
                json!({"earlybid": {"account": "a", "adid": true}}),
                json!({"earlybid": {"adid": true}}),
            ),
            (
                json!({"earlybid": {}, "x": 1}),
                json!({"earlybid": {}, "x": 1}),
            ),
            (json!({"x": 1}), json!({"x": 1})),
        ] {
            let mut value = json!({"ext": stored});
            take_owner(&mut value);
            assert_eq!(value, json!({"ext": rest}));
        }
    }

    #[test]
    fn what_is_no_text_is_nobodys() {
        let odd = json!({"ext": {"earlybid": {"account": 7}}});
        assert_eq!(owner(StoredKind::Imp, &odd), Some(""));
        assert!(check(StoredKind::Imp, &odd).is_err());
        assert!(check(StoredKind::Profile, &json!({"account": null})).is_ok());
    }
}
