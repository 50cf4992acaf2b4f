//! Rules for `ext.prebid.targeting`.

use openrtb::ext::RequestPrebid;

use crate::response::price_granularity::Granularity;

/// A granularity must be a known name or a table that makes sense.
pub(super) fn check(prebid: &RequestPrebid, faults: &mut Vec<String>) {
    let targeting = prebid.targeting.as_ref();
    let wish = targeting.and_then(|targeting| targeting.pricegranularity.as_ref());
    if let Some(Err(problem)) = wish.map(Granularity::from_wire) {
        faults.push(format!(
            "request.ext.prebid.targeting.pricegranularity: {problem}"
        ));
    }
}
