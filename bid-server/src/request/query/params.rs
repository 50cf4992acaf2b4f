//! The plain parameters: each has a name or two, a kind, and a place in the request.

use serde_json::{Value, json};

use super::{Query, imps, number, object, set};

/// How the text is read.
#[derive(Debug, Clone, Copy)]
enum ParamKind {
    Text,
    Number,
    Decimal,
    Texts,
    Numbers,
}

/// Names, kind, and the place of the value.
type Param = (&'static [&'static str], ParamKind, &'static [&'static str]);

const REQUEST: [Param; 12] = [
    (&["tmax", "timeout"], ParamKind::Number, &["tmax"]),
    (&["bcat"], ParamKind::Texts, &["bcat"]),
    (&["badv"], ParamKind::Texts, &["badv"]),
    (&["ua"], ParamKind::Text, &["device", "ua"]),
    (&["dtype"], ParamKind::Number, &["device", "devicetype"]),
    (&["ifa"], ParamKind::Text, &["device", "ifa"]),
    (&["ifat"], ParamKind::Text, &["device", "ext", "ifa_type"]),
    (&["dnt"], ParamKind::Number, &["device", "dnt"]),
    (&["lmt"], ParamKind::Number, &["device", "lmt"]),
    (&["coppa"], ParamKind::Number, &["regs", "coppa"]),
    (&["gpc"], ParamKind::Text, &["regs", "ext", "gpc"]),
    (
        &["gpps", "gpp_sid"],
        ParamKind::Numbers,
        &["regs", "gpp_sid"],
    ),
];

/// Within site, app or dooh.
const PLACE: [Param; 8] = [
    (&["cgenre"], ParamKind::Text, &["content", "genre"]),
    (&["clang"], ParamKind::Text, &["content", "language"]),
    (&["crating"], ParamKind::Text, &["content", "contentrating"]),
    (&["ccat"], ParamKind::Texts, &["content", "cat"]),
    (&["ccattax"], ParamKind::Number, &["content", "cattax"]),
    (
        &["cseries", "rss_feed"],
        ParamKind::Text,
        &["content", "series"],
    ),
    (&["ctitle"], ParamKind::Text, &["content", "title"]),
    (
        &["clivestream"],
        ParamKind::Number,
        &["content", "livestream"],
    ),
];

const APP: [Param; 3] = [
    (&["name"], ParamKind::Text, &["name"]),
    (&["bundle"], ParamKind::Text, &["bundle"]),
    (&["storeurl"], ParamKind::Text, &["storeurl"]),
];

const BANNER: [Param; 7] = [
    (&["mimes"], ParamKind::Texts, &["mimes"]),
    (&["btype"], ParamKind::Numbers, &["btype"]),
    (&["battr"], ParamKind::Numbers, &["battr"]),
    (&["pos"], ParamKind::Number, &["pos"]),
    (&["topframe"], ParamKind::Number, &["topframe"]),
    (&["expdir"], ParamKind::Numbers, &["expdir"]),
    (&["api"], ParamKind::Numbers, &["api"]),
];

/// Within video and audio.
const STREAM: [Param; 19] = [
    (&["mimes"], ParamKind::Texts, &["mimes"]),
    (&["mindur"], ParamKind::Number, &["minduration"]),
    (&["maxdur"], ParamKind::Number, &["maxduration"]),
    (&["api"], ParamKind::Numbers, &["api"]),
    (&["battr"], ParamKind::Numbers, &["battr"]),
    (&["delivery"], ParamKind::Numbers, &["delivery"]),
    (&["minbr"], ParamKind::Number, &["minbitrate"]),
    (&["maxbr"], ParamKind::Number, &["maxbitrate"]),
    (&["maxex"], ParamKind::Number, &["maxextended"]),
    (&["maxseq"], ParamKind::Number, &["maxseq"]),
    (&["mincpms"], ParamKind::Decimal, &["mincpmpersec"]),
    (&["poddur"], ParamKind::Number, &["poddur"]),
    (&["podid"], ParamKind::Text, &["podid"]),
    (&["podseq"], ParamKind::Number, &["podseq"]),
    (&["proto"], ParamKind::Numbers, &["protocols"]),
    (&["rqddurs"], ParamKind::Numbers, &["rqddurs"]),
    (&["seq"], ParamKind::Number, &["sequence"]),
    (&["slotinpod"], ParamKind::Number, &["slotinpod"]),
    (&["startdelay"], ParamKind::Number, &["startdelay"]),
];

