//! `ext.debug`: calls with bodies and status, including failed ones, and the request as it was understood.

use std::collections::BTreeMap;

use openrtb::Members;
use serde_json::{Value, json};

use crate::bidders::adapter::HttpCall;
use crate::bidders::registry::Registry;
use crate::bidders::secrets::Secrets;
use crate::bidders::{CallReport, CallTrace};

/// Headers that are never shown: they contain what the operator agreed on with an SSP.
const SECRET_HEADERS: [&str; 4] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
];

/// The member `debug`, with at most `cap` bytes of text, and whether something had to be left out.
pub(super) fn write(
    resolved: Option<&Value>,
    calls: &[CallReport],
    registry: &Registry,
    cap: usize,
) -> (Value, bool) {
    let mut budget = Budget {
        left: cap,
        cut: false,
    };
    let mut by_bidder: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for call in calls {
        if let Some(trace) = &call.trace {
            let bidder = registry.get(&call.bidder);
            let none = Secrets::default();
            let secrets = bidder.map_or(&none, |bidder| &bidder.secrets);
            let shown = http_call(trace, secrets, &mut budget);
            by_bidder.entry(&call.seat).or_default().push(shown);
        }
    }
    let mut debug = Members::new();
    debug.insert("httpcalls".to_owned(), json!(by_bidder));
    if let Some(resolved) = resolved.filter(|resolved| budget.takes(resolved)) {
        debug.insert("resolvedrequest".to_owned(), resolved.clone());
    }
    (Value::Object(debug), budget.cut)
}

/// How much may still be written.
#[derive(Debug)]
struct Budget {
    left: usize,
    cut: bool,
}

impl Budget {
    /// As much of the text as there is room for. Bytes that are not text are shown as question marks.
    fn text(&mut self, bytes: &[u8]) -> String {
        let shown = bytes.get(..self.left).unwrap_or(bytes);
        self.cut |= shown.len() < bytes.len();
        self.left -= shown.len();
        String::from_utf8_lossy(shown).into_owned()
    }

    fn takes(&mut self, value: &Value) -> bool {
        let size = value.to_string().len();
        let fits = size <= self.left;
        self.cut |= !fits;
        self.left -= if fits { size } else { 0 };
        fits
    }
}

/// The operator's secrets are left out: the caller who debugs is not the operator.
fn http_call(trace: &CallTrace, secrets: &Secrets, budget: &mut Budget) -> Value {
    let came = trace.progress.came();
    json!({
        "uri": secrets.hide_in_url(&trace.call.url),
        "requestheaders": headers(&trace.call, secrets),
        "requestbody": secrets.hide_in_text(&budget.text(&trace.call.body)),
        // 0 = there was no answer at all.
        "status": came.status.unwrap_or(0),
        "responsebody": secrets.hide_in_text(&budget.text(&came.body)),
    })
}

fn headers(call: &HttpCall, secrets: &Secrets) -> BTreeMap<String, Vec<String>> {
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &crate::bidders::call::headers(call) {
        if SECRET_HEADERS.contains(&name.as_str()) {
            continue;
        }
        let value = secrets.hide_in_text(&String::from_utf8_lossy(value.as_bytes()));
        headers.entry(name.to_string()).or_default().push(value);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_what_is_too_long() {
        let mut budget = Budget {
            left: 5,
            cut: false,
        };
        assert_eq!(budget.text(b"abc"), "abc");
        assert!(!budget.cut);
        assert_eq!(budget.text("d\u{e4}x".as_bytes()), "d\u{fffd}");
        assert!(budget.cut);
        assert!(!budget.takes(&json!(1)));
    }
}
