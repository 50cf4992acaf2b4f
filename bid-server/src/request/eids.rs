//! Extended ids that no bidder could use are left out, and the answer says so.

use openrtb::{BidRequest, Members};
use serde_json::Value;

use crate::remark::{Remark, code};

/// Says that ids in the place of OpenRTB 2.5 are ignored if there are some in the place of 2.6. Must be
/// called while both are there.
pub(super) fn in_both_places(request: &BidRequest) -> Option<Remark> {
    let user = request.user.as_ref()?;
    let older = user.ext.as_ref()?.get("eids")?.as_array()?;
    let newer = user.eids.as_ref()?;
    let lost = older.iter().any(|eid| !newer.contains(eid));
    lost.then(|| {
        let text = "user.ext.eids is not used beside user.eids";
        Remark::general(code::EID, text)
    })
}

/// Leaves out ids without a source, and ids of which nothing remains.
pub(super) fn leave_out(request: &mut BidRequest) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let eids = request.user.as_mut().and_then(|user| user.eids.as_mut());
    let Some(eids) = eids else { return remarks };
    let mut index = 0;
    eids.retain(|eid| {
        let problem = problem(eid);
        if let Some(problem) = problem {
            let text = format!("user.eids[{index}] is left out: {problem}");
            remarks.push(Remark::general(code::EID, text));
        }
        index += 1;
        problem.is_none()
    });
    if eids.is_empty()
        && let Some(user) = &mut request.user
    {
        user.eids = None;
    }
    remarks
}

fn problem(eid: &Value) -> Option<&'static str> {
    let Some(eid) = eid.as_object() else {
        return Some("it is no object");
    };
    let has = |members: &Members, name: &str| {
        let text = members.get(name).and_then(Value::as_str);
        text.is_some_and(|text| !text.is_empty())
    };
    if !has(eid, "source") {
        return Some("it has no source");
    }
    let uids = eid.get("uids").and_then(Value::as_array);
    let usable = |uid: &Value| uid.as_object().is_some_and(|uid| has(uid, "id"));
    match uids {
        Some(uids) if uids.iter().any(usable) => None,
        _ => Some("it has no uids with an id"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(user: Value) -> BidRequest {
        let mut request = json!({"id": "r"});
        request["user"] = user;
        serde_json::from_value(request).unwrap()
    }

    #[test]
    fn ids_that_nobody_can_use_are_left_out() {
        let good = json!({"source": "a.example", "uids": [{"id": "1"}]});
        let mut asked = request(json!({"eids": [
            {"uids": [{"id": "1"}]}, {"source": "", "uids": [{"id": "1"}]}, good,
            {"source": "b"}, {"source": "b", "uids": []}, {"source": "b", "uids": [{"id": ""}]}, 7,
        ]}));
        let remarks = leave_out(&mut asked);
        assert_eq!(remarks.len(), 6);
        assert!(
            remarks[5].text.starts_with("user.eids[6] "),
            "{}",
            remarks[5].text
        );
        assert_eq!(asked.user.unwrap().eids, Some(vec![good]));
        let mut none = request(json!({"eids": [7]}));
        assert_eq!(leave_out(&mut none).len(), 1);
        assert_eq!(none.user.unwrap().eids, None);
    }

    #[test]
    fn ids_in_both_places_are_remarked_on() {
        let eid = |source: &str| json!({"source": source, "uids": [{"id": "1"}]});
        let both = |older: Value| request(json!({"eids": [eid("a")], "ext": {"eids": older}}));
        assert!(in_both_places(&both(json!([eid("b")]))).is_some());
        assert!(in_both_places(&both(json!([eid("a")]))).is_none());
        assert!(in_both_places(&request(json!({"ext": {"eids": [eid("b")]}}))).is_none());
    }
}
