//! One request, as several bidders see it.

use axum::http::HeaderMap;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::config::Config;
use crate::data::merge_patch;
use crate::request::AuctionRequest;
use crate::request::Refusal;

const CONFIG: &str = "
[bidders]
a = { endpoint = 'http://a/' }
b = { endpoint = 'http://b/' }
c = { endpoint = 'http://c/' }
";

fn read(more: Value, settings: &str) -> Result<AuctionRequest, Refusal> {
    let config = Config::parse(&format!("{settings}{CONFIG}")).unwrap();
    let mut request = json!({
        "id": "r", "site": {"page": "https://p/", "ext": {"data": {"k": "secret"}}},
        "imp": [{"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"a": {}, "b": {}, "c": {}}}}}],
    });
    merge_patch::lay_over(&mut request, more);
    let body = request.to_string();
    crate::request::read(body.as_bytes(), &HeaderMap::new(), &config, Instant::now())
}

/// Checks the members at this pointer, as bidders see them.
#[track_caller]
fn check(more: Value, pointer: &str, expected: [Value; 3]) {
    let request = read(more, "").unwrap();
    for (name, expected) in ["a", "b", "c"].into_iter().zip(expected) {
        let seen = serde_json::to_value(request.view_of(name).0).unwrap();
        let found = seen.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{name}");
    }
}

#[track_caller]
fn check_fault(more: Value, expected: &str) {
    let Err(Refusal::Invalid(faults)) = read(more, "") else {
        panic!()
    };
    assert!(
        faults.iter().any(|fault| fault.starts_with(expected)),
        "{faults:?}"
    );
}

fn prebid<T: Into<Value>>(prebid: T) -> Value {
    json!({"ext": {"prebid": prebid.into()}})
}

#[test]
fn first_party_data_is_for_those_who_are_named() {
    check(
        prebid(json!({"data": {"bidders": ["B"]}})),
        "/site/ext/data/k",
        [Value::Null, json!("secret"), Value::Null],
    );
    check(
        prebid(json!({})),
        "/site/ext/data/k",
        [json!("secret"), json!("secret"), json!("secret")],
    );
}

#[test]
fn data_meant_for_a_bidder_is_laid_over_for_it_alone() {
    let config = json!([
        {"bidders": ["a", "b"], "config": {"ortb2": {"site": {"keywords": "k"}, "user": {"yob": 1990}, "regs": {"x": 1}}}},
        {"bidders": ["b"], "config": {"ortb2": {"site": {"keywords": "other"}}}},
    ]);
    let more = prebid(json!({"bidderconfig": config}));
    check(
        more.clone(),
        "/site/keywords",
        [json!("k"), json!("other"), Value::Null],
    );
    check(
        more.clone(),
        "/user/yob",
        [json!(1990), json!(1990), Value::Null],
    );
    check(more, "/regs/x", [Value::Null, Value::Null, Value::Null]);
}

#[test]
fn ids_of_a_source_are_for_those_who_are_named() {
    let eids =
        json!([{"source": "s", "uids": [{"id": "1"}]}, {"source": "t", "uids": [{"id": "2"}]}]);
    let permissions = json!([{"source": "s", "bidders": ["a"]}, {"source": "t", "bidders": ["*"]}]);
    let mut more = prebid(json!({"data": {"eidpermissions": permissions}}));
    more["user"] = json!({"eids": eids});
    check(
        more,
        "/user/eids",
        [eids.clone(), json!([eids[1]]), json!([eids[1]])],
    );
}

#[test]
fn each_bidder_gets_its_own_user_id() {
    let more = json!({"user": {"ext": {"prebid": {"buyeruids": {"a": "1", "B": "2"}}}}});
    check(
        more.clone(),
        "/user/buyeruid",
        [json!("1"), json!("2"), Value::Null],
    );
    check(more, "/user/ext", [Value::Null, Value::Null, Value::Null]);
}

#[test]
fn supply_chain_is_the_bidders_or_that_of_all() {
    let chain = |sid: &str| json!({"ver": "1.0", "nodes": [{"asi": "x", "sid": sid}]});
    let chains = json!([
        {"bidders": ["*"], "schain": chain("all")},
        {"bidders": ["b"], "schain": chain("b")},
    ]);
    let mut more = prebid(json!({"schains": chains}));
    more["source"] = json!({"schain": chain("own")});
    check(
        more,
        "/source/schain/nodes/0/sid",
        [json!("all"), json!("b"), json!("all")],
    );
}

#[test]
fn host_is_the_last_node_of_every_chain() {
    let host = "host_schain_node = { asi = 'host', sid = '1', hp = 1 }\n";
    let chain = json!({"ver": "1.0", "complete": 1, "nodes": [{"asi": "x", "sid": "b"}]});
    let more = prebid(json!({"schains": [{"bidders": ["b"], "schain": chain}]}));
    let request = read(more, host).unwrap();
    let nodes = |name| {
        let source = request.view_of(name).0.source.as_ref().unwrap();
        source.schain().unwrap()["nodes"].clone()
    };
    let host = json!({"asi": "host", "sid": "1", "hp": 1});
    assert_eq!(nodes("a"), json!([host]));
    assert_eq!(nodes("b"), json!([{"asi": "x", "sid": "b"}, host]));
}

#[test]
fn imp_is_patched_for_one_bidder() {
    let imp = json!({"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"gpid": "g", "prebid": {
        "bidder": {"a": {}, "b": {}},
        "imp": {"b": {"id": "x", "bidfloor": 2, "ext": {"data": {"k": 1}, "other": 1}}},
    }}});
    let request = read(json!({"imp": [imp]}), "").unwrap();
    let (a, b) = (&request.view_of("a").1[0], &request.view_of("b").1[0]);
    assert_eq!(a.imp.bidfloor, None);
    assert_eq!(
        (b.imp.id.as_str(), b.imp.bidfloor),
        ("i", Some("2".parse().unwrap()))
    );
    assert_eq!(
        (a.ext.get("gpid"), a.ext.get("data")),
        (Some(&json!("g")), None)
    );
    assert_eq!(
        (&b.ext["gpid"], &b.ext["data"]),
        (&json!("g"), &json!({"k": 1}))
    );
    assert_eq!(b.ext.get("other"), None);
}

