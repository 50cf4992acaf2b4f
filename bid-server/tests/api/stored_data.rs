//! Stored data and accounts from files that change, and from another server that misbehaves.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fake_data_server::{Answer, FakeDataServer};
use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

const PATIENCE: Duration = Duration::from_secs(20);

/// A request with one imp that is stored under this id.
fn request(id: &str) -> Value {
    json!({
        "id": "r", "site": {"page": "https://p/", "publisher": {"id": "pub"}}, "tmax": 2000,
        "imp": [{"id": "i", "ext": {"prebid": {"storedrequest": {"id": id}}}}],
    })
}

fn imp(tagid: &str) -> Value {
    json!({"tagid": tagid, "banner": {"w": 300, "h": 250}, "ext": {"prebid": {"bidder": {"alpha": {}}}}})
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let beside = folder.join("new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, file).unwrap();
}

async fn alpha() -> FakeSsps {
    FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await
}

/// Posts until the answer is as expected; each post gives the server time to check its folder.
async fn until(server: &Server, id: &str, expected: impl Fn(u16, &str) -> bool) {
    let wait = async {
        loop {
            let answer = server.post(request(id).to_string()).await;
            let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
            if expected(status, &text) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap();
}

/// Reads the metrics until they count this many faults.
async fn until_faults(server: &Server, data: &str, count: usize) {
    let line = format!("bid_server_data_faults_total{{data=\"{data}\"}} {count}\n");
    let wait = async {
        loop {
            let metrics = server.client.get(format!("{}/metrics", server.admin));
            let text = metrics.send().await.unwrap().text().await.unwrap();
            if text.contains(&line) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap();
}

#[tokio::test]
async fn files_of_stored_data_are_followed() {
    let disk = TempDir::new().unwrap();
    write(disk.path(), "stored_imps/top.json", &imp("one").to_string());
    let ssps = alpha().await;
    let folder = disk.path().display();
    let settings = format!(
        "[stored_data]\nfolder = '{folder}'\npoll_ms = 1\n{}",
        ssps.settings()
    );
    let server = Server::start(&settings).await;
    server.auction(&request("top")).await;
    let tagid = || ssps.asked()["alpha"]["imp"][0]["tagid"].clone();
    assert_eq!(tagid(), "one");

    write(disk.path(), "stored_imps/top.json", &imp("two").to_string());
    until(&server, "top", |_, _| tagid() == "two").await;

    write(disk.path(), "stored_imps/top.json", "{\"tagid\":3");
    until_faults(&server, "stored_data", 1).await;
    server.auction(&request("top")).await;
    assert_eq!(tagid(), "two");

    std::fs::remove_file(disk.path().join("stored_imps/top.json")).unwrap();
    until(&server, "top", |status, text| {
        status == 400 && text.contains("no stored imp")
    })
    .await;
}

#[tokio::test]
async fn files_of_accounts_are_followed() {
    let disk = TempDir::new().unwrap();
    write(disk.path(), "pub.toml", "disabled = false");
    let ssps = alpha().await;
    let folder = disk.path().display();
    let settings = format!(
        "[accounts]\nfolder = '{folder}'\npoll_ms = 1\n[stored_imps.top]\nbanner = {{ w = 1, h = 1 }}\next.prebid.bidder.alpha = {{}}\n{}",
        ssps.settings()
    );
    let server = Server::start(&settings).await;
    server.auction(&request("top")).await;
    write(disk.path(), "pub.toml", "disabled = true");
    let refused = "Invalid request: account \"pub\" is disabled\n";
    until(&server, "top", |status, text| {
        status == 503 && text == refused
    })
    .await;
    write(disk.path(), "pub.toml", "disabled = 'perhaps'");
    until_faults(&server, "accounts", 1).await;
    let answer = server.post(request("top").to_string()).await;
    assert_eq!(answer.status(), 503);
    std::fs::remove_file(disk.path().join("pub.toml")).unwrap();
    until(&server, "top", |status, _| status == 200).await;
}

async fn with_data_server(data: &FakeDataServer, ssps: &FakeSsps, more: &str) -> Server {
    let settings = format!(
        "[stored_data]\nfetch_timeout_ms = 1000\n[stored_data.http]\nendpoint = '{}'\nmax_response_bytes = 1000\n{more}\n{}",
        data.endpoint(),
        ssps.settings()
    );
    Server::start(&settings).await
}

fn holding(imp: &Value) -> Answer {
    Answer::With(json!({"imps": {"top": imp}}).to_string())
}

#[tokio::test]
async fn another_server_is_asked_once_for_what_exists_and_what_does_not() {
    let (data, ssps) = (FakeDataServer::start().await, alpha().await);
    data.answer(holding(&imp("far")));
    let server = with_data_server(&data, &ssps, "").await;
    for _ in 0..3 {
        server.auction(&request("top")).await;
        assert_eq!(ssps.asked()["alpha"]["imp"][0]["tagid"], "far");
        let answer = server.post(request("none").to_string()).await;
        assert_eq!(answer.status(), 400);
    }
    assert_eq!(data.asked(), [r#"imp-ids=["top"]"#, r#"imp-ids=["none"]"#]);
}

/// A profile of imps with this tag id.
fn profile(tagid: &str) -> Value {
    json!({"type": "imp", "mergeprecedence": "profile", "body": {"tagid": tagid}})
}

fn with_profile(id: &str) -> Value {
    let mut request = request("top");
    request["imp"][0]["ext"]["prebid"]["profiles"] = json!([id]);
    request
}

#[tokio::test]
async fn profiles_come_from_the_folder_and_from_another_server() {
    let (data, ssps) = (FakeDataServer::start().await, alpha().await);
    let stored = json!({"imps": {"top": imp("stored")}, "profiles": {"far": profile("far"), "odd": {"type": "imp"}}});
    data.answer(Answer::With(stored.to_string()));
    let disk = TempDir::new().unwrap();
    write(
        disk.path(),
        "profiles/near.json",
        &profile("near").to_string(),
    );
    let settings = format!(
        "[stored_data]\nfolder = '{}'\nfetch_timeout_ms = 1000\n[stored_data.http]\nendpoint = '{}'\n{}",
        disk.path().display(),
        data.endpoint(),
        ssps.settings()
    );
    let server = Server::start(&settings).await;
    for id in ["near", "far"] {
        server.auction(&with_profile(id)).await;
        assert_eq!(ssps.asked()["alpha"]["imp"][0]["tagid"], id);
    }
    assert_eq!(
        data.asked(),
        [r#"imp-ids=["top"]"#, r#"profile-ids=["far"]"#]
    );
    let refused = server.post(with_profile("odd").to_string()).await;
    assert_eq!(refused.status(), 400);
    let text = refused.text().await.unwrap();
    let names = "request.imp[0].ext.prebid.profiles[0]: its profile cannot be used: ";
    assert!(text.contains(names), "{text}");
}

#[tokio::test]
async fn server_that_fails_costs_503_and_no_more() {
    let (data, ssps) = (FakeDataServer::start().await, alpha().await);
    let server = with_data_server(&data, &ssps, "").await;
    for answer in [
        Answer::Hang,
        holding(&imp(&"x".repeat(2000))),
        Answer::With("<html>".to_owned()),
        Answer::Status(500),
        Answer::Status(302),
    ] {
        data.answer(answer);
        let refused = server.post(request("top").to_string()).await;
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.headers()["retry-after"], "1");
        let text = refused.text().await.unwrap();
        assert!(
            text.starts_with("Invalid request: stored data cannot be fetched: "),
            "{text}"
        );
    }
    until_faults(&server, "stored_data", 5).await;
    data.answer(holding(&imp("far")));
    server.auction(&request("top")).await;
}

#[tokio::test]
async fn older_value_is_used_while_the_server_fails() {
    let (data, ssps) = (FakeDataServer::start().await, alpha().await);
    data.answer(holding(&imp("far")));
    let server = with_data_server(&data, &ssps, "cache_ttl_ms = 0").await;
    server.auction(&request("top")).await;
    data.answer(Answer::Status(500));
    server.auction(&request("top")).await;
    assert_eq!(data.asked().len(), 2);
    until_faults(&server, "stored_data", 1).await;
}

#[tokio::test]
async fn values_of_a_wrong_type_are_named() {
    let (data, ssps) = (FakeDataServer::start().await, alpha().await);
    let server = with_data_server(&data, &ssps, "missing_ttl_ms = 0\ncache_ttl_ms = 0").await;
    for (stored, names) in [
        (
            json!({"banner": {"w": "wide"}}),
            "request.imp[0].banner.w: ",
        ),
        (json!([]), "request.imp[0]: its stored imp is no object"),
    ] {
        data.answer(holding(&stored));
        let answer = server.post(request("top").to_string()).await;
        assert_eq!(answer.status(), 400);
        let text = answer.text().await.unwrap();
        assert!(text.contains(names), "{text}");
    }
}

#[tokio::test]
async fn folder_that_is_missing_stops_the_start() {
    for section in ["stored_data", "accounts"] {
        let server = Server::start(&format!("[{section}]\nfolder = '/nowhere/at/all'")).await;
        let fault = server.ended().await.unwrap_err();
        assert!(fault.to_string().contains("folder"), "{fault}");
    }
}

#[tokio::test]
async fn accounts_come_from_the_server_of_stored_data() {
    let (data, ssps) = (FakeDataServer::start().await, alpha().await);
    let accounts = json!({"far": {"targeting_prefix": "far"}, "shut": {"disabled": true}, "odd": {"disabled": "perhaps"}, "near": {"disabled": true}});
    data.answer(Answer::With(json!({"accounts": accounts}).to_string()));
    let settings = "[accounts]\nfrom_stored_data_server = true\nunknown = 'refuse'\n[accounts.default]\ndebug_allow = false\n[accounts.by_id.near]\n";
    let server = with_data_server(&data, &ssps, settings).await;
    let ask = async |account: &str| {
        let mut body = request("top");
        body["imp"][0] = imp("t");
        body["imp"][0]["id"] = json!("i");
        body["site"]["publisher"] = json!({"id": account});
        body["test"] = json!(1);
        let answer = server.post(body.to_string()).await;
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    for _ in 0..2 {
        // What is configured here takes precedence, and the default account's settings apply to all.
        for known in ["far", "near"] {
            let (status, text) = ask(known).await;
            assert_eq!(status, 200, "{text}");
            assert!(text.contains("10002"), "{text}");
        }
        assert_eq!(ask("shut").await.0, 503);
        let unknown = "Invalid request: unknown account \"none\"\n".to_owned();
        assert_eq!(ask("none").await, (400, unknown));
        let broken = "Invalid request: the settings of account \"odd\" cannot be used\n".to_owned();
        assert_eq!(ask("odd").await, (500, broken));
    }
    let asked = ["far", "shut", "none", "odd"].map(|id| format!("account-ids=[\"{id}\"]"));
    assert_eq!(data.asked(), asked);
    for (account, status) in [("far", 204), ("shut", 401), ("none", 401), ("odd", 500)] {
        let path = format!("/event?t=win&b=1&a={account}");
        let answer = server.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{account}");
    }
    for failure in [Answer::Hang, Answer::With("<html>".to_owned())] {
        data.answer(failure);
        let (status, text) = ask("late").await;
        assert_eq!(status, 503);
        assert!(
            text.starts_with("Invalid request: stored data cannot be fetched: "),
            "{text}"
        );
    }
}
