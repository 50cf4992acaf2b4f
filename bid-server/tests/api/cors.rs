//! What browsers need before they hand an answer to a page of another origin.

use reqwest::{Method, Response};
use serde_json::json;

use crate::server::Server;

const ORIGIN: &str = "https://page.example";

#[track_caller]
fn check_headers(response: &Response) {
    let headers = response.headers();
    assert_eq!(headers["access-control-allow-origin"], ORIGIN);
    assert_eq!(headers["access-control-allow-credentials"], "true");
    assert_eq!(headers["timing-allow-origin"], "*");
    assert!(
        headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
}

#[tokio::test]
async fn answers_and_refusals_echo_the_origin() {
    let server = Server::start("").await;
    let body = json!({"id": "r", "site": {"page": "https://p/"}, "imp": [{"id": "i", "banner": {"w": 1, "h": 1}}]});
    let answer = server.post(body.to_string()).await;
    assert_eq!(answer.status(), 200);
    check_headers(&answer);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let refusal = server.post("{").await;
    assert_eq!(refusal.status(), 400);
    check_headers(&refusal);
}

#[tokio::test]
async fn preflight_is_answered() {
    let server = Server::start("").await;
    for path in ["/openrtb2/auction", "/cookie_sync"] {
        let request = server
            .request(Method::OPTIONS, path)
            .header("origin", ORIGIN);
        let request = request.header("access-control-request-method", "POST");
        let answer = request
            .header("access-control-request-headers", "content-type")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 204);
        let headers = answer.headers();
        assert!(headers["allow"].to_str().unwrap().contains("POST"));
        assert_eq!(headers["allow"], headers["access-control-allow-methods"]);
        assert_eq!(headers["access-control-allow-origin"], ORIGIN);
        assert_eq!(headers["access-control-allow-credentials"], "true");
        assert!(
            headers["access-control-allow-headers"]
                .to_str()
                .unwrap()
                .contains("content-type")
        );
    }
}

#[tokio::test]
async fn cookie_sync_has_nothing_to_sync() {
    let server = Server::start("").await;
    let request = server
        .request(Method::POST, "/cookie_sync")
        .header("origin", ORIGIN);
    let answer = request
        .body(r#"{"uuid":"u","bidders":["a"]}"#)
        .send()
        .await
        .unwrap();
    check_headers(&answer);
    assert_eq!(
        answer.text().await.unwrap(),
        r#"{"status":"ok","bidder_status":[]}"#
    );
}
