//! Rows about auctions and bids reach the receiver, whatever happens in between.

use serde_json::{Value, json};

use crate::fake_forward::{FakeForward, KEY, Manner, Record, reserve, reserve_at};
use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

async fn ssps() -> FakeSsps {
    let bid = |id: &str, price: f64| json!({"id": id, "impid": "div-top", "price": price, "adm": "<b>", "crid": "c1", "w": 728, "h": 90});
    let bids = json!({"id": "r", "seatbid": [{"seat": "buyer", "bid": [bid("b1", 1.27), bid("b2", 0.1)]}]});
    let replies = [
        ("alpha".to_owned(), Reply::With(200, bids.to_string())),
        ("beta".to_owned(), Reply::With(204, String::new())),
    ];
    FakeSsps::start(replies.into()).await
}

async fn server(ssps: &FakeSsps, address: &str, more: &str) -> Server {
    let output = format!(
        "[log_output]\naddress = '{address}'\nflush_interval_ms = 1\nretry_min_ms = 1\nretry_max_ms = 5\n"
    );
    Server::start_logging(&(ssps.settings() + &output + more)).await
}

fn request(id: &str) -> Value {
    let bidders = json!({"alpha": {}, "beta": {}});
    json!({
        "id": id,
        "site": {"page": "https://recipes.example/recipes/soup?q=1", "publisher": {"id": "demo-publisher"}},
        "imp": [{"id": "div-top", "bidfloor": 1, "banner": {"w": 728, "h": 90}, "ext": {"prebid": {"bidder": bidders}}}],
        "ext": {"earlybid": {"page_view_id": "pv"}},
    })
}

#[tokio::test]
async fn an_auction_becomes_its_rows() {
    let mut receiver = FakeForward::start(Manner::Acknowledge);
    let ssps = ssps().await;
    let server = server(&ssps, &receiver.address, "").await;
    server.auction(&request("a1")).await;
    let auction = &receiver.records("ads.auction", 1).await[0];
    let expected = json!({
        "auction_id": "a1", "page_view_id": "pv", "account": "demo-publisher", "channel": "earlybid",
        "page_domain": "recipes.example", "page_path": "/recipes/soup", "imps": 1, "bidders": 2, "bids": 1,
        "imps_won": 1, "tmax_ms": 700, "winning_cpm": 1.27, "currency": "USD", "outcome": "won",
    });
    for (column, value) in expected.as_object().unwrap() {
        assert_eq!(&auction[column], value, "{column}");
    }
    let bids = receiver.records("ads.bid", 3).await;
    let rows: Vec<Value> = bids
        .iter()
        .map(|row| {
            json!([
                row["bidder"],
                row["outcome"],
                row.get("non_bid_reason"),
                row.get("cpm"),
                row.get("price_bucket"),
                row.get("floor")
            ])
        })
        .collect();
    let expected = json!([
        ["alpha", "won", null, 1.27, "1.20", 1.0],
        ["alpha", "below_floor", 301, 0.1, null, 1.0],
        ["beta", "no_bid", 0, null, null, null],
    ]);
    assert_eq!(Value::Array(rows), expected);
    assert_eq!(bids[0]["creative_size"], "728x90");
    assert_eq!(bids[0]["seat"], "buyer");
}

#[tokio::test]
async fn a_chunk_without_ack_is_sent_again_under_the_same_id() {
    let mut receiver = FakeForward::start(Manner::CloseOnce);
    let ssps = ssps().await;
    let server = server(&ssps, &receiver.address, "").await;
    server.auction(&request("a1")).await;
    receiver.records("ads.bid", 3).await;
    let counts: Vec<u32> = receiver.arrived().chunks.into_values().collect();
    assert_eq!(counts.iter().sum::<u32>(), 3);
    assert!(counts.contains(&2), "{counts:?}");
}

#[tokio::test]
async fn rows_wait_while_the_receiver_is_away() {
    let socket = reserve();
    let address = socket.local_addr().unwrap().to_string();
    let ssps = ssps().await;
    let server = server(&ssps, &address, "").await;
    for n in 0..5 {
        server.auction(&request(&format!("a{n}"))).await;
    }
    let mut receiver = FakeForward::listen(socket, Manner::Acknowledge);
    let auctions = receiver.records("ads.auction", 5).await;
    let ids: Vec<&str> = auctions
        .iter()
        .map(|row| row["auction_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a0", "a1", "a2", "a3", "a4"]);
    receiver.records("ads.bid", 15).await;
    // The receiver goes away once more.
    drop(receiver);
    server.auction(&request("later")).await;
    let socket = reserve_at(&address);
    let mut receiver = FakeForward::listen(socket, Manner::Acknowledge);
    assert_eq!(
        receiver.records("ads.auction", 1).await[0]["auction_id"],
        "later"
    );
}

#[tokio::test]
async fn a_full_queue_sheds_the_oldest_rows_and_counts_them() {
    let ssps = ssps().await;
    let socket = reserve();
    let address = socket.local_addr().unwrap().to_string();
    let server = server(&ssps, &address, "queue_bytes = 12000\nchunk_bytes = 1\n").await;
    for n in 0..20 {
        server.auction(&request(&format!("a{n}"))).await;
    }
    let text = server
        .client
        .get(format!("{}/metrics", server.admin))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let figure = |name: &str| -> u64 {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        line.trim().parse().unwrap()
    };
    assert!(figure("bid_server_log_rows_total{outcome=\"shed\"}") >= 4);
    assert!(figure("bid_server_log_queue_bytes ") <= 12_000);
    let mut receiver = FakeForward::listen(socket, Manner::Acknowledge);
    let newest = |rows: &[Record]| rows.iter().any(|row| row["auction_id"] == "a19");
    let mut count = 1;
    while !newest(&receiver.records("ads.auction", count).await) {
        count += 1;
    }
    assert!(count < 20, "{count}");
}

#[tokio::test]
async fn queued_rows_are_sent_before_the_server_ends() {
    let receiver = FakeForward::start(Manner::Acknowledge);
    let ssps = ssps().await;
    let output = format!(
        "[log_output]\naddress = '{}'\nflush_interval_ms = 600000\n",
        receiver.address
    );
    let server = Server::start_logging(&(ssps.settings() + &output)).await;
    server.auction(&request("a1")).await;
    server.stop().await;
    assert_eq!(receiver.arrived().records["ads.auction"].len(), 1);
    assert_eq!(receiver.arrived().records["ads.bid"].len(), 3);
}

#[tokio::test]
async fn a_receiver_that_asks_for_a_key_gets_rows_from_those_that_know_it() {
    let mut receiver = FakeForward::start(Manner::AskForKey);
    let ssps = ssps().await;
    let stranger = server(&ssps, &receiver.address, "shared_key = 'another'\n").await;
    stranger.auction(&request("a1")).await;
    let known = server(&ssps, &receiver.address, &format!("shared_key = '{KEY}'\n")).await;
    known.auction(&request("a2")).await;
    let auctions = receiver.records("ads.auction", 1).await;
    assert_eq!(auctions[0]["auction_id"], "a2");
}
