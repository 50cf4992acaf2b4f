//! `imp.ext.prebid.imp.<bidder>`: what one bidder sees differently in an imp.

use std::collections::BTreeSet;

use serde_json::Value;

use super::first_party::patched;
use crate::bidder_names;
use crate::remark::{Remark, code};
use crate::request::auction_request::offered_imp::OfferedImp;

/// The imp's patch for the bidder with this name.
pub(super) fn of<'a>(imp: &'a OfferedImp, name: &str) -> Option<&'a Value> {
    let mut patches = imp.patches.iter();
    patches
        .find(|(bidder, _)| bidder_names::same(bidder, name))
        .map(|(_, patch)| patch)
}

/// All imps, patched for the bidder with this name.
pub(super) fn imps(name: &str, plain: &[OfferedImp], faults: &mut Vec<String>) -> Vec<OfferedImp> {
    let mut imps = plain.to_vec();
    for (index, imp) in imps.iter_mut().enumerate() {
        let Some(patch) = of(imp, name).cloned() else {
            continue;
        };
        let path = format!("request.imp[{index}].ext.prebid.imp.{name}");
        if let Err(problem) = lay_over(imp, &patch) {
            faults.push(format!("{path}{problem}"));
        }
    }
    imps
}

/// Leaves out the bidders for which an imp says what does not fit it, if others remain to be asked.
pub(in crate::request) fn leave_out_unfit(imps: &mut [OfferedImp]) -> Vec<Remark> {
    let names = imps.iter().flat_map(|imp| imp.params.keys());
    let asked: BTreeSet<String> = names.map(|name| bidder_names::key(name)).collect();
    let mut unfit = Vec::new();
    for (index, imp) in imps.iter().enumerate() {
        let patches = imp.patches.iter();
        for (name, patch) in patches.filter(|(name, _)| asked.contains(&bidder_names::key(name))) {
            if let Err(problem) = lay_over(&mut imp.clone(), patch) {
                unfit.push((index, name.clone(), problem));
            }
        }
    }
    let is_unfit = |index: usize, name: &str| {
        let mut unfit = unfit.iter();
        unfit.any(|(imp, bidder, _)| *imp == index && bidder_names::same(bidder, name))
    };
    let mut offers = imps
        .iter()
        .enumerate()
        .flat_map(|(index, imp)| imp.params.keys().map(move |name| (index, name)));
    if !offers.any(|(index, name)| !is_unfit(index, name)) {
        return Vec::new();
    }
    let mut remarks = Vec::new();
    for (index, name, problem) in unfit {
        let Some(imp) = imps.get_mut(index) else {
            continue;
        };
        imp.patches.shift_remove(&name);
        imp.params
            .retain(|bidder, _| !bidder_names::same(bidder, &name));
        let id = &imp.imp.id;
        let text = format!("imp {id:?}: ext.prebid.imp.{name}{problem}; not asked for this imp");
        remarks.push(Remark::of_bidder(&name, code::UNKNOWN_WARNING, text));
    }
    remarks
}

fn lay_over(offered: &mut OfferedImp, patch: &Value) -> Result<(), String> {
    let Value::Object(mut patch) = patch.clone() else {
        return Err(": must be an object".to_owned());
    };
    // Bids refer to the imp by its id, and params have their own place.
    patch.shift_remove("id");
    let ext = patch.shift_remove("ext").unwrap_or(Value::Null);
    if let Value::Object(mut ext) = ext {
        ext.retain(|key, _| OfferedImp::shows(key));
        offered.ext =
            patched(&offered.ext, &Value::Object(ext)).map_err(|at| format!(".ext.{at}"))?;
    } else if !ext.is_null() {
        return Err(".ext: must be an object".to_owned());
    }
    offered.imp = patched(&offered.imp, &Value::Object(patch)).map_err(|at| format!(".{at}"))?;
    if offered.imp.media_types().next().is_none() {
        return Err(": leaves no media type".to_owned());
    }
    Ok(())
}
