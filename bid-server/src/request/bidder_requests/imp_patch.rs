//! `imp.ext.prebid.imp.<bidder>`: what one bidder sees differently in an imp.

use serde_json::Value;

use super::first_party::patched;
use crate::bidder_names;
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
