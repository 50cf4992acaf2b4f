//! Nothing that a client sends ends in a 5xx or a dropped connection.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::server::Server;

async fn refused(body: impl Into<bytes::Bytes>) -> String {
    let server = Server::start("[auction]\nmax_body_bytes = 2000\nmax_imps = 3\n[bidders.alpha]\nendpoint = 'http://127.0.0.1:9/'").await;
    let response = server.post(body).await;
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, 400, "{text}");
    text
}

fn request() -> Value {
    json!({"id": "r", "site": {"page": "https://p/"}, "imp": [{"id": "i", "banner": {"w": 1, "h": 1}}]})
}

#[track_caller]
fn check_one_fault(text: &str, fault: &str) {
    assert_eq!(text, format!("Invalid request: {fault}\n"));
}

#[tokio::test]
async fn bodies_that_are_no_request() {
    for body in ["", "{", "[]", "null", "\"x\"", "\u{1f}\u{8b}", "\0\0"] {
        let text = refused(body.to_owned()).await;
        assert!(
            text.starts_with("Invalid request: not a bid request"),
            "{text}"
        );
    }
    assert!(refused(vec![0x1f, 0x8b, 8, 0]).await.contains("gzip"));
    assert!(
        refused(vec![0xff, 0xfe])
            .await
            .contains("not a bid request")
    );
}

#[tokio::test]
async fn deep_nesting_is_refused() {
    let body = format!("{{\"other\":{}", "[".repeat(1500));
    assert!(refused(body).await.contains("recursion"));
}

#[tokio::test]
async fn large_bodies_are_refused_also_when_compressed() {
    let body = format!("{{\"id\":\"{}\"}}", "x".repeat(3000));
    check_one_fault(
        &refused(body.clone()).await,
        "the body is larger than 2000 bytes",
    );
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body.as_bytes()).unwrap();
    check_one_fault(
        &refused(encoder.finish().unwrap()).await,
        "the body is larger than 2000 bytes",
    );
}

#[tokio::test]
async fn each_fault_has_its_line() {
    let body = json!({
        "tmax": -1, "cur": ["usd"], "app": {"id": "a"}, "site": {}, "regs": {"gdpr": 2},
        "imp": [
            {"id": "i", "banner": {}},
            {"id": "i", "banner": {"format": [{"w": 1}]}, "bidfloor": -1, "bidfloorcur": "x"},
            {"video": {}, "pmp": {"deals": [{}]}},
            {"id": "j"},
        ],
        "ext": {"prebid": {"aliases": {"a": "nobody"}, "targeting": {"pricegranularity": "coarse"}}},
    });
    let text = refused(body.to_string()).await;
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("Invalid request: ").unwrap())
        .collect();
    let expected = [
        "request.id: missing",
        "request.imp: more than 3",
        "request.tmax: must not be negative",
        "request.cur[0]: not a currency code: \"usd\"",
        "request: exactly one of site, app and dooh is needed",
        "request.site: id or page is needed",
        "request.regs.gdpr: must be 0 or 1",
        "request.imp[1].id: \"i\" is there twice",
        "request.imp[2].id: missing",
        "request.imp[0].banner: w and h, or format, are needed",
        "request.imp[1].banner.format[0]: either w and h, or wmin, wratio and hratio, all more than 0",
        "request.imp[1].bidfloor: must not be negative",
        "request.imp[1].bidfloorcur: not a currency code: \"x\"",
        "request.imp[2].video.mimes: at least one is needed",
        "request.imp[2].pmp.deals[0].id: missing",
        "request.imp[3]: one of banner, video, audio and native is needed",
        "request.ext.prebid.targeting.pricegranularity: no granularity is called \"coarse\"",
        "request.ext.prebid.aliases.a: unknown bidder \"nobody\"",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn values_of_a_wrong_type_are_faults_like_others() {
    let body = json!({"id": 7, "site": {"page": "https://p/"}, "imp": [{"id": "i", "banner": {"w": "a", "h": 1}, "bidfloor": -1}]});
    let text = refused(body.to_string()).await;
    let expected = [
        "Invalid request: request.id: invalid type: integer `7`, expected a string",
        "Invalid request: request.imp[0].banner.w: invalid type: string \"a\", expected a whole number that is not negative",
        "Invalid request: request.id: missing",
        "Invalid request: request.imp[0].banner: w and h, or format, are needed",
        "Invalid request: request.imp[0].bidfloor: must not be negative",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn unknown_stored_imps_are_named() {
    let mut body = request();
    body["imp"][0]["ext"] = json!({"prebid": {"storedrequest": {"id": "nowhere"}}});
    let fault = "request.imp[0].ext.prebid.storedrequest.id: no stored imp \"nowhere\"";
    check_one_fault(&refused(body.to_string()).await, fault);
}

#[tokio::test]
async fn absurd_numbers_do_no_harm() {
    let server = Server::start("").await;
    let mut body = request();
    body["tmax"] = json!(i64::MAX);
    body["imp"][0]["bidfloor"] = json!(7e28);
    body["ext"] = json!({"prebid": {"targeting": {"pricegranularity": {"ranges": [{"max": 1e27, "increment": 1e-27}]}}}});
    let answer = server.auction(&body).await;
    assert_eq!(answer["ext"]["tmaxrequest"], 5000);
}

#[tokio::test]
async fn gzip_is_recognised_without_header() {
    let server = Server::start("").await;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(request().to_string().as_bytes()).unwrap();
    let response = server.post(encoder.finish().unwrap()).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn other_methods_and_paths_are_client_errors() {
    let server = Server::start("").await;
    let get = server
        .request(reqwest::Method::PUT, "/openrtb2/auction")
        .send()
        .await
        .unwrap();
    assert_eq!(get.status(), 405);
    assert_eq!(get.headers()["allow"], "GET,HEAD,POST");
    let lost = server
        .request(reqwest::Method::POST, "/nowhere")
        .send()
        .await
        .unwrap();
    assert_eq!(lost.status(), 404);
}

#[tokio::test]
async fn params_that_break_their_schema_are_named() {
    let server = Server::start("[bidders.aja]").await;
    let imp = json!({"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"aja": {"asi": 7}}}}});
    let mut request = json!({"id": "r", "site": {"page": "https://p/"}, "imp": [imp]});
    let answer = server.post(request.to_string()).await;
    assert_eq!(answer.status(), 400);
    check_one_fault(
        &answer.text().await.unwrap(),
        "request.imp[0].ext.prebid.bidder.aja.asi: must be a string",
    );
    // The same bidder under another name.
    request["imp"][0]["ext"]["prebid"]["bidder"] = json!({"other": {}});
    request["ext"]["prebid"]["aliases"] = json!({"other": "aja"});
    let answer = server.post(request.to_string()).await;
    assert_eq!(answer.status(), 400);
    check_one_fault(
        &answer.text().await.unwrap(),
        "request.imp[0].ext.prebid.bidder.other.asi: missing",
    );
}
