//! [`OfferedImp`]: an imp, split into what SSPs may see, the bidders that are asked, and what is meant for us.

use openrtb::ext::{ImpExt, ImpPrebid};
use openrtb::{Imp, Members};
use serde_json::{Value, json};

use crate::bidder_names;

/// Members of `imp.ext` that are passed on to SSPs; everything else is between the page and us, or belongs to
/// another bidder.
const SHOWN: [&str; 8] = [
    "ae", "context", "data", "dsa", "gpid", "igs", "skadn", "tid",
];

/// Members of `imp.ext.prebid` that are passed on.
const SHOWN_PREBID: [&str; 2] = ["floors", "is_rewarded_inventory"];

/// An imp and the bidders that are asked for it.
#[derive(Debug, Clone)]
pub(crate) struct OfferedImp {
    /// The imp without `ext`.
    pub(crate) imp: Imp,
    /// Members of `ext` that every SSP may see.
    pub(crate) ext: Members,
    /// Params by bidder code or alias.
    pub(crate) params: Members,
    /// Id of the stored imp that it came from.
    pub(crate) stored_id: Option<String>,
    /// By bidder: what this bidder alone sees differently.
    pub(crate) patches: Members,
    /// Returned with each bid for the imp.
    pub(crate) passthrough: Option<Value>,
    /// Each bid returns the video object that was offered.
    pub(crate) echo_video: bool,
    /// Id of the stored answer that replaces all bidders.
    pub(crate) stored_answer: Option<String>,
    /// Stored answers of single bidders.
    pub(crate) stored_bids: Vec<StoredBids>,
}

/// Names the stored answer of one bidder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredBids {
    /// The name under which the bidder would be asked.
    pub(crate) bidder: String,
    /// The id of the stored answer.
    pub(crate) id: String,
    /// Whether its bids count for this imp, whatever imp id they contain.
    pub(crate) replace_imp_id: bool,
}

impl OfferedImp {
    /// Splits an imp; `is_bidder` recognises the members of `ext` that hold params in their older place.
    pub(super) fn new(mut imp: Imp, is_bidder: impl Fn(&str) -> bool) -> Self {
        let ImpExt { prebid, other } = imp.ext.take().unwrap_or_default();
        let mut prebid = prebid.unwrap_or_default();
        let mut params = std::mem::take(&mut prebid.bidder);
        let mut ext = Members::new();
        // The older place of params is imp.ext.<bidder>; no SSP may see those of another bidder.
        for (key, value) in other {
            if is_bidder(&key) {
                if !params.keys().any(|known| bidder_names::same(known, &key)) {
                    params.insert(key, value);
                }
            } else if Self::shows(&key) {
                ext.insert(key, value);
            }
        }
        if let Some(shown) = shown(&mut prebid) {
            ext.insert("prebid".to_owned(), shown);
        }
        let asked = |bidder: &str| params.keys().any(|name| bidder_names::same(name, bidder));
        // Validation may have left bidders out.
        let stored_bids = stored_bids(&prebid).filter(|stored| asked(&stored.bidder));
        let stored_bids = stored_bids.collect();
        Self {
            imp,
            ext,
            patches: patches(&mut prebid),
            passthrough: prebid.other.shift_remove("passthrough"),
            echo_video: echoes_video(&prebid),
            stored_answer: stored_answer(&prebid),
            stored_bids,
            stored_id: prebid.storedrequest.map(|stored| stored.id),
            params,
        }
    }

    /// Whether a member of `ext` is passed on to SSPs.
    pub(crate) fn shows(member: &str) -> bool {
        SHOWN.contains(&member)
    }

    /// The sizes of the banner on offer.
    pub(crate) fn sizes(&self) -> Vec<(u32, u32)> {
        self.imp
            .banner
            .as_ref()
            .map(openrtb::Banner::sizes)
            .unwrap_or_default()
    }
}

fn shown(prebid: &mut ImpPrebid) -> Option<Value> {
    // Some SSPs use the stored imp's id as a placement.
    let stored = prebid.storedrequest.as_ref();
    let stored = stored.map(|stored| ("storedrequest".to_owned(), json!({"id": stored.id})));
    let members = SHOWN_PREBID.into_iter().filter_map(|key| {
        let value = prebid.other.shift_remove(key)?;
        Some((key.to_owned(), value))
    });
    let members: Members = stored.into_iter().chain(members).collect();
    (!members.is_empty()).then_some(Value::Object(members))
}

fn patches(prebid: &mut ImpPrebid) -> Members {
    match prebid.other.shift_remove("imp") {
        Some(Value::Object(patches)) => patches,
        _ => Members::new(),
    }
}

fn echoes_video(prebid: &ImpPrebid) -> bool {
    let options = prebid.other.get("options");
    let echo = options.and_then(|options| options.get("echovideoattrs"));
    prebid.storedrequest.is_some() && echo.and_then(Value::as_bool) == Some(true)
}

// Validation has refused stored answers without an id.
fn stored_answer(prebid: &ImpPrebid) -> Option<String> {
    let id = prebid.other.get("storedauctionresponse")?.get("id")?;
    id.as_str().map(str::to_owned)
}

fn stored_bids(prebid: &ImpPrebid) -> impl Iterator<Item = StoredBids> {
    let list = prebid.other.get("storedbidresponse");
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    let read = |entry: &Value| {
        Some(StoredBids {
            bidder: entry.get("bidder")?.as_str()?.to_owned(),
            id: entry.get("id")?.as_str()?.to_owned(),
            replace_imp_id: entry.get("replaceimpid").and_then(Value::as_bool) != Some(false),
        })
    };
    entries.filter_map(read)
}
