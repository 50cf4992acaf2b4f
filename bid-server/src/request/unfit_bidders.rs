//! Bidders that cannot be asked for an imp: unknown ones, and those whose params break their schema.
//!
//! One bidder's fault must not cost the others the auction, so it is left out of the imp and the answer says
//! why. If nobody would be left to ask, validation refuses the request as a whole and names every fault.

use std::collections::BTreeMap;

use openrtb::{BidRequest, Imp};
use serde_json::Value;

use super::KnownBidders;
use super::refusal::{MOST_FAULTS, cut_one};
use super::validate::{fault_of_bidder, faults_of_params};
use crate::remark::{Remark, code};

/// A bidder that is left out of an imp.
struct Unfit {
    imp: usize,
    name: String,
    /// Its params are in `imp.ext.<name>` instead of `imp.ext.prebid.bidder.<name>`.
    older_place: bool,
    faults: Vec<String>,
}

/// Leaves out the unfit bidders; `None` = nobody would be left to ask in the imps that remain.
pub(super) fn leave_out(
    request: &mut BidRequest,
    bidders: &dyn KnownBidders,
    remains: impl Fn(usize) -> bool,
) -> Option<Vec<Remark>> {
    let prebid = request.ext.as_ref().and_then(|ext| ext.prebid.as_ref());
    let none = BTreeMap::new();
    let aliases = prebid.map_or(&none, |prebid| &prebid.aliases);
    let (mut unfit, mut fit) = (Vec::new(), 0);
    for (index, imp) in request.imp.iter().enumerate() {
        for (name, params, older_place) in named(imp) {
            let place = if older_place { "" } else { "prebid.bidder." };
            let path = format_args!("request.imp[{index}].ext.{place}{name}");
            let unknown = fault_of_bidder(name, &path, bidders, aliases);
            // Other extensions share the older place.
            if older_place && unknown.is_some() {
                continue;
            }
            let mut faults: Vec<String> = unknown.into_iter().collect();
            if faults.is_empty() {
                faults = faults_of_params(name, params, &path, bidders, aliases);
            }
            if faults.is_empty() {
                fit += usize::from(remains(index));
            } else {
                unfit.push(Unfit {
                    imp: index,
                    name: name.to_owned(),
                    older_place,
                    faults,
                });
            }
        }
    }
    if fit == 0 && unfit.iter().any(|unfit| remains(unfit.imp)) {
        return None;
    }
    let mut told = Vec::new();
    for Unfit {
        imp,
        name,
        older_place,
        faults,
    } in unfit
    {
        if let Some(imp) = request.imp.get_mut(imp) {
            remove(imp, &name, older_place);
        }
        let left = MOST_FAULTS.saturating_sub(told.len());
        told.extend(faults.into_iter().take(left).map(|mut fault| {
            cut_one(&mut fault);
            let text = format!("{fault}; not asked for this imp");
            Remark::of_bidder(&name, code::UNKNOWN_WARNING, text)
        }));
    }
    Some(told)
}

/// Name and params of each bidder that an imp names, and whether they are in the older place.
fn named(imp: &Imp) -> impl Iterator<Item = (&str, &Value, bool)> {
    let ext = imp.ext.as_ref();
    let prebid = ext.and_then(|ext| ext.prebid.as_ref());
    let members = prebid.into_iter().flat_map(|prebid| &prebid.bidder);
    let members = members.map(|(name, params)| (name.as_str(), params, false));
    let older = ext.into_iter().flat_map(|ext| &ext.other);
    members.chain(older.map(|(name, params)| (name.as_str(), params, true)))
}

fn remove(imp: &mut Imp, name: &str, older_place: bool) {
    let Some(ext) = &mut imp.ext else { return };
    if older_place {
        ext.other.shift_remove(name);
    } else if let Some(prebid) = &mut ext.prebid {
        prebid.bidder.shift_remove(name);
    }
}
