//! Rules for `ext.prebid.targeting`.

use openrtb::ext::RequestPrebid;

use crate::money::price_granularity::{Granularities, PresetScale};

/// A granularity must be a known name or a table that makes sense.
pub(super) fn check(prebid: &RequestPrebid, faults: &mut Vec<String>) {
    let (_, broken) = Granularities::read(prebid.targeting.as_ref(), PresetScale::default());
    faults.extend(
        broken
            .into_iter()
            .map(|(path, problem)| format!("request.ext.prebid.targeting.{path}: {problem}")),
    );
}
