//! Rules for ids: they are copied into every bid, its notices and addresses, so long ones would multiply.

use openrtb::{BidRequest, Publisher};
use serde_json::Value;

/// Ids of auctions are UUIDs, those of imps are codes of ad units.
pub(super) const LONGEST: usize = 256;

/// Collects faults of the ids of the request and its account.
pub(super) fn check(request: &BidRequest, faults: &mut Vec<String>) {
    let mut of_account = of_publisher(request.publisher());
    let publisher = request.dooh.as_ref().and_then(|dooh| dooh.get("publisher"));
    let id = publisher.and_then(|publisher| publisher.get("id")?.as_str());
    let parent = parent(publisher.and_then(|publisher| publisher.get("ext")?.get("prebid")));
    of_account.extend(id.into_iter().chain(parent));
    if request.id.len() > LONGEST {
        faults.push(format!("request.id: longer than {LONGEST} bytes"));
    }
    if of_account.iter().any(|id| id.len() > LONGEST) {
        faults.push(format!(
            "request: an account's id is longer than {LONGEST} bytes"
        ));
    }
}

fn of_publisher(publisher: Option<&Publisher>) -> Vec<&str> {
    let Some(publisher) = publisher else {
        return Vec::new();
    };
    let ext = publisher.ext.as_ref().and_then(|ext| ext.get("prebid"));
    publisher
        .id
        .as_deref()
        .into_iter()
        .chain(parent(ext))
        .collect()
}

fn parent(prebid: Option<&Value>) -> Option<&str> {
    prebid?.get("parentAccount")?.as_str()
}
