//! The account id that a request names.

use openrtb::{BidRequest, Publisher};
use serde_json::Value;

/// `publisher.ext.prebid.parentAccount`, or else `publisher.id`, of site, app or dooh.
pub(super) fn of(request: &BidRequest) -> Option<String> {
    let id = if let Some(publisher) = request.publisher() {
        of_publisher(publisher)
    } else {
        let publisher = request.dooh.as_ref()?.get("publisher")?;
        let ext = publisher.get("ext").and_then(|ext| ext.get("prebid"));
        parent(ext).or_else(|| publisher.get("id")?.as_str())
    };
    id.filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The account that a stored request names, in the same places.
pub(crate) fn of_stored(request: &Value) -> Option<&str> {
    let mut places = ["site", "app", "dooh"].into_iter();
    let publisher = places.find_map(|place| request.get(place)?.get("publisher"))?;
    let ext = publisher.get("ext").and_then(|ext| ext.get("prebid"));
    let id = parent(ext).or_else(|| publisher.get("id")?.as_str());
    id.filter(|id| !id.is_empty())
}

fn of_publisher(publisher: &Publisher) -> Option<&str> {
    let ext = publisher.ext.as_ref().and_then(|ext| ext.get("prebid"));
    parent(ext).or(publisher.id.as_deref())
}

fn parent(prebid: Option<&Value>) -> Option<&str> {
    let id = prebid?.get("parentAccount")?.as_str()?;
    Some(id).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(request: Value, expected: Option<&str>) {
        let request: BidRequest = serde_json::from_value(request).unwrap();
        assert_eq!(of(&request).as_deref(), expected);
    }

    #[test]
    fn parent_account_goes_before_the_publisher() {
        let publisher = json!({"id": "p", "ext": {"prebid": {"parentAccount": "up"}}});
        for place in ["site", "app", "dooh"] {
            check(json!({place: {"publisher": publisher}}), Some("up"));
            check(json!({place: {"publisher": {"id": "p"}}}), Some("p"));
            check(json!({place: {"publisher": {"id": ""}}}), None);
            check(json!({place: {}}), None);
        }
        let odd = json!({"id": "p", "ext": {"prebid": {"parentAccount": 1}}});
        check(json!({"site": {"publisher": odd}}), Some("p"));
    }
}
