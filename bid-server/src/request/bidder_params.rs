//! `ext.prebid.bidderparams`: params that a bidder gets with every imp it is asked for.
//!
//! They only fill gaps: values in the imp itself take precedence. The bidder also gets them unchanged, along
//! with the rest of its data.

use openrtb::{BidRequest, Imp, Members};
use serde_json::Value;

use super::auction_request::offered_imp::OfferedImp;
use crate::bidder_names;

/// Fills in the params of all imps.
pub(super) fn fill(request: &mut BidRequest) {
    let prebid = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
    let shared = prebid.and_then(|prebid| prebid.other.get("bidderparams")?.as_object());
    let Some(shared) = shared else { return };
    for imp in &mut request.imp {
        fill_imp(imp, shared);
    }
}

fn fill_imp(imp: &mut Imp, shared: &Members) {
    let Some(ext) = &mut imp.ext else { return };
    let named = ext.prebid.iter_mut();
    let named = named.flat_map(|prebid| prebid.bidder.iter_mut());
    // `ext.<bidder>` is the older place; other extensions share it, and no bidder has their names.
    let older = ext.other.iter_mut();
    let older = older.filter(|(name, _)| !OfferedImp::shows(name));
    for (name, params) in named.chain(older) {
        let own = shared
            .iter()
            .find(|(bidder, _)| bidder_names::same(bidder, name));
        let (Some((_, Value::Object(more))), Value::Object(params)) = (own, params) else {
            continue;
        };
        for (key, value) in more {
            if !params.contains_key(key) {
                params.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gaps_are_filled_and_own_params_stay() {
        let request = json!({
            "id": "r",
            "imp": [{"id": "i", "ext": {"prebid": {"bidder": {"Alpha": {"a": 1}, "beta": {}}}, "alpha": {"b": 3}, "data": {}}}],
            "ext": {"prebid": {"bidderparams": {"alpha": {"a": 9, "b": 2}, "data": {"x": 1}, "odd": 5}}},
        });
        let mut request: BidRequest = serde_json::from_value(request).unwrap();
        fill(&mut request);
        let ext = serde_json::to_value(&request.imp[0].ext).unwrap();
        assert_eq!(
            ext["prebid"]["bidder"],
            json!({"Alpha": {"a": 1, "b": 2}, "beta": {}})
        );
        assert_eq!(ext["alpha"], json!({"b": 3, "a": 9}));
        assert_eq!(ext["data"], json!({}));
    }
}
