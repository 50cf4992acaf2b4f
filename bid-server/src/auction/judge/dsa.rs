//! Transparency information for the EU's Digital Services Act: `regs.ext.dsa` and `bid.ext.dsa`.

use openrtb::{Bid, BidRequest};
use serde_json::Value;

/// The longest allowed names of the payer and of the advertiser.
const LONGEST_NAME: usize = 100;

/// What is wrong with the bid's information, if anything.
pub(super) fn check(bid: &Bid, request: &BidRequest) -> Result<(), &'static str> {
    let ext = request.regs.as_ref().and_then(|regs| regs.ext.as_ref());
    let asked = ext.and_then(|ext| ext.get("dsa"));
    let number = |object: Option<&Value>, name: &str| object?.get(name)?.as_i64();
    let given = bid.ext.as_ref().and_then(|ext| ext.get("dsa"));
    let given = given.filter(|given| given.is_object());
    // 2 = bids without it are rejected, 3 = the same for very large platforms.
    let required = matches!(number(asked, "dsarequired"), Some(2 | 3));
    let Some(dsa) = given else {
        return if required {
            Err("ext.dsa is missing")
        } else {
            Ok(())
        };
    };
    let too_long = |name: &str| {
        let text = dsa.get(name).and_then(Value::as_str).unwrap_or_default();
        text.chars().count() > LONGEST_NAME
    };
    if too_long("behalf") || too_long("paid") {
        return Err("ext.dsa.behalf or paid is longer than 100 characters");
    }
    match (number(asked, "pubrender"), number(given, "adrender")) {
        (Some(0), Some(0)) => Err("neither the publisher nor the buyer shows it"),
        (Some(2), Some(1)) => Err("both the publisher and the buyer show it"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_dsa(asked: &Value, given: &Value, expected: bool) {
        let request = json!({"regs": {"ext": {"dsa": asked}}});
        let request = serde_json::from_value(request).unwrap();
        let bid = serde_json::from_value(json!({"ext": {"dsa": given}})).unwrap();
        assert_eq!(check(&bid, &request).is_ok(), expected);
    }

    #[test]
    fn is_needed_where_required() {
        check_dsa(&json!({"dsarequired": 1}), &json!(null), true);
        check_dsa(&json!({"dsarequired": 2}), &json!(null), false);
        check_dsa(&json!({"dsarequired": 3}), &json!("x"), false);
        check_dsa(&json!({"dsarequired": 3}), &json!({"paid": "shop"}), true);
        check_dsa(&json!(null), &json!({"paid": "x".repeat(101)}), false);
    }

    #[test]
    fn somebody_shows_it_and_not_both() {
        check_dsa(&json!({"pubrender": 0}), &json!({"adrender": 0}), false);
        check_dsa(&json!({"pubrender": 0}), &json!({"adrender": 1}), true);
        check_dsa(&json!({"pubrender": 2}), &json!({"adrender": 1}), false);
        check_dsa(&json!({"pubrender": 1}), &json!({"adrender": 1}), true);
    }
}