const VIDEO: [Param; 10] = [
    (&["linearity"], ParamKind::Number, &["linearity"]),
    (&["skip"], ParamKind::Number, &["skip"]),
    (&["skipafter"], ParamKind::Number, &["skipafter"]),
    (&["skipmin"], ParamKind::Number, &["skipmin"]),
    (&["placement"], ParamKind::Number, &["placement"]),
    (&["plcmt"], ParamKind::Number, &["plcmt"]),
    (&["playbackend"], ParamKind::Number, &["playbackend"]),
    (&["playbackmethod"], ParamKind::Numbers, &["playbackmethod"]),
    (&["boxingallowed"], ParamKind::Number, &["boxingallowed"]),
    (&["pos"], ParamKind::Number, &["pos"]),
];

const AUDIO: [Param; 3] = [
    (&["stitched"], ParamKind::Number, &["stitched"]),
    (&["feed"], ParamKind::Number, &["feed"]),
    (&["nvol"], ParamKind::Number, &["nvol"]),
];

/// Lays all of them over the request; `owner` is the account that the stored request names.
pub(super) fn apply(
    query: &Query,
    owner: Option<&str>,
    request: &mut Value,
    faults: &mut Vec<String>,
) {
    lay(query, &REQUEST, request, faults);
    apply_address(query, request, faults);
    if matches!(query.text(&["debug"]), Some("1" | "true")) {
        set(request, &["ext", "prebid", "debug"], json!(true));
    }
    let account = account(query, owner, faults);
    apply_place(query, account, request, faults);
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
    // One parameter that goes to several places is one fault.
    let mut known = std::collections::BTreeSet::new();
    faults.retain(|fault| known.insert(fault.clone()));
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

fn read(name: &str, text: &str, kind: ParamKind, faults: &mut Vec<String>) -> Option<Value> {
    let items = || {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
    };
    match kind {
        ParamKind::Text => Some(json!(text)),
        ParamKind::Number => number(name, text, faults).map(Value::from),
        ParamKind::Decimal => {
            let read = text.parse::<f64>().ok().filter(|number| number.is_finite());
            if read.is_none() {
                faults.push(format!("query.{name}: not a number: {text:?}"));
            }
            read.map(Value::from)
        }
        ParamKind::Texts => Some(items().collect()),
        ParamKind::Numbers => {
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

/// What an AMP page sends if nobody has filled in its account.
const OPEN_MACRO: &str = "ACCOUNT_ID";

/// The account to set. A stored request that names one keeps it: `account`, which AMP pages send along, only
/// fills it in, and another `pubid` is a fault.
fn account<'a>(query: &'a Query, owner: Option<&str>, faults: &mut Vec<String>) -> Option<&'a str> {
    let (name, account) = query.named(&["pubid", "account"])?;
    match owner {
        Some(owner) if name == "pubid" && owner != account => {
            faults.push("query.pubid: the stored request belongs to another account".to_owned());
            None
        }
        Some(_) => None,
        None => Some(account).filter(|account| *account != OPEN_MACRO),
    }
}

/// A request that names no place comes from a page, so it gets a site if the page or the account is known.
fn apply_place(
    query: &Query,
    account: Option<&str>,
    request: &mut Value,
    faults: &mut Vec<String>,
) {
    let named = ["site", "app", "dooh"].into_iter();
    let name = named
        .clone()
        .find(|name| request.get(name).is_some_and(Value::is_object));
    let page = query.text(&["page"]);
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
