//! Rules that an imp brings for itself: `imp.ext.prebid.floors`, in the form that Prebid.js has on an ad unit.
//!
//! They count only if the request as a whole has no rules, as in Prebid.js.

use openrtb::ext::FloorData;
use openrtb::{BidRequest, Imp};
use serde_json::{Value, json};

use crate::remark::{Remark, code};

/// The members of a model.
const MODEL: [&str; 5] = ["schema", "values", "default", "currency", "skiprate"];

fn floors(imp: &Imp) -> Option<&Value> {
    let prebid = imp.ext.as_ref()?.prebid.as_ref()?;
    prebid.other.get("floors")
}

fn is_rule(name: &str) -> bool {
    name.eq_ignore_ascii_case("values") || name.eq_ignore_ascii_case("default")
}

fn has_rules(floors: &Value) -> bool {
    let members = floors.as_object();
    members.is_some_and(|members| members.keys().any(|name| is_rule(name)))
}

/// Whether any imp has rules.
pub(super) fn any(request: &BidRequest) -> bool {
    request.imp.iter().filter_map(floors).any(has_rules)
}

/// Takes the rules out of all imps, by position: they are not for bidders. What cannot be read is remarked on.
pub(super) fn take(request: &mut BidRequest, warnings: &mut Vec<Remark>) -> Vec<Option<FloorData>> {
    let imps = request.imp.iter_mut().enumerate();
    imps.map(|(index, imp)| take_one(index, imp, warnings))
        .collect()
}

fn take_one(index: usize, imp: &mut Imp, warnings: &mut Vec<Remark>) -> Option<FloorData> {
    let prebid = imp.ext.as_mut()?.prebid.as_mut()?;
    let floors = prebid.other.get_mut("floors")?;
    if !has_rules(floors) {
        return None;
    }
    let read = FloorData::read(&json!({"modelgroups": [floors]}));
    if let Some(members) = floors.as_object_mut() {
        members.retain(|name, _| !MODEL.iter().any(|model| name.eq_ignore_ascii_case(model)));
    }
    read.map_err(|error| {
        let text = format!("the floors of imp {index} are not used: {error}");
        warnings.push(Remark::general(code::FLOORS, text));
    })
    .ok()
}
