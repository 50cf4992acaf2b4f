//! Tests the client against small servers that say exactly what a test wants.

use std::sync::Mutex;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn client(idle: Duration) -> SspClient {
    let config = SspClientConfig {
        connect_timeout: Duration::from_secs(5),
        idle_connections_per_host: 2,
        idle_timeout: idle,
        max_response_bytes: 0,
    };
    SspClient::new(&config, &TlsConfig::default(), Arc::default()).unwrap()
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/bid?x=1", listener.local_addr().unwrap());
    (listener, url)
}

fn post(url: &str) -> Outgoing {
    let mut request = Request::post(url);
    request = request.header("x-own", "1");
    request.body(Full::from("[1]")).unwrap()
}

async fn send(client: &SspClient, url: &str) -> Result<RawReply, ExchangeError> {
    let reading = Reading {
        cap: 100,
        listener: None,
        link: &LinkNote::default(),
    };
    client.send(post(url), reading).await
}

/// Reads a request and returns its text.
async fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"[1]") {
        assert_ne!(stream.read_buf(&mut text).await.unwrap(), 0);
    }
    String::from_utf8(text).unwrap()
}

async fn answer(stream: &mut TcpStream, text: &str) -> String {
    let request = request(stream).await;
    stream.write_all(text.as_bytes()).await.unwrap();
    request
}

#[tokio::test]
async fn calls_one_after_the_other_share_a_connection() {
    let (listener, url) = listener().await;
    let client = client(Duration::from_secs(60));
    let ssp = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let first = answer(&mut stream, OK).await;
        let chunked =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        answer(&mut stream, chunked).await;
        answer(&mut stream, "HTTP/1.1 204 No Content\r\n\r\n").await;
        first
    };
    let calls = async {
        assert_eq!(send(&client, &url).await, Ok((200, "{}".into())));
        assert_eq!(send(&client, &url).await, Ok((200, "abcde".into())));
        assert_eq!(send(&client, &url).await, Ok((204, "".into())));
    };
    let (first, ()) = tokio::join!(ssp, calls);
    assert!(first.starts_with("POST /bid?x=1 HTTP/1.1\r\n"), "{first}");
    let host = url
        .trim_start_matches("http://")
        .trim_end_matches("/bid?x=1");
    assert!(first.contains(&format!("host: {host}\r\n")), "{first}");
    assert!(first.contains("content-length: 3\r\n"), "{first}");
    assert!(first.contains("x-own: 1\r\n"), "{first}");
}

#[tokio::test]
async fn connections_that_were_closed_are_replaced() {
    let (listener, url) = listener().await;
    let client = client(Duration::from_secs(60));
    let ssp = async {
        for end in [
            OK,
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            OK,
        ] {
            let (mut stream, _) = listener.accept().await.unwrap();
            answer(&mut stream, end).await;
        }
    };
    let calls = async {
        for expected in ["{}", "", "{}"] {
            assert_eq!(send(&client, &url).await, Ok((200, expected.into())));
        }
    };
    tokio::join!(ssp, calls);
}

#[tokio::test]
async fn connections_do_not_rest_too_long() {
    let (listener, url) = listener().await;
    let client = client(Duration::ZERO);
    let ssp = async {
        let mut open = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            answer(&mut stream, OK).await;
            open.push(stream);
        }
    };
    let calls = async {
        send(&client, &url).await.unwrap();
        send(&client, &url).await.unwrap();
    };
    tokio::join!(ssp, calls);
}

#[tokio::test]
async fn long_and_broken_answers_are_errors() {
    let (listener, url) = listener().await;
    let client = client(Duration::from_secs(60));
    let (too_large, broken) = (ExchangeError::TooLarge(100), ExchangeError::Broken);
    let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(101));
    let cases = [
        ("HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n", too_large),
        (&long, too_large),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", broken),
        ("HTTP/9", broken),
        ("", broken),
    ];
    for (text, error) in cases {
        let ssp = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            answer(&mut stream, text).await;
        };
        let ((), result) = tokio::join!(ssp, send(&client, &url));
        assert_eq!(result, Err(error), "{text}");
    }
    drop(listener);
    assert_eq!(send(&client, &url).await, Err(ExchangeError::Connect));
    assert_eq!(send(&client, "/bid").await, Err(ExchangeError::Connect));
}

#[tokio::test]
async fn giving_up_closes_the_connection() {
    let (listener, url) = listener().await;
    let client = client(Duration::from_secs(60));
    let ssp = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        request(&mut stream).await;
        stream
    };
    let mut stream = tokio::select! {
        stream = ssp => stream,
        _ = send(&client, &url) => panic!("nobody has answered"),
    };
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0);
}

#[derive(Default)]
struct Heard(Mutex<Answered>);

type Answered = (u16, Vec<u8>);

impl Listener for Heard {
    fn head(&self, status: u16) {
        self.0.lock().unwrap().0 = status;
    }

    fn part(&self, bytes: &[u8]) {
        self.0.lock().unwrap().1.extend_from_slice(bytes);
    }
}

#[tokio::test]
async fn a_listener_hears_of_what_came_before_it_broke() {
    let (listener, url) = listener().await;
    let client = client(Duration::from_secs(60));
    let ssp = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        answer(
            &mut stream,
            "HTTP/1.1 502 No\r\ncontent-length: 9\r\n\r\nabc",
        )
        .await;
    };
    let (heard, link) = (Heard::default(), LinkNote::default());
    let reading = Reading {
        cap: 100,
        listener: Some(&heard),
        link: &link,
    };
    let ((), result) = tokio::join!(ssp, client.send(post(&url), reading));
    assert_eq!(result, Err(ExchangeError::Broken));
    assert!(matches!(link.get(), Some(Link::Opened(_))));
    assert_eq!(heard.0.into_inner().unwrap(), (502, b"abc".to_vec()));
}
