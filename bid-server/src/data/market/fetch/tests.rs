//! A server that hangs, sends without end, redirects or breaks off.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;

const CAP: usize = 1000;

/// Sends these bytes on every connection, again and again if asked to, then hangs or closes.
async fn server(start: impl Into<String>, repeat: &'static str, hang: bool) -> (Url, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let (start, mut tasks) = (start.into(), JoinSet::new());
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
    start: impl Into<String>,
    repeat: &'static str,
    hang: bool,
) -> Result<FetchedFile, FetchError> {
    let (url, _server) = server(start, repeat, hang).await;
    get(
        &client(false, &TlsConfig::default()).unwrap(),
        &url,
        Duration::from_millis(300),
        CAP,
    )
    .await
}

#[tokio::test]
async fn reads_a_whole_file() {
    let file = fetched("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "", false).await;
    let file = file.unwrap();
    assert_eq!((file.body, file.max_age), (Bytes::from("{}"), None));
}

#[tokio::test]
async fn reads_how_long_a_file_is_good_for() {
    for (headers, seconds) in [
        ("cache-control: max-age=600\r\n", Some(600)),
        (
            "Cache-Control: public, MAX-AGE=\"60\"\r\nage: 20\r\n",
            Some(40),
        ),
        (
            "cache-control: public\r\ncache-control: max-age=5\r\n",
            Some(5),
        ),
        (
            "cache-control: max-age=99999999999999999999\r\n",
            Some(1 << 31),
        ),
        ("cache-control: max-age=5\r\nage: 9\r\n", Some(0)),
        ("cache-control: max-age=600, no-store\r\n", Some(0)),
        ("cache-control: max-age=-1, s-maxage=9\r\n", None),
        ("cache-control: \r\nage: 4\r\n", None),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{headers}content-length: 2\r\n\r\n{{}}");
        let file = fetched(answer, "", false).await.unwrap();
        assert_eq!(file.max_age, seconds.map(Duration::from_secs), "{headers}");
    }
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
    let client = client(true, &TlsConfig::default()).unwrap();
    let file = get(&client, &url, Duration::from_secs(2), CAP).await;
    assert_eq!(file, Err(FetchError::Unreachable));
}
