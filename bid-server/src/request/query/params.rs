//! The plain parameters: each has a name or two, a kind, and a place in the request.

use serde_json::{Value, json};

use super::{Query, imps, number, object, set};

/// How the text is read.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    Decimal,
    Texts,
    Numbers,
}

/// Names, kind, and where the value goes.
type Param = (&'static [&'static str], Kind, &'static [&'static str]);

const REQUEST: [Param; 12] = [
    (&["tmax", "timeout"], Kind::Number, &["tmax"]),
    (&["bcat"], Kind::Texts, &["bcat"]),
    (&["badv"], Kind::Texts, &["badv"]),
    (&["ua"], Kind::Text, &["device", "ua"]),
    (&["dtype"], Kind::Number, &["device", "devicetype"]),
    (&["ifa"], Kind::Text, &["device", "ifa"]),
    (&["ifat"], Kind::Text, &["device", "ext", "ifa_type"]),
    (&["dnt"], Kind::Number, &["device", "dnt"]),
    (&["lmt"], Kind::Number, &["device", "lmt"]),
    (&["coppa"], Kind::Number, &["regs", "coppa"]),
    (&["gpc"], Kind::Text, &["regs", "ext", "gpc"]),
    (&["gpps", "gpp_sid"], Kind::Numbers, &["regs", "gpp_sid"]),
];

/// Within site, app or dooh.
const PLACE: [Param; 8] = [
    (&["cgenre"], Kind::Text, &["content", "genre"]),
    (&["clang"], Kind::Text, &["content", "language"]),
    (&["crating"], Kind::Text, &["content", "contentrating"]),
    (&["ccat"], Kind::Texts, &["content", "cat"]),
    (&["ccattax"], Kind::Number, &["content", "cattax"]),
    (&["cseries", "rss_feed"], Kind::Text, &["content", "series"]),
    (&["ctitle"], Kind::Text, &["content", "title"]),
    (&["clivestream"], Kind::Number, &["content", "livestream"]),
];

const APP: [Param; 3] = [
    (&["name"], Kind::Text, &["name"]),
    (&["bundle"], Kind::Text, &["bundle"]),
    (&["storeurl"], Kind::Text, &["storeurl"]),
];

const BANNER: [Param; 7] = [
    (&["mimes"], Kind::Texts, &["mimes"]),
    (&["btype"], Kind::Numbers, &["btype"]),
    (&["battr"], Kind::Numbers, &["battr"]),
    (&["pos"], Kind::Number, &["pos"]),
    (&["topframe"], Kind::Number, &["topframe"]),
    (&["expdir"], Kind::Numbers, &["expdir"]),
    (&["api"], Kind::Numbers, &["api"]),
];

/// Of video and audio.
const STREAM: [Param; 19] = [
    (&["mimes"], Kind::Texts, &["mimes"]),
    (&["mindur"], Kind::Number, &["minduration"]),
    (&["maxdur"], Kind::Number, &["maxduration"]),
    (&["api"], Kind::Numbers, &["api"]),
    (&["battr"], Kind::Numbers, &["battr"]),
    (&["delivery"], Kind::Numbers, &["delivery"]),
    (&["minbr"], Kind::Number, &["minbitrate"]),
    (&["maxbr"], Kind::Number, &["maxbitrate"]),
    (&["maxex"], Kind::Number, &["maxextended"]),
    (&["maxseq"], Kind::Number, &["maxseq"]),
    (&["mincpms"], Kind::Decimal, &["mincpmpersec"]),
    (&["poddur"], Kind::Number, &["poddur"]),
    (&["podid"], Kind::Text, &["podid"]),
    (&["podseq"], Kind::Number, &["podseq"]),
    (&["proto"], Kind::Numbers, &["protocols"]),
    (&["rqddurs"], Kind::Numbers, &["rqddurs"]),
    (&["seq"], Kind::Number, &["sequence"]),
    (&["slotinpod"], Kind::Number, &["slotinpod"]),
    (&["startdelay"], Kind::Number, &["startdelay"]),
];

