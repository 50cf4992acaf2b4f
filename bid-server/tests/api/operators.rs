//! What operators see.

use reqwest::Method;
use serde_json::json;

use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

pub(crate) async fn metrics(server: &Server) -> String {
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

/// Every line has to be there.
#[track_caller]
fn check_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn metrics_tell_prices_markup_and_connections_of_bidders() {
    let bid = |id: &str, price: f64| json!({"id": id, "impid": "i", "price": price, "crid": "c", "w": 1, "h": 1, "nurl": "http://127.0.0.1:1/"});
    let mut with_markup = bid("a", 3.0);
    with_markup["adm"] = json!("<b>");
    let reply = json!({"cur": "EUR", "seatbid": [{"bid": [with_markup, bid("b", 0.5)]}]});
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, reply.to_string())).await;
    let nobody = crate::fake_forward::reserve();
    let more = format!(
        "[bidders.beta]\nendpoint = 'http://{}/'\n[currency]\ndefault = 'JPY'\nrates = {{ EUR = {{ JPY = 160, USD = 1.1 }} }}\n",
        nobody.local_addr().unwrap()
    );
    let server = Server::start(&(more + &ssps.settings())).await;
    let imp = json!({"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}, "beta": {}}}}});
    let keep = json!({"prebid": {"targeting": {}, "cache": {"bids": {"returnCreative": false}}}});
    // Whatever the currency of an auction, prices are counted in one currency.
    for currency in ["USD", "EUR", "JPY"] {
        server
            .auction(&json!({"id": "r", "cur": [currency], "site": {"page": "https://p/"}, "imp": [imp], "ext": keep}))
            .await;
    }
    let text = metrics(&server).await;
    check_lines(
        &text,
        &[
            "bid_server_bid_price_cpm_count{bidder=\"alpha\"} 6",
            // 3 EUR, three times.
            "bid_server_bid_price_cpm_bucket{le=\"300.0\",bidder=\"alpha\"} 3",
            "bid_server_bid_price_cpm_bucket{le=\"1000.0\",bidder=\"alpha\"} 6",
            "bid_server_bid_markup_total{bidder=\"alpha\",media_type=\"banner\",markup=\"adm\"} 3",
            "bid_server_bid_markup_total{bidder=\"alpha\",media_type=\"banner\",markup=\"nurl\"} 3",
            "bid_server_ssp_connections_total{bidder=\"alpha\",outcome=\"opened\"} 1",
            "bid_server_ssp_connections_total{bidder=\"alpha\",outcome=\"reused\"} 2",
            "bid_server_ssp_connections_total{bidder=\"beta\",outcome=\"failed\"} 3",
            "bid_server_ssp_connect_duration_seconds_count{bidder=\"alpha\"} 1",
            "bid_server_auction_overhead_seconds_count 3",
            // No name was looked up, and there is no TLS.
            "bid_server_ssp_lookup_duration_seconds_count 0",
            "bid_server_ssp_handshake_duration_seconds_count 0",
        ],
    );
}

#[tokio::test]
async fn metrics_tell_where_auctions_are_asked_for() {
    let stored = "[stored_requests.home]
site = { page = 'https://p/' }
imp = [{ id = 'i', banner = { w = 1, h = 1 }, ext = { prebid = { bidder = { alpha = {} } } } }]
";
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&(stored.to_owned() + &ssps.settings())).await;
    let posted = json!({"id": "r", "ext": {"prebid": {"storedrequest": {"id": "home"}}}});
    server.auction(&posted).await;
    for path in [
        "/openrtb2/auction?srid=home",
        "/openrtb2/amp?tag_id=home",
        "/openrtb2/amp?tag_id=home",
        // This one does not become an auction.
        "/openrtb2/amp?tag_id=nowhere",
    ] {
        server.request(Method::GET, path).send().await.unwrap();
    }
    check_lines(
        &metrics(&server).await,
        &[
            "bid_server_endpoint_auctions_total{endpoint=\"auction\"} 1\n",
            "bid_server_endpoint_auctions_total{endpoint=\"auction_get\"} 1\n",
            "bid_server_endpoint_auctions_total{endpoint=\"amp\"} 2\n",
        ],
    );
}

#[tokio::test]
async fn metrics_tell_how_long_creatives_take_to_their_store() {
    let bid =
        json!({"id": "a", "impid": "i", "price": 1, "crid": "c", "adm": "<b>", "w": 1, "h": 1});
    let reply = json!({"seatbid": [{"bid": [bid]}]}).to_string();
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, reply)).await;
    let imp = json!({"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}});
    let ext = json!({"prebid": {"targeting": {}, "cache": {"bids": {}}}});
    let asked = json!({"id": "r", "site": {"page": "https://p/"}, "imp": [imp], "ext": ext});
    let put = json!({"puts": [{"type": "xml", "value": "<VAST/>"}]}).to_string();
    let nobody = crate::fake_forward::reserve();
    let away = format!(
        "[cache]\nexternal_url = 'http://{}/'\n",
        nobody.local_addr().unwrap()
    );
    let count = "bid_server_cache_write_duration_seconds_count";
    for (settings, lines) in [
        (
            "",
            [format!("{count}{{store=\"memory\"}} 2\n"), String::new()],
        ),
        // Nobody is there, and finding that out takes time as well.
        (
            &*away,
            [
                format!("{count}{{store=\"external\"}} 1\n"),
                format!("{count}{{store=\"memory\"}} 1\n"),
            ],
        ),
    ] {
        let server = Server::start(&(settings.to_owned() + &ssps.settings())).await;
        server.auction(&asked).await;
        let post = server.request(Method::POST, "/cache").body(put.clone());
        assert_eq!(post.send().await.unwrap().status(), 200);
        check_lines(&metrics(&server).await, &[&lines[0], &lines[1]]);
    }
}

#[tokio::test]
async fn metrics_name_so_many_accounts_and_no_more() {
    let settings = "[metrics]\nmax_accounts = 1\n[accounts.by_id]\na = {}\nb = {}\n";
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let server = Server::start(&(settings.to_owned() + &ssps.settings())).await;
    for publisher in ["a", "b", "a", "made-up"] {
        let site = json!({"page": "https://p/", "publisher": {"id": publisher}});
        let imp = json!({"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}});
        server
            .auction(&json!({"id": "r", "site": site, "imp": [imp]}))
            .await;
    }
    let text = metrics(&server).await;
    check_lines(
        &text,
        &[
            "bid_server_account_auctions_total{account=\"a\",outcome=\"no_bids\"} 2",
            "bid_server_account_auctions_total{account=\"other\",outcome=\"no_bids\"} 1",
            "bid_server_account_auctions_total{account=\"unknown\",outcome=\"no_bids\"} 1",
        ],
    );
    assert!(!text.contains("made-up"), "{text}");
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
