//! Clients that close before they have their answer: if the client is gone, the work ends; if it only has
//! nothing more to say, it gets the answer.

use std::time::Duration;

use serde_json::{Value, json};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fake_forward::{FakeForward, Manner};
use crate::fake_ssp::{FakeSsps, Reply};
use crate::server::Server;

const NOTHING: &str = "HTTP/1.1 100 Continue\r\n\r\n";

fn auction(version: &str) -> String {
    let request = json!({
        "id": "r", "tmax": 5000, "site": {"page": "https://page.example/"},
        "imp": [{"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}}],
    });
    let body = request.to_string();
    let length = body.len();
    format!(
        "POST /openrtb2/auction HTTP/{version}\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

async fn connect(server: &Server) -> TcpStream {
    let address = server.http.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

fn no_bids() -> Reply {
    Reply::Later(204, String::new())
}

async fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

fn body(answer: &str) -> Value {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("HTTP/1.1 200 ") || head.starts_with("HTTP/1.0 200 "),
        "{head}"
    );
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn a_client_that_sends_no_more_gets_its_answer() {
    let ssps = FakeSsps::all(&["alpha"], &no_bids()).await;
    let server = Server::start(&ssps.settings()).await;
    let mut stream = connect(&server).await;
    stream.write_all(auction("1.1").as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    // The server has seen the end of what we send, and checks whether we are still there.
    let mut asked = vec![0; NOTHING.len()];
    stream.read_exact(&mut asked).await.unwrap();
    assert_eq!(asked, NOTHING.as_bytes());
    ssps.let_go();
    assert_eq!(body(&rest(stream).await)["id"], "r");
}

#[tokio::test]
async fn a_client_of_http_1_0_that_sends_no_more_gets_nothing_but_its_answer() {
    let ssps = FakeSsps::all(&["alpha"], &no_bids()).await;
    let server = Server::start(&ssps.settings()).await;
    let mut stream = connect(&server).await;
    stream.write_all(auction("1.0").as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    ssps.until_asked("alpha").await;
    ssps.let_go();
    assert_eq!(body(&rest(stream).await)["id"], "r");
}

#[tokio::test]
async fn what_was_asked_before_the_end_is_all_answered() {
    let ssps = FakeSsps::all(&["alpha"], &no_bids()).await;
    let server = Server::start(&ssps.settings()).await;
    let mut stream = connect(&server).await;
    let both = auction("1.1") + &auction("1.1");
    stream.write_all(both.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    ssps.until_asked("alpha").await;
    ssps.let_go();
    ssps.let_go();
    let mut answers = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8(answers.clone()).unwrap();
        if text.matches("\"id\":\"r\"").count() == 2 {
            break;
        }
        // The second call may begin to wait only after both were let go.
        ssps.let_go();
        let count = stream.read(&mut buffer).await.unwrap();
        assert_ne!(count, 0, "{text}");
        answers.extend(&buffer[..count]);
    }
}

#[tokio::test]
async fn a_connection_may_be_used_for_longer_than_a_head_may_take() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::Hang).await;
    let server = Server::start_with("head_timeout_ms = 20\n", &ssps.settings()).await;
    let mut stream = connect(&server).await;
    // Each takes longer than that to be answered.
    let request = auction("1.1").replace("\"tmax\":5000", "\"tmax\":100 ");
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.windows(8).any(|part| part == b"\"id\":\"r\"") {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
        }
    }
}

/// The outcome of an auction whose client does `end` once its SSP has been asked.
async fn after(end: impl FnOnce(TcpStream)) -> Value {
    let mut receiver = FakeForward::start(Manner::Acknowledge);
    let ssps = FakeSsps::all(&["alpha"], &Reply::Hang).await;
    let output = format!(
        "[log_output]\naddress = '{}'\nflush_interval_ms = 1\n",
        receiver.address
    );
    let server = Server::start_logging(&(ssps.settings() + &output)).await;
    let mut stream = connect(&server).await;
    let request = auction("1.1");
    // In two pieces, as a network may split it.
    let (start, rest) = request.split_at(request.len() - 10);
    stream.write_all(start.as_bytes()).await.unwrap();
    tokio::task::yield_now().await;
    stream.write_all(rest.as_bytes()).await.unwrap();
    ssps.until_asked("alpha").await;
    end(stream);
    let bid = &receiver.records("ads.bid", 1).await[0];
    assert_eq!(bid["outcome"], "cut_off");
    let auction = receiver.records("ads.auction", 1).await[0].clone();
    assert!(auction["duration_ms"].as_f64().unwrap() < 4000.0);
    auction["outcome"].clone()
}

#[tokio::test]
async fn a_client_that_closes_ends_the_work_and_the_auction_leaves_its_rows() {
    assert_eq!(after(drop).await, "cut_off");
}

#[tokio::test]
async fn so_does_one_whose_connection_is_reset() {
    let reset = |stream: TcpStream| {
        // Closing then discards what is in transit in both directions.
        let socket = SockRef::from(&stream);
        socket.set_linger(Some(Duration::ZERO)).unwrap();
        drop(stream);
    };
    assert_eq!(after(reset).await, "cut_off");
}
