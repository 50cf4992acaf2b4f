//! Ports take the tags that they are meant for.

use serde_json::json;

use crate::clients::request;
use crate::setup::{settings, start};

/// A page must not make up what only a server can know.
#[tokio::test]
async fn no_page_and_no_proxy_sends_the_tags_of_servers() {
    let (receiver, _directory) = start(settings()).await;
    for tag in ["ads.bid", "ads/auction", "ads.bid_notice"] {
        for header in [
            "origin: https://evil.example",
            "origin: null",
            "sec-fetch-site: cross-site",
            "x-forwarded-for: 192.0.2.1",
            "forwarded: for=192.0.2.1",
            "via: 1.1 proxy",
        ] {
            let head = format!("POST /{tag}\n{header}");
            let answer = request(receiver.http, &head, br#"{"cpm":100}"#).await;
            assert_eq!(answer.status, 403, "{head}");
            let error = answer.json()["error"].clone();
            let reason =
                "only servers may send this tag, over the forward port; see forward.server_tags";
            assert_eq!(error, json!(reason));
        }
        // A program on this machine is not a page.
        let answer = request(receiver.http, &format!("POST /{tag}"), br#"{"cpm":1}"#).await;
        assert_eq!(answer.status, 204, "{tag}");
    }
    let page = "POST /ads.render\norigin: https://shop.example";
    assert_eq!(request(receiver.http, page, b"{}").await.status, 204);
    assert_eq!(
        receiver.sum("log_ingest_refused_messages_total", "denied"),
        18
    );
    assert_eq!(receiver.stop().await.records().len(), 4);
}

#[tokio::test]
async fn the_http_port_takes_the_tags_that_it_is_told() {
    let mut file = settings();
    file.http.tags = ["ads.render", "app.**"].map(str::to_owned).to_vec();
    let (receiver, _directory) = start(file).await;
    for (tag, status) in [("ads.render", 204), ("app/log", 204), ("other", 403)] {
        let answer = request(receiver.http, &format!("POST /{tag}"), b"{}").await;
        assert_eq!(answer.status, status, "{tag}");
    }
    assert_eq!(receiver.stop().await.records().len(), 2);
}
