//! Requests that try to cause a large answer, many calls, or access to another publisher's data.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use reqwest::header::{HOST, ORIGIN};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

/// How many times larger an answer may be than its request and the replies to it.
const MOST_GROWTH: usize = 40;

fn imp(id: usize) -> Value {
    json!({"id": format!("i{id}"), "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}})
}

/// A reply with one bid for each of this many imps.
fn bids(imps: usize) -> Reply {
    let bid = |id: usize| json!({"id": format!("b{id}"), "impid": format!("i{id}"), "price": 1, "crid": "c", "adm": "<b>", "w": 1, "h": 1});
    let bids: Vec<Value> = (0..imps).map(bid).collect();
    Reply::With(200, json!({"seatbid": [{"bid": bids}]}).to_string())
}

/// The answer to a request with this many imps, each with a bid, and how many times longer its text is than
/// its inputs.
async fn answer_to(imps: usize, mut request: Value) -> (Value, usize) {
    let ssps = FakeSsps::all(&["alpha"], &bids(imps)).await;
    let server = Server::start(&ssps.settings()).await;
    request["id"] = json!("r");
    request["imp"] = (0..imps).map(imp).collect();
    let body = request.to_string();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(body.as_bytes()).unwrap();
    let response = server.post(gzip.finish().unwrap()).await;
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    let growth = text.len() / (body.len() + imps * 100);
    (serde_json::from_str(&text).unwrap(), growth)
}

#[tokio::test]
async fn key_values_that_copy_a_large_value_do_not_multiply_it() {
    let keys = (0..200)
        .map(|key| json!({"key": format!("k{key}"), "source": "bidrequest", "value": "site.page"}));
    let keys: Vec<Value> = keys.collect();
    for length in [50_000, 1000] {
        let page = format!("https://p.example/?{}", "x".repeat(length));
        let request = json!({
            "site": {"page": page}, "ext": {"prebid": {"targeting": {}, "adservertargeting": keys}},
        });
        let (answer, growth) = answer_to(100, request).await;
        assert!(growth <= MOST_GROWTH, "{growth} times");
        let warnings = answer["ext"]["warnings"]["general"].to_string();
        assert!(warnings.contains("adservertargeting"), "{warnings}");
    }
}

#[tokio::test]
async fn what_is_passed_through_is_not_copied_without_end() {
    let ssps = FakeSsps::all(&["alpha"], &bids(1)).await;
    let settings = format!("[auction]\nmax_body_bytes = 800000\n{}", ssps.settings());
    let server = Server::start(&settings).await;
    let aliases: serde_json::Map<String, Value> =
        (0..90).map(|n| (format!("a{n}"), json!("alpha"))).collect();
    let params: serde_json::Map<String, Value> = aliases
        .keys()
        .map(|name| (name.clone(), json!({})))
        .collect();
    let large = "x".repeat(500_000);
    let request = json!({
        "id": "r", "tmax": 5000, "site": {"page": "https://p/"}, "ext": {"prebid": {"aliases": aliases}},
        "imp": [{"id": "i0", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": params, "passthrough": large}}}],
    });
    let answer = server.auction(&request).await;
    let bids: usize = answer["seatbid"].as_array().unwrap().len();
    assert_eq!(bids, 90);
    assert!(answer.to_string().len() < 2 << 20);
    let warnings = answer["ext"]["warnings"]["general"].to_string();
    assert!(warnings.contains("passed through"), "{warnings}");
}

#[tokio::test]
async fn a_list_of_faults_ends() {
    let server = Server::start("").await;
    let imps = "{},".repeat(85_000);
    let body = format!("{{\"imp\":[{imps}{{}}]}}");
    let response = server.post(body).await;
    assert_eq!(response.status(), 400);
    let text = response.text().await.unwrap();
    assert!(text.contains("request.imp: more than 100\n"), "{text}");
    assert_eq!(text.lines().count(), 51, "{text}");
    let imps: Vec<Value> = (0..100)
        .map(|_| json!({"banner": {"format": [{}, {}]}}))
        .collect();
    let response = server
        .post(json!({"id": "r", "imp": imps}).to_string())
        .await;
    assert_eq!(response.status(), 400);
    let text = response.text().await.unwrap();
    assert_eq!(text.lines().count(), 51, "{text}");
    assert!(text.ends_with("more faults\n"), "{text}");
    let long = json!({"id": "r", "cur": ["x".repeat(100_000)]}).to_string();
    let text = server.post(long).await.text().await.unwrap();
    assert!(text.len() < 5000);
}

#[tokio::test]
async fn long_ids_are_not_copied_into_every_bid() {
    let ssps = FakeSsps::all(&["alpha"], &bids(2)).await;
    let server = Server::start(&ssps.settings()).await;
    let long = "x".repeat(257);
    let request = json!({"id": "r", "site": {"page": "https://p/"}, "imp": [imp(0), imp(1)]});
    for place in [
        "/id",
        "/site/publisher/id",
        "/site/publisher/ext/prebid/parentAccount",
    ] {
        let mut changed = request.clone();
        changed["site"]["publisher"] =
            json!({"id": "p", "ext": {"prebid": {"parentAccount": "p"}}});
        server.auction(&changed).await;
        *changed.pointer_mut(place).unwrap() = json!(long);
        let refused = server.post(changed.to_string()).await;
        assert_eq!(refused.status(), 400, "{place}");
        let text = refused.text().await.unwrap();
        assert!(text.contains("longer than 256 bytes"), "{text}");
    }
    let mut changed = request;
    changed["imp"][1]["id"] = json!(long);
    let answer = server.auction(&changed).await;
    let fault = "request.imp[1].id: longer than 256 bytes; the imp is left out";
    assert_eq!(answer["ext"]["warnings"]["general"][0]["message"], fault);
}

#[tokio::test]
async fn what_debugging_compares_is_not_repeated_for_every_bid() {
    let mut bid =
        json!({"id": "b", "impid": "i0", "price": 1, "crid": "c", "adm": "<b>", "w": 1, "h": 1});
    bid["adomain"] = json!(["x0.example"]);
    let bids: Vec<Value> = (0..20)
        .map(|nth| {
            bid["id"] = json!(format!("b{nth}"));
            bid.clone()
        })
        .collect();
    let reply = Reply::With(200, json!({"seatbid": [{"bid": bids}]}).to_string());
    let ssps = FakeSsps::all(&["alpha"], &reply).await;
    let server = Server::start(&ssps.settings()).await;
    let badv: Vec<String> = (0..9000).map(|nth| format!("x{nth}.example")).collect();
    let request = json!({"id": "r", "site": {"page": "https://p/"}, "imp": [imp(0)], "badv": badv, "test": 1});
    let answer = server.auction(&request).await;
    let warnings = answer["ext"]["warnings"]["alpha"].as_array().unwrap();
    assert_eq!(warnings.len(), 20);
    assert!(answer["ext"]["warnings"].to_string().len() < 40_000);
}

#[tokio::test]
async fn one_request_asks_a_bounded_number_of_bidders() {
    let ssps = FakeSsps::all(&["alpha"], &bids(1)).await;
    let settings = format!("[auction]\nmax_bidders = 3\n{}", ssps.settings());
    let server = Server::start(&settings).await;
    let aliases: serde_json::Map<String, Value> = (0..1000)
        .map(|n| (format!("a{n:03}"), json!("alpha")))
        .collect();
    let params: serde_json::Map<String, Value> = aliases
        .keys()
        .map(|name| (name.clone(), json!({})))
        .collect();
    let request = json!({
        "id": "r", "site": {"page": "https://p/"}, "ext": {"prebid": {"aliases": aliases}},
        "imp": [{"id": "i0", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": params}}}],
    });
    let answer = server.auction(&request).await;
    assert_eq!(
        answer["ext"]["responsetimemillis"]
            .as_object()
            .unwrap()
            .len(),
        3
    );
    let warning = answer["ext"]["warnings"]["a999"][0]["message"].as_str();
    assert!(warning.unwrap().contains("too many bidders"));
}

#[tokio::test]
async fn what_was_agreed_with_an_ssp_is_not_shown() {
    let ssps = FakeSsps::all(&["alpha"], &bids(1)).await;
    let settings = ssps.settings();
    let endpoint = settings.split('\'').nth(1).unwrap();
    let secret = endpoint.replacen("http://", "http://me:passw0rd@", 1) + "?token=t0ken&v=1";
    let server = Server::start(&settings.replacen(endpoint, &secret, 1)).await;
    let request = json!({"id": "r", "test": 1, "site": {"page": "https://p/"}, "imp": [imp(0)]});
    let answer = server.auction(&request).await;
    let call = &answer["ext"]["debug"]["httpcalls"]["alpha"][0];
    assert_eq!(call["status"], 200);
    let shown = endpoint.to_owned() + "?token=***&v=1";
    assert_eq!(call["uri"], json!(shown));
    let text = answer.to_string();
    assert!(
        !text.contains("passw0rd") && !text.contains("t0ken"),
        "{text}"
    );
}

#[tokio::test]
async fn a_stored_request_is_for_its_own_account() {
    let ssps = FakeSsps::all(&["alpha"], &bids(1)).await;
    let stored = "
[accounts.by_id.off]
disabled = true
[accounts.by_id.own]
[stored_requests.page]
site = { page = 'https://p/', publisher = { id = 'off' } }
[stored_requests.own]
site = { page = 'https://p/', publisher = { id = 'own' } }
[stored_requests.of-a-stranger]
site = { page = 'https://p/', publisher = { id = 'stranger' } }
[stored_requests.anybody]
site = { page = 'https://p/' }
";
    let server = Server::start(&format!("{stored}{}", ssps.settings())).await;
    let ask = |stored: &str, account: Option<&str>| {
        let mut request = json!({"id": "r", "imp": [imp(0)], "ext": {"prebid": {"storedrequest": {"id": stored}}}});
        if let Some(account) = account {
            request["site"] = json!({"publisher": {"id": account}});
        }
        server.post(request.to_string())
    };
    for (stored, account, status) in [
        ("page", None, 503),
        ("page", Some("nobody"), 400),
        ("own", None, 200),
        ("own", Some("own"), 200),
        ("own", Some("nobody"), 400),
        ("anybody", Some("nobody"), 200),
        ("of-a-stranger", Some("nobody"), 200),
    ] {
        let response = ask(stored, account).await;
        assert_eq!(response.status(), status, "{stored} {account:?}");
    }
    // The same through the query of a GET.
    let path = "/openrtb2/auction?srid=own&pubid=nobody";
    let response = server.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn kept_markup_is_no_page_of_ours() {
    let server = Server::start("").await;
    let page = "<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>";
    let body = json!({"puts": [{"type": "xml", "value": page}]}).to_string();
    let kept = server.request(Method::POST, "/cache").body(body);
    let kept: Value =
        serde_json::from_str(&kept.send().await.unwrap().text().await.unwrap()).unwrap();
    let id = kept["responses"][0]["uuid"].as_str().unwrap();
    let path = format!("/cache?uuid={id}");
    for path in [path.as_str(), "/status", "/nowhere", "/event"] {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        let headers = answer.headers();
        assert_eq!(
            headers["content-security-policy"], "sandbox; default-src 'none'",
            "{path}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn the_cache_can_be_closed_to_others() {
    let body = json!({"puts": [{"type": "xml", "value": "<VAST/>"}]}).to_string();
    let closed = "[cache]\npublic_write = false\n";
    for (settings, key, status) in [
        (closed.to_owned(), Some("anything"), 401),
        (format!("{closed}write_key = 'k-12345'\n"), None, 401),
        (
            format!("{closed}write_key = 'k-12345'\n"),
            Some("k-12344"),
            401,
        ),
        (
            format!("{closed}write_key = 'k-12345'\n"),
            Some("k-12345"),
            200,
        ),
    ] {
        let server = Server::start(&settings).await;
        let mut put = server.request(Method::POST, "/cache").body(body.clone());
        if let Some(key) = key {
            put = put.header("x-pbc-api-key", key);
        }
        assert_eq!(
            put.send().await.unwrap().status(),
            status,
            "{settings} {key:?}"
        );
    }
}

#[tokio::test]
async fn pages_cannot_read_what_is_for_operators() {
    let server = Server::start_with("admin_hosts = ['ops.example']\n", "").await;
    let ask = |name, value: &'static str| {
        let url = format!("{}/metrics", server.admin);
        server.client.get(url).header(name, value).send()
    };
    for (name, value, status) in [
        (HOST, "rebound.example", 421),
        (HOST, "localhost:1", 200),
        (HOST, "OPS.example", 200),
        (ORIGIN, "https://evil.example", 403),
    ] {
        assert_eq!(ask(name, value).await.unwrap().status(), status, "{value}");
    }
}

async fn status_of(server: &Server, head: &str) -> String {
    let address = server.http.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap().split_off(9)
}

#[tokio::test]
async fn a_head_names_one_host_and_keeps_to_its_size() {
    let server = Server::start_with("max_head_bytes = 8192\nmax_target_bytes = 1000\n", "").await;
    for (head, status) in [
        ("GET /status HTTP/1.1\r\n\r\n", "400"),
        ("GET /status HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", "400"),
        ("GET /status HTTP/1.1\r\nhost: a\r\n\r\n", "200"),
        ("GET /status HTTP/1.0\r\n\r\n", "200"),
    ] {
        assert_eq!(status_of(&server, head).await, status, "{head}");
    }
    let filler = "x".repeat(2000);
    let lines: String = (0..5).map(|n| format!("x-{n}: {filler}\r\n")).collect();
    let large = format!("GET /status HTTP/1.1\r\nhost: a\r\n{lines}\r\n");
    assert_eq!(status_of(&server, &large).await, "431");
}
