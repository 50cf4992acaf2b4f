//! Rules for bidder params: the JSON Schema of the bidder's definition.
//!
//! Breaking a rule leaves the bidder out of the imp or, if nobody else can be asked, refuses the request; the
//! fault names the member.

use std::fmt::Display;

use openrtb::Imp;
use serde_json::Value;

use super::bidders::KnownNames;
use crate::bidder_names;

/// Collects the faults of an imp's params; `path` leads to the imp.
pub(super) fn check(
    path: &dyn Display,
    imp: &Imp,
    known: &KnownNames<'_>,
    faults: &mut Vec<String>,
) {
    let Some(ext) = &imp.ext else { return };
    let named = ext.prebid.iter().flat_map(|prebid| &prebid.bidder);
    let named = named.map(|member| ("prebid.bidder.", member));
    // Other extensions share the older place.
    let older = ext.other.iter().map(|member| ("", member));
    for (place, (name, params)) in named.chain(older) {
        let path = format_args!("{path}.ext.{place}{name}");
        faults.extend(self::faults(name, params, &path, known));
    }
}

/// What is wrong with the params of one bidder, or of the bidder that an alias stands for.
pub(super) fn faults(
    name: &str,
    params: &Value,
    path: &dyn Display,
    known: &KnownNames<'_>,
) -> Vec<String> {
    let code = bidder_names::find(known.aliases, name).map_or(name, String::as_str);
    known.bidders.faults_of_params(code, params, path)
}
