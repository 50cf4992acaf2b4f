//! What operators see.

use reqwest::Method;
use serde_json::json;

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

async fn metrics(server: &Server) -> String {
    let request = server.client.get(format!("{}/metrics", server.admin));
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn metrics_count_auctions_calls_and_refusals() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(500, String::new())).await;
    let server = Server::start(&ssps.settings()).await;
    let imp = json!({"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}});
    server
        .auction(&json!({"id": "r", "site": {"page": "https://p/"}, "imp": [imp]}))
        .await;
    server.post("{").await;
    let text = metrics(&server).await;
    for line in [
        "bid_server_auctions_total{outcome=\"no_bids\"} 1",
        "bid_server_bidder_calls_total{bidder=\"alpha\",outcome=\"invalid_response\"} 1",
        "bid_server_refused_requests_total 1",
        "bid_server_auction_duration_seconds_count 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn status_is_on_both_listeners_and_metrics_on_one() {
    let server = Server::start("").await;
    for address in [&server.http, &server.admin] {
        let answer = server
            .client
            .get(format!("{address}/status"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
    }
    let public = server
        .request(Method::GET, "/metrics")
        .send()
        .await
        .unwrap();
    assert_eq!(public.status(), 404);
}

#[tokio::test]
async fn stops_when_asked() {
    let server = Server::start("").await;
    server.stop().await;
}