const VIDEO: [Param; 10] = [
    (&["linearity"], Kind::Number, &["linearity"]),
    (&["skip"], Kind::Number, &["skip"]),
    (&["skipafter"], Kind::Number, &["skipafter"]),
    (&["skipmin"], Kind::Number, &["skipmin"]),
    (&["placement"], Kind::Number, &["placement"]),
    (&["plcmt"], Kind::Number, &["plcmt"]),
    (&["playbackend"], Kind::Number, &["playbackend"]),
    (&["playbackmethod"], Kind::Numbers, &["playbackmethod"]),
    (&["boxingallowed"], Kind::Number, &["boxingallowed"]),
    (&["pos"], Kind::Number, &["pos"]),
];

const AUDIO: [Param; 3] = [
    (&["stitched"], Kind::Number, &["stitched"]),
    (&["feed"], Kind::Number, &["feed"]),
    (&["nvol"], Kind::Number, &["nvol"]),
];

/// Lays all of them over the request.
pub(super) fn apply(query: &Query, request: &mut Value, faults: &mut Vec<String>) {
    lay(query, &REQUEST, request, faults);
    apply_address(query, request, faults);
    if matches!(query.text(&["debug"]), Some("1" | "true")) {
        set(request, &["ext", "prebid", "debug"], json!(true));
    }
    apply_place(query, request, faults);
    for imp in imps(request) {
        for (media, params) in [
            ("banner", &BANNER[..]),
            ("video", &STREAM),
            ("video", &VIDEO),
            ("audio", &STREAM),
            ("audio", &AUDIO),
        ] {
            if imp.get(media).is_some_and(Value::is_object) {
                lay(query, params, &mut imp[media], faults);
            }
        }
    }
    // One parameter that fits several places is one fault.
    let mut seen = std::collections::BTreeSet::new();
    faults.retain(|fault| seen.insert(fault.clone()));
}

fn lay(query: &Query, params: &[Param], place: &mut Value, faults: &mut Vec<String>) {
    for (names, kind, path) in params {
        if let Some((name, text)) = query.named(names)
            && let Some(value) = read(name, text, *kind, faults)
        {
            set(place, path, value);
        }
    }
}

fn read(name: &str, text: &str, kind: Kind, faults: &mut Vec<String>) -> Option<Value> {
    let items = || {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
    };
    match kind {
        Kind::Text => Some(json!(text)),
        Kind::Number => number(name, text, faults).map(Value::from),
        Kind::Decimal => {
            let read = text.parse::<f64>().ok().filter(|number| number.is_finite());
            if read.is_none() {
                faults.push(format!("query.{name}: not a number: {text:?}"));
            }
            read.map(Value::from)
        }
        Kind::Texts => Some(items().collect()),
        Kind::Numbers => {
            let numbers: Option<Vec<i64>> =
                items().map(|item| number(name, item, faults)).collect();
            numbers.map(Value::from)
        }
    }
}

fn apply_address(query: &Query, request: &mut Value, faults: &mut Vec<String>) {
    let Some(text) = query.text(&["ip"]) else {
        return;
    };
    match text.parse::<std::net::IpAddr>() {
        Ok(ip) => {
            let name = if ip.is_ipv4() { "ip" } else { "ipv6" };
            set(request, &["device", name], json!(ip.to_string()));
        }
        Err(_) => faults.push("query.ip: not an address".to_owned()),
    }
}

/// Site where the request names no place: a page asks.
fn apply_place(query: &Query, request: &mut Value, faults: &mut Vec<String>) {
    let named = ["site", "app", "dooh"].into_iter();
    let name = named
        .clone()
        .find(|name| request.get(name).is_some_and(Value::is_object));
    let page = query.text(&["page"]);
    let account = query.text(&["pubid", "account"]);
    if name.is_none() && page.is_none() && account.is_none() {
        return;
    }
    let name = name.unwrap_or("site");
    let place = object(request, name);
    if let Some(account) = account {
        set(place, &["publisher", "id"], json!(account));
    }
    lay(query, &PLACE, place, faults);
    match name {
        "site" => {
            if let Some(page) = page {
                set(place, &["page"], json!(page));
            }
        }
        "app" => lay(query, &APP, place, faults),
        _ => {}
    }
}