#[test]
fn bidders_treated_alike_share_a_view() {
    let more = prebid(json!({"data": {"bidders": ["a", "b"]}}));
    let request = read(more, "").unwrap();
    assert!(std::ptr::eq(request.view_of("a").0, request.view_of("b").0));
    assert!(std::ptr::eq(request.view_of("c").0, &request.shared));
}

#[test]
fn faults_name_the_path() {
    let config = |ortb2: Value| {
        prebid(json!({"bidderconfig": [{"bidders": ["a"], "config": {"ortb2": ortb2}}]}))
    };
    let path = "request.ext.prebid.bidderconfig[0].config.ortb2";
    check_fault(config(json!({"site": 1})), &format!("{path}.site: must"));
    check_fault(
        config(json!({"site": {"page": 1}})),
        &format!("{path}.site.page: "),
    );
    check_fault(
        config(json!({"app": {"id": "x"}})),
        &format!("{path}.app: the request has no app"),
    );
    check_fault(
        prebid(json!({"bidderconfig": {}})),
        "request.ext.prebid.bidderconfig: ",
    );
    check_fault(
        prebid(json!({"data": {"bidders": 1}})),
        "request.ext.prebid.data.bidders: ",
    );
    check_fault(
        prebid(json!({"schains": [{"bidders": ["a"]}]})),
        "request.ext.prebid.schains[0]: ",
    );
    let twice = json!([{"bidders": ["a"], "schain": {}}, {"bidders": ["A"], "schain": {}}]);
    check_fault(
        prebid(json!({"schains": twice})),
        "request.ext.prebid.schains[1].bidders: ",
    );
    let twice = json!([{"source": "s", "bidders": ["a"]}, {"source": "s", "bidders": []}]);
    let permissions = prebid(json!({"data": {"eidpermissions": twice}}));
    check_fault(
        permissions.clone(),
        "request.ext.prebid.data.eidpermissions[1].source: ",
    );
    check_fault(
        permissions,
        "request.ext.prebid.data.eidpermissions[1].bidders: ",
    );
    let uids = json!({"user": {"ext": {"prebid": {"buyeruids": {"a": 1}}}}});
    check_fault(uids, "request.user.ext.prebid.buyeruids.a: ");
    let imp = json!({"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"a": {}}, "imp": {"a": {"banner": {"w": "x"}}}}}});
    check_fault(
        json!({"imp": [imp]}),
        "request.imp[0].ext.prebid.imp.a.banner.w: ",
    );
}
