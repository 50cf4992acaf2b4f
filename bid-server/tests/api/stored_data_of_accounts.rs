//! Stored data that says whose it is can be used by that account alone.

use reqwest::Method;
use serde_json::{Value, json};

use crate::fake_data_server::{Answer, FakeDataServer};
use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

/// Each item exists twice: as the own one of an account that nobody configured, and for all.
const STORED: &str = "
[stored_requests.own]
site = { page = 'https://p/' }
ext = { earlybid = { account = 'mine' } }
[stored_requests.common]
site = { page = 'https://p/' }
[stored_imps.own]
banner = { w = 1, h = 1 }
ext = { earlybid = { account = 'mine' } }
[stored_imps.common]
banner = { w = 1, h = 1 }
[profiles.own]
type = 'imp'
account = 'mine'
body = { instl = 0 }
[profiles.common]
type = 'imp'
body = { instl = 0 }
[profiles.own-page]
type = 'request'
account = 'mine'
body = { at = 1 }
[profiles.common-page]
type = 'request'
body = { at = 1 }
[stored_responses]
own = { seatbid = [], ext = { earlybid = { account = 'mine' } } }
common = { seatbid = [] }
";

/// Requests that name the item with this id, one for each kind.
fn requests(id: &str) -> Vec<Value> {
    let page = format!("{id}-page");
    let imp = |prebid: Value| {
        let mut request = json!({"site": {"page": "https://p/"}, "imp": [{"id": "i", "banner": {"w": 1, "h": 1}}]});
        request["imp"][0]["ext"] = json!({"prebid": prebid});
        request["imp"][0]["ext"]["prebid"]["bidder"] = json!({"alpha": {}});
        request
    };
    let mut requests = vec![
        imp(json!({"storedrequest": {"id": id}})),
        imp(json!({"profiles": [id]})),
        imp(json!({"storedauctionresponse": {"id": id}})),
        imp(json!({"storedbidresponse": [{"bidder": "alpha", "id": id}]})),
    ];
    for prebid in [
        json!({"storedrequest": {"id": id}}),
        json!({"profiles": [page]}),
    ] {
        let mut request = imp(json!({}));
        request["ext"] = json!({"prebid": prebid});
        requests.push(request);
    }
    requests
}

/// The status of the answer to a request of this account.
async fn status(server: &Server, request: &Value, account: Option<&str>) -> u16 {
    let mut request = request.clone();
    request["id"] = json!("r");
    if let Some(account) = account {
        request["site"]["publisher"] = json!({"id": account});
    }
    let answer = server.post(request.to_string()).await;
    let status = answer.status().as_u16();
    if status != 200 {
        let text = answer.text().await.unwrap();
        assert!(text.contains("belongs to another account"), "{text}");
    }
    status
}

#[tokio::test]
async fn an_item_of_an_account_is_for_that_account_alone() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&(STORED.to_owned() + &ssps.settings())).await;
    for request in requests("own") {
        assert_eq!(
            status(&server, &request, Some("mine")).await,
            200,
            "{request}"
        );
        assert_eq!(
            status(&server, &request, Some("other")).await,
            400,
            "{request}"
        );
        assert_eq!(status(&server, &request, None).await, 400, "{request}");
    }
    for request in requests("common") {
        for account in [Some("mine"), Some("other"), None] {
            assert_eq!(status(&server, &request, account).await, 200, "{request}");
        }
    }
}

#[tokio::test]
async fn what_a_request_says_does_not_change_whose_an_item_is() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&(STORED.to_owned() + &ssps.settings())).await;
    for request in requests("own") {
        for claim in [
            json!({"account": "other"}),
            json!({"account": null}),
            Value::Null,
        ] {
            let mut request = request.clone();
            request["ext"]["earlybid"] = claim.clone();
            request["imp"][0]["ext"]["earlybid"] = claim;
            assert_eq!(
                status(&server, &request, Some("other")).await,
                400,
                "{request}"
            );
        }
    }
}

#[tokio::test]
async fn items_of_another_server_say_whose_they_are() {
    let (data, ssps) = (
        FakeDataServer::start().await,
        FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await,
    );
    let imp = |account: Value| {
        let prebid = json!({"bidder": {"alpha": {}}});
        json!({"banner": {"w": 1, "h": 1}, "ext": {"earlybid": {"account": account}, "prebid": prebid}})
    };
    let imps = json!({"own": imp(json!("mine")), "odd": imp(json!(7))});
    data.answer(Answer::With(json!({"imps": imps}).to_string()));
    let settings = format!(
        "[stored_data]\nfetch_timeout_ms = 1000\n[stored_data.http]\nendpoint = '{}'\n{}",
        data.endpoint(),
        ssps.settings()
    );
    let server = Server::start(&settings).await;
    for (id, account, expected) in [
        ("own", "mine", 200),
        ("own", "other", 400),
        ("odd", "mine", 400),
        ("odd", "7", 400),
    ] {
        let request = &requests(id)[0];
        assert_eq!(
            status(&server, request, Some(account)).await,
            expected,
            "{id} {account}"
        );
    }
}

#[test]
fn an_owner_that_is_no_text_stops_the_start() {
    for section in [
        "[stored_imps.a]\next = { earlybid = { account = 7 } }",
        "[stored_requests.a]\next = { earlybid = { account = '' } }",
        "[profiles.a]\ntype = 'imp'\naccount = ''\nbody = {}",
        "[stored_responses]\na = { seatbid = [], ext = { earlybid = { account = [] } } }",
    ] {
        let fault = bid_server::Config::parse(section).unwrap_err().to_string();
        assert!(fault.contains("account"), "{fault}");
    }
}

#[tokio::test]
async fn an_account_in_the_address_only_fills_in_what_is_stored() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let imp = "imp = [{ id = 'i', banner = { w = 1, h = 1 }, ext = { prebid = { bidder = { alpha = {} } } } }]";
    let stored = format!(
        "[stored_requests.named]
site = {{ page = 'https://p/', publisher = {{ id = 'stored' }} }}
{imp}
[stored_requests.open]
site = {{ page = 'https://p/' }}
{imp}
"
    );
    let server = Server::start(&(stored + &ssps.settings())).await;
    for (path, expected) in [
        ("amp?tag_id=named", Some("stored")),
        ("amp?tag_id=named&account=other", Some("stored")),
        ("amp?tag_id=open&account=other", Some("other")),
        ("amp?tag_id=open&account=ACCOUNT_ID", None),
        ("auction?srid=named&account=other", Some("stored")),
        ("auction?srid=named&pubid=stored", Some("stored")),
        ("auction?srid=open&pubid=other", Some("other")),
    ] {
        let path = format!("/openrtb2/{path}");
        let answer = server.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let sent = ssps.asked()["alpha"]["site"]["publisher"]["id"].clone();
        assert_eq!(sent.as_str(), expected, "{path}");
    }
    for path in [
        "/openrtb2/auction?srid=named&pubid=other",
        "/openrtb2/amp?tag_id=named&pubid=other",
    ] {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.contains("query.pubid: "), "{text}");
    }
}
