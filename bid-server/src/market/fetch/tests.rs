//! A server that hangs, sends without end, leads elsewhere or breaks off.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;

const CAP: usize = 1000;

/// Sends these bytes to whoever connects, again and again if asked, then hangs or closes.
async fn server(start: &'static str, repeat: &'static str, hang: bool) -> (Url, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        drop(stream.read(&mut request).await);
        let mut sent = stream.write_all(start.as_bytes()).await;
        while sent.is_ok() && !repeat.is_empty() {
            sent = stream.write_all(repeat.as_bytes()).await;
        }
        if hang {
            std::future::pending::<()>().await;
        }
    });
    (url, tasks)
}

async fn fetched(
    start: &'static str,
    repeat: &'static str,
    hang: bool,
) -> Result<Bytes, FetchError> {
    let (url, _server) = server(start, repeat, hang).await;
    get(
        &client(false).unwrap(),
        &url,
        Duration::from_millis(300),
        CAP,
    )
    .await
}

#[tokio::test]
async fn reads_a_whole_file() {
    let file = fetched("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "", false).await;
    assert_eq!(file.unwrap(), "{}");
}

#[tokio::test]
async fn gives_up_on_who_hangs_before_or_within_the_answer() {
    let late = Err(FetchError::TimedOut(Duration::from_millis(300)));
    assert_eq!(fetched("", "", true).await, late);
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}";
    assert_eq!(fetched(half, "", true).await, late);
}

#[tokio::test]
async fn stops_reading_at_the_cap() {
    let endless = "HTTP/1.1 200 OK\r\n\r\n";
    assert_eq!(
        fetched(endless, "xxxxxxxxxxxxxxxx", false).await,
        Err(FetchError::TooLarge(CAP))
    );
}

#[tokio::test]
async fn follows_nobody() {
    let elsewhere =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(
        fetched(elsewhere, "", false).await,
        Err(FetchError::Status(302))
    );
}

#[tokio::test]
async fn says_what_else_went_wrong() {
    let missing = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(
        fetched(missing, "", false).await,
        Err(FetchError::Status(404))
    );
    assert_eq!(
        fetched("\0garbage\r\n\r\n", "", false).await,
        Err(FetchError::Unreachable)
    );
    let broken = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}";
    assert_eq!(
        fetched(broken, "", false).await,
        Err(FetchError::Unreachable)
    );
}

#[tokio::test]
async fn a_public_client_does_not_reach_the_own_network_by_name() {
    let (mut url, _server) = server("HTTP/1.1 200 OK\r\n\r\n{}", "", false).await;
    url.set_host(Some("localhost")).unwrap();
    let client = client(true).unwrap();
    let file = get(&client, &url, Duration::from_secs(2), CAP).await;
    assert_eq!(file, Err(FetchError::Unreachable));
}
