//! Rules for bidder params: the JSON Schema of the bidder's definition.
//!
//! Breaking a rule refuses the request, as callers of Prebid Server (Go) know it; the fault names the member.

use openrtb::Imp;

use super::bidders::KnownNames;

/// Collects the faults of an imp's params; `path` leads to the imp.
pub(super) fn check(path: &str, imp: &Imp, known: &KnownNames<'_>, faults: &mut Vec<String>) {
    let Some(ext) = &imp.ext else { return };
    let named = ext.prebid.iter().flat_map(|prebid| &prebid.bidder);
    let named = named.map(|member| ("prebid.bidder.", member));
    // Other extensions share the older place.
    let older = ext.other.iter().map(|member| ("", member));
    for (place, (name, params)) in named.chain(older) {
        let code = known.aliases.get(name).unwrap_or(name);
        let path = format!("{path}.ext.{place}{name}");
        faults.extend(known.bidders.faults_of_params(code, params, &path));
    }
}
