//! A request as a publisher's page sends it: sizes, ids, consent, and parameters for every SSP.

use std::sync::Arc;

use serde_json::{Map, Value, json};

/// The body before and after the auction's id.
pub(super) fn body(imps: usize, ssps: usize) -> (Arc<str>, Arc<str>) {
    let imps: Vec<Value> = (0..imps).map(|imp| self::imp(imp, ssps)).collect();
    let rest = json!({
        "imp": imps,
        "site": {
            "domain": "recipes.example",
            "page": "https://recipes.example/recipes/onion-soup?from=search",
            "ref": "https://recipes.example/",
            "publisher": {"id": "bench", "domain": "recipes.example"},
            "ext": {"data": {"pageType": "recipe", "category": "soups"}},
        },
        "device": {"w": 1440, "h": 900, "ua": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "language": "en"},
        "user": {
            "ext": {"consent": "CPwmAgAPwmAgABcAMBENCzCsAP_AAH_AAAYgJiNf_X__b3_j-_59f_t0eY1P9_7_v-0zjhfdt-8N2f_X_L8X42M7vF36pq4KuR4Eu3LBIQdlHOHcTUmw6okVrzPsbk2Mr7NKJ7PEmnMbO2dYGH9_n93TuZKY7__8____z__-v_v____f_7-3_3__5_X---_e_"},
            "eids": [{"source": "pubcid.org", "uids": [{"id": "a0c2e1d6-5f9e-4c8e-9d53-3a1b7f0f7a11", "atype": 1}]}],
        },
        "regs": {"ext": {"gdpr": 1}},
        "at": 1,
        "cur": ["USD"],
        "tmax": 1000,
        "source": {"tid": "7f0f7a11-5f9e-4c8e-9d53-a0c2e1d63a1b"},
        "ext": {"prebid": {
            "targeting": {"includewinners": true, "includebidderkeys": false},
            "channel": {"name": "pbjs", "version": "v11.36.0"},
        }},
    });
    let rest = rest.to_string();
    let rest = rest.get(1..).unwrap_or_default();
    ("{\"id\":\"".into(), format!("\",{rest}").into())
}

fn imp(imp: usize, ssps: usize) -> Value {
    let params: Map<String, Value> = (0..ssps)
        .map(|ssp| {
            let params =
                json!({"placementId": 13_144_370 + imp, "zone": format!("zone-{ssp}-{imp}")});
            (format!("ssp{ssp}"), params)
        })
        .collect();
    json!({
        "id": format!("imp-{imp}"),
        "banner": {"topframe": 1, "format": [{"w": 300, "h": 250}, {"w": 300, "h": 600}]},
        "secure": 1,
        "bidfloor": 0.3,
        "bidfloorcur": "USD",
        "ext": {
            "gpid": format!("/1234/recipes/{imp}"),
            "prebid": {"bidder": params, "adunitcode": format!("div-{imp}")},
        },
    })
}
