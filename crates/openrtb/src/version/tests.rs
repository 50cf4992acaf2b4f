//! Each place there and back; unknown members are left alone.

use serde_json::{Value, json};

use super::{to_25, to_26};
use crate::BidRequest;

fn converted(request: &Value, convert: fn(&mut BidRequest)) -> Value {
    let mut request: BidRequest = serde_json::from_value(request.clone()).unwrap();
    convert(&mut request);
    serde_json::to_value(request).unwrap()
}

fn old() -> Value {
    json!({
        "id": "r",
        "imp": [{"id": "i", "ext": {"gpid": "g", "prebid": {"is_rewarded_inventory": 1}}}],
        "device": {"ua": "u", "ext": {"sua": {"mobile": 1}, "prebid": {"interstitial": {}}}},
        "user": {"id": "u", "ext": {"data": {"x": [1]}, "consent": "C", "eids": [{"source": "a"}]}},
        "source": {"tid": "t", "ext": {"schain": {"ver": "1.0"}, "omidpn": "p"}},
        "regs": {"coppa": 0, "ext": {"gdpr": 1, "us_privacy": "1YNN", "gpp": "D", "gpp_sid": [2], "gpc": "1"}},
        "unknown": {"deep": [1, {"a": null}]},
    })
}

fn new() -> Value {
    json!({
        "id": "r",
        "imp": [{"id": "i", "rwdd": 1, "ext": {"gpid": "g", "prebid": {}}}],
        "device": {"ua": "u", "sua": {"mobile": 1}, "ext": {"prebid": {"interstitial": {}}}},
        "user": {"id": "u", "consent": "C", "eids": [{"source": "a"}], "ext": {"data": {"x": [1]}}},
        "source": {"tid": "t", "schain": {"ver": "1.0"}, "ext": {"omidpn": "p"}},
        "regs": {"coppa": 0, "gdpr": 1, "us_privacy": "1YNN", "gpp": "D", "gpp_sid": [2], "ext": {"gpc": "1"}},
        "unknown": {"deep": [1, {"a": null}]},
    })
}

/// What SSPs that read 2.5 get: legal signals in both places where a reader may look for them.
fn both() -> Value {
    let mut both = old();
    both["device"]["sua"] = json!({"mobile": 1});
    both["user"]["consent"] = json!("C");
    for name in ["gdpr", "us_privacy", "gpp", "gpp_sid"] {
        both["regs"][name] = both["regs"]["ext"][name].clone();
    }
    both
}

#[test]
fn every_place_leads_there_and_back() {
    assert_eq!(converted(&old(), to_26), new());
    assert_eq!(converted(&new(), to_25), both());
    assert_eq!(converted(&both(), to_26), new());
    assert_eq!(converted(&new(), to_26), new());
    assert_eq!(converted(&old(), to_25), old());
}

#[test]
fn the_newer_place_counts_where_both_are_filled() {
    let both = json!({"id": "r", "regs": {"gdpr": 0, "ext": {"gdpr": 1}}, "user": {"consent": "new", "ext": {"consent": "old"}}});
    let expected = json!({"id": "r", "regs": {"gdpr": 0}, "user": {"consent": "new"}});
    assert_eq!(converted(&both, to_26), expected);
}

#[test]
fn what_does_not_fit_stays_where_it_is() {
    let strange = json!({"id": "r", "regs": {"ext": {"gdpr": "1"}}, "user": {"ext": {"eids": {}}}, "device": {"ext": {"sua": "x"}}});
    assert_eq!(converted(&strange, to_26), strange);
}

#[test]
fn what_came_with_the_newer_version_stays_for_the_older() {
    let request = json!({
        "id": "r", "wlangb": ["ja"], "bcat": ["x"], "cattax": 6, "acat": ["IAB1"],
        "imp": [{
            "id": "i", "ssai": 1, "refresh": {"count": 2}, "qty": {"multiplier": 1}, "dt": 1,
            "video": {"mimes": ["video/mp4"], "plcmt": 1, "rqddurs": [15], "poddur": 60, "podid": "p", "maxseq": 3, "durfloors": []},
            "audio": {"mimes": ["a"], "poddur": 3, "maxseq": 2},
            "pmp": {"deals": [{"id": "d", "guar": 1, "durfloors": []}]},
        }],
        "site": {
            "page": "p", "cattax": 6, "inventorypartnerdomain": "x", "publisher": {"id": "1", "cattax": 6},
            "content": {"title": "t", "langb": "ja", "network": {"id": "n"}, "channel": {"id": "c"}, "producer": {"id": "p", "cattax": 1}},
        },
    });
    assert_eq!(converted(&request, to_25), request);
}
