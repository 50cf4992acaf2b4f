//! Size and slot of a single imp: `w`, `h`, `ow`, `oh`, `ms` or `sizes`, `slot` or `tagid`.

use serde_json::{Value, json};

use super::{Query, imps, number};

const SLOT: [&str; 2] = ["slot", "tagid"];
const SEVERAL: [&str; 2] = ["sizes", "ms"];

/// The sizes in the query; 0 = not given.
struct Sizes {
    width: i64,
    height: i64,
    list: Vec<Value>,
}

/// Lays them over the one imp; with several imps it would be unclear which one is meant.
pub(super) fn apply(query: &Query, request: &mut Value, faults: &mut Vec<String>) {
    let sizes = read(query, faults);
    let says = sizes.width > 0 || sizes.height > 0 || !sizes.list.is_empty();
    let slot = query.text(&SLOT);
    if !says && slot.is_none() {
        return;
    }
    let mut imps = imps(request);
    let (Some(imp), None) = (imps.next(), imps.next()) else {
        let names = ["w", "h", "ow", "oh"]
            .into_iter()
            .chain(SEVERAL)
            .chain(SLOT);
        let named = names.filter(|name| query.named(&[name]).is_some());
        faults.extend(
            named.map(|name| {
                format!("query.{name}: the stored request does not have exactly one imp")
            }),
        );
        return;
    };
    if let Some(slot) = slot {
        imp["tagid"] = json!(slot);
    }
    if imp.get("banner").is_some_and(Value::is_object) {
        lay_over_banner(&mut imp["banner"], &sizes);
    }
    if let Some(Value::Object(video)) = imp.get_mut("video") {
        for (name, side) in [("w", sizes.width), ("h", sizes.height)] {
            if side > 0 {
                video.insert(name.to_owned(), json!(side));
            }
        }
    }
}

/// A complete size and those of the list replace the stored ones; a single side is laid over each stored size.
fn lay_over_banner(banner: &mut Value, sizes: &Sizes) {
    let own =
        (sizes.width > 0 && sizes.height > 0).then(|| json!({"w": sizes.width, "h": sizes.height}));
    let formats: Vec<Value> = own.into_iter().chain(sizes.list.iter().cloned()).collect();
    if !formats.is_empty() {
        banner["format"] = Value::from(formats);
        return;
    }
    let stored = banner.get_mut("format").and_then(Value::as_array_mut);
    for format in stored
        .into_iter()
        .flatten()
        .filter(|format| format.is_object())
    {
        for (name, side) in [("w", sizes.width), ("h", sizes.height)] {
            if side > 0 {
                format[name] = json!(side);
            }
        }
    }
}

fn read(query: &Query, faults: &mut Vec<String>) -> Sizes {
    let mut side = |names: &[&str]| {
        let (name, text) = query.named(names)?;
        let read = number(name, text, faults)?;
        if read < 0 {
            faults.push(format!("query.{name}: must not be negative"));
        }
        Some(read)
    };
    let (width, height) = (side(&["ow", "w"]), side(&["oh", "h"]));
    let mut list = Vec::new();
    if let Some((name, text)) = query.named(&SEVERAL) {
        for item in text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
        {
            match pair(item) {
                Some((w, h)) => list.push(json!({"w": w, "h": h})),
                None => faults.push(format!("query.{name}: not a size like 300x250: {item:?}")),
            }
        }
    }
    Sizes {
        width: width.unwrap_or(0),
        height: height.unwrap_or(0),
        list,
    }
}

fn pair(text: &str) -> Option<(u32, u32)> {
    let (w, h) = text.split_once(['x', 'X'])?;
    let side = |side: &str| side.trim().parse().ok().filter(|side| *side > 0);
    Some((side(w)?, side(h)?))
}
