//! The assets of a native request: each has one kind, and an id by which bids refer to it.

use std::collections::BTreeSet;

use openrtb::Members;
use serde_json::Value;

use super::{in_list, listed, number};

/// An asset has exactly one of these.
const KINDS: [&str; 4] = ["title", "img", "video", "data"];

/// Fills in missing ids and collects faults; `path` leads to the request.
pub(super) fn complete(path: &str, request: &mut Members, faults: &mut Vec<String>) {
    let path = format!("{path}.assets");
    let assets = request.get_mut("assets").and_then(Value::as_array_mut);
    let Some(assets) = assets.filter(|assets| !assets.is_empty()) else {
        return faults.push(format!("{path}: at least one is needed"));
    };
    let mut taken = BTreeSet::new();
    for (index, asset) in assets.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let Some(asset) = asset.as_object() else {
            faults.push(format!("{path}: must be an object"));
            continue;
        };
        check(&path, asset, faults);
        check_id(&path, asset, &mut taken, faults);
    }
    fill_ids(assets, &mut taken);
}

fn check_id(path: &str, asset: &Members, taken: &mut BTreeSet<i64>, faults: &mut Vec<String>) {
    let Some(id) = asset.get("id").filter(|id| !id.is_null()) else {
        return;
    };
    match number(Some(id)) {
        None => faults.push(format!("{path}.id: must be a whole number")),
        Some(id) if !taken.insert(id) => faults.push(format!("{path}.id: {id} is there twice")),
        Some(_) => {}
    }
}

/// Fills in the position in the list, or the next free number.
fn fill_ids(assets: &mut [Value], taken: &mut BTreeSet<i64>) {
    let mut next = 0;
    for asset in assets.iter_mut().filter_map(Value::as_object_mut) {
        if asset.get("id").is_some_and(|id| !id.is_null()) {
            continue;
        }
        while !taken.insert(next) {
            next += 1;
        }
        asset.insert("id".to_owned(), Value::from(next));
    }
}

fn check(path: &str, asset: &Members, faults: &mut Vec<String>) {
    let mut kinds = KINDS
        .iter()
        .filter_map(|kind| Some((*kind, asset.get(*kind)?)))
        .filter(|(_, value)| !value.is_null());
    let (Some((kind, value)), None) = (kinds.next(), kinds.next()) else {
        let kinds = KINDS.join(", ");
        return faults.push(format!("{path}: exactly one of {kinds} is needed"));
    };
    let path = format!("{path}.{kind}");
    let Some(value) = value.as_object() else {
        return faults.push(format!("{path}: must be an object"));
    };
    match kind {
        "title" => check_title(&path, value, faults),
        "img" => check_image(&path, value, faults),
        "video" => check_video(&path, value, faults),
        _ => check_data(&path, value, faults),
    }
}

fn check_title(path: &str, title: &Members, faults: &mut Vec<String>) {
    if number(title.get("len")).is_none_or(|length| length < 1) {
        faults.push(format!("{path}.len: must be 1 or more"));
    }
}

fn check_image(path: &str, image: &Members, faults: &mut Vec<String>) {
    in_list(path, image, "type", 3, faults);
    for name in ["w", "h", "wmin", "hmin"] {
        let size = image.get(name).filter(|size| !size.is_null());
        if size.is_some_and(|size| number(Some(size)).is_none_or(|size| size < 0)) {
            faults.push(format!(
                "{path}.{name}: must be a whole number of 0 or more"
            ));
        }
    }
}

fn check_video(path: &str, video: &Members, faults: &mut Vec<String>) {
    for name in ["mimes", "protocols"] {
        let list = video.get(name).and_then(Value::as_array);
        if list.is_none_or(Vec::is_empty) {
            faults.push(format!("{path}.{name}: at least one is needed"));
        }
    }
    let protocols = video.get("protocols").and_then(Value::as_array);
    for (index, protocol) in protocols.into_iter().flatten().enumerate() {
        // AdCOM lists 16 protocols; numbers from 500 on are agreed on between buyer and seller.
        if !number(Some(protocol)).is_some_and(|number| listed(number, 16)) {
            faults.push(format!(
                "{path}.protocols[{index}]: must be 1 to 16, or 500 or more"
            ));
        }
    }
    for name in ["minduration", "maxduration"] {
        if number(video.get(name)).is_none_or(|seconds| seconds < 1) {
            faults.push(format!("{path}.{name}: must be 1 or more"));
        }
    }
}

fn check_data(path: &str, data: &Members, faults: &mut Vec<String>) {
    if !number(data.get("type")).is_some_and(|kind| listed(kind, 12)) {
        faults.push(format!("{path}.type: must be 1 to 12, or 500 or more"));
    }
}
