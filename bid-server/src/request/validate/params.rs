//! Rules for bidder params: the JSON Schema of the bidder's definition.
//!
//! A broken rule refuses the request, as callers of Prebid Server (Go) know it, and names the member.

use openrtb::{BidRequest, Imp};

use crate::config::Config;

/// Collects the faults of an imp's params; `path` leads to the imp.
pub(super) fn check(
    path: &str,
    imp: &Imp,
    request: &BidRequest,
    config: &Config,
    faults: &mut Vec<String>,
) {
    let Some(ext) = &imp.ext else { return };
    let aliases = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
    let aliases = aliases.map(|prebid| &prebid.aliases);
    let named = ext.prebid.iter().flat_map(|prebid| &prebid.bidder);
    let named = named.map(|member| ("prebid.bidder.", member));
    // The older place is that of other extensions too.
    let older = ext.other.iter().map(|member| ("", member));
    for (place, (name, params)) in named.chain(older) {
        let code = aliases
            .and_then(|aliases| aliases.get(name))
            .unwrap_or(name);
        let bidder = config.bidders.get(code).filter(|bidder| bidder.enabled);
        let Some(schema) = bidder.and_then(|bidder| bidder.params_schema()) else {
            continue;
        };
        faults.extend(schema.faults(params, &format!("{path}.ext.{place}{name}")));
    }
}
