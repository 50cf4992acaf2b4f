//! `{{UUID}}`: an id that stored requests and imps leave for us to fill in.

use openrtb::BidRequest;

use crate::clock;

const MACRO: &str = "{{UUID}}";

/// Replaces it in the ids of the request, of its imps, and of the transaction.
pub(super) fn fill(request: &mut BidRequest) {
    let tid = request
        .source
        .as_mut()
        .and_then(|source| source.tid.as_mut());
    let imps = request.imp.iter_mut().map(|imp| &mut imp.id);
    for id in std::iter::once(&mut request.id).chain(imps).chain(tid) {
        if id == MACRO {
            *id = clock::new_id();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_gets_its_own() {
        let request = json!({"id": MACRO, "imp": [{"id": MACRO}, {"id": MACRO}, {"id": "kept"}], "source": {"tid": MACRO}});
        let mut request: BidRequest = serde_json::from_value(request).unwrap();
        fill(&mut request);
        let mut ids = vec![
            &request.id,
            request.source.as_ref().unwrap().tid.as_ref().unwrap(),
        ];
        ids.extend(request.imp.iter().take(2).map(|imp| &imp.id));
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 4);
        assert!(ids.iter().all(|id| id.len() == 32));
        assert_eq!(request.imp[3 - 1].id, "kept");
    }
}
