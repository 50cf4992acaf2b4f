//! First-party data: removed for bidders that may not see it, and laid over the request for those it is meant for.

use openrtb::{BidRequest, Members};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::data::merge_patch;
use crate::request::parse::plain;

/// Removes `user.ext.prebid`, and returns the ids by which bidders know the user.
pub(super) fn take_buyeruids(request: &mut BidRequest, faults: &mut Vec<String>) -> Members {
    let path = "request.user.ext.prebid.buyeruids";
    let Some(user) = &mut request.user else {
        return Members::new();
    };
    let prebid = user.ext.as_mut().and_then(|ext| ext.shift_remove("prebid"));
    if user.ext.as_ref().is_some_and(Members::is_empty) {
        user.ext = None;
    }
    let Some(mut prebid) = prebid else {
        return Members::new();
    };
    match prebid.get_mut("buyeruids").map(Value::take) {
        None | Some(Value::Null) => Members::new(),
        Some(Value::Object(uids)) => {
            if uids.is_empty() {
                faults.push(format!("{path}: at least one is needed"));
            }
            for (bidder, uid) in uids.iter().filter(|(_, uid)| !uid.is_string()) {
                faults.push(format!("{path}.{bidder}: must be a string: {uid}"));
            }
            uids
        }
        Some(_) => {
            faults.push(format!("{path}: must be an object"));
            Members::new()
        }
    }
}

/// Removes all first-party data from the request; returns the request as it was, if there was any.
pub(super) fn take_data(request: &mut BidRequest) -> Option<Box<BidRequest>> {
    let mut before = BidRequest {
        site: request.site.clone(),
        app: request.app.clone(),
        user: request.user.clone(),
        ..BidRequest::default()
    };
    let mut found = false;
    if let Some(site) = &mut request.site {
        found |= take_from(&mut site.ext, &mut site.other, "content");
    }
    if let Some(app) = &mut request.app {
        found |= take_from(&mut app.ext, &mut app.other, "content");
    }
    if let Some(user) = &mut request.user {
        found |= remove_data(&mut user.ext) | user.other.shift_remove("data").is_some();
    }
    // The id is not part of what is put back.
    before.id.clear();
    found.then(|| Box::new(before))
}

fn take_from(ext: &mut Option<Members>, other: &mut Members, inner: &str) -> bool {
    let content = other.get_mut(inner).and_then(Value::as_object_mut);
    let segments = content.and_then(|content| content.shift_remove("data"));
    remove_data(ext) | segments.is_some()
}

fn remove_data(ext: &mut Option<Members>) -> bool {
    let Some(members) = ext else { return false };
    let found = members.shift_remove("data").is_some();
    if members.is_empty() {
        *ext = None;
    }
    found
}

/// Restores the data for bidders that may see it.
pub(super) fn put_back(request: &mut BidRequest, full: &BidRequest) {
    request.site.clone_from(&full.site);
    request.app.clone_from(&full.app);
    request.user.clone_from(&full.user);
}

/// Lays the data meant for a bidder over `site`, `app`, `user` and `device`; other members are ignored.
pub(super) fn lay_over(
    request: &mut BidRequest,
    ortb2: &Members,
    path: &str,
    faults: &mut Vec<String>,
) {
    // Data about a site cannot turn an app's request into a site's.
    for (member, present) in [
        ("site", request.site.is_some()),
        ("app", request.app.is_some()),
    ] {
        if !present && ortb2.get(member).is_some_and(|value| !value.is_null()) {
            faults.push(format!("{path}.{member}: the request has no {member}"));
        }
    }
    if request.site.is_some() {
        patch(
            &mut request.site,
            ortb2.get("site"),
            &format!("{path}.site"),
            faults,
        );
    }
    if request.app.is_some() {
        patch(
            &mut request.app,
            ortb2.get("app"),
            &format!("{path}.app"),
            faults,
        );
    }
    patch(
        &mut request.user,
        ortb2.get("user"),
        &format!("{path}.user"),
        faults,
    );
    patch(
        &mut request.device,
        ortb2.get("device"),
        &format!("{path}.device"),
        faults,
    );
}

fn patch<T: Serialize + DeserializeOwned>(
    slot: &mut Option<T>,
    over: Option<&Value>,
    path: &str,
    faults: &mut Vec<String>,
) {
    let Some(over) = over.filter(|over| !over.is_null()) else {
        return;
    };
    if !over.is_object() {
        faults.push(format!("{path}: must be an object"));
        return;
    }
    match patched(slot, over) {
        Ok(value) => *slot = Some(value),
        Err(problem) => faults.push(format!("{path}.{problem}")),
    }
}

/// A value with a merge patch applied.
pub(super) fn patched<T: Serialize, U: DeserializeOwned>(
    below: &T,
    over: &Value,
) -> Result<U, String> {
    let mut whole = serde_json::to_value(below).map_err(|error| error.to_string())?;
    merge_patch::lay_over(&mut whole, over.clone());
    serde_path_to_error::deserialize(whole)
        .map_err(|error| format!("{}: {}", error.path(), plain(&error.inner().to_string())))
}

/// Removes the ids of these sources from both places that can hold them.
pub(super) fn hide_eids(request: &mut BidRequest, sources: &[&str]) {
    let Some(user) = request.user.as_mut().filter(|_| !sources.is_empty()) else {
        return;
    };
    let hidden = |eid: &Value| {
        let source = eid.get("source").and_then(Value::as_str);
        source.is_some_and(|source| sources.contains(&source))
    };
    if let Some(eids) = &mut user.eids {
        eids.retain(|eid| !hidden(eid));
    }
    if user.eids.as_ref().is_some_and(Vec::is_empty) {
        user.eids = None;
    }
    let Some(ext) = &mut user.ext else { return };
    if let Some(eids) = ext.get_mut("eids").and_then(Value::as_array_mut) {
        eids.retain(|eid| !hidden(eid));
        if eids.is_empty() {
            ext.shift_remove("eids");
        }
    }
    if ext.is_empty() {
        user.ext = None;
    }
}
