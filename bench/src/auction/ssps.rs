//! SSPs that all take the same time and answer with creatives of a usual size.
//!
//! They record how long each answer really took, so that it can be subtracted from the time of the auction.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::http1::{Connection, find};

/// What each SSP waits before it answers.
pub(super) const LATENCY: Duration = Duration::from_millis(20);
/// Bytes of markup in a bid.
const MARKUP_BYTES: usize = 3000;
/// More auctions than can be under way at the same time.
const REMEMBERED: usize = 1 << 16;
const ID_DIGITS: usize = 32;

/// Running SSPs; dropping it stops them.
#[derive(Debug)]
pub(super) struct Ssps {
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) served: Arc<Served>,
    _tasks: JoinSet<std::io::Result<()>>,
}

/// By auction: the longest time that an SSP took, in nanoseconds.
#[derive(Debug)]
pub(super) struct Served(Vec<AtomicU64>);

impl Served {
    fn note(&self, auction: usize, taken: Duration) {
        if let Some(slowest) = self.0.get(auction % REMEMBERED) {
            let nanos = u64::try_from(taken.as_nanos()).unwrap_or(u64::MAX);
            slowest.fetch_max(nanos, Ordering::Relaxed);
        }
    }

    /// The longest time of this auction; asked once.
    pub(super) fn take(&self, auction: usize) -> Duration {
        let slowest = self.0.get(auction % REMEMBERED);
        let nanos = slowest.map_or(0, |slowest| slowest.swap(0, Ordering::Relaxed));
        Duration::from_nanos(nanos)
    }
}

impl Ssps {
    /// This many SSPs, each on a port of its own as in production, answering for this many imps.
    pub(super) async fn start(count: usize, imps: usize) -> std::io::Result<Self> {
        let served = Arc::new(Served((0..REMEMBERED).map(|_| AtomicU64::new(0)).collect()));
        let mut tasks = JoinSet::new();
        let mut addresses = Vec::new();
        for number in 0..count {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            addresses.push(listener.local_addr()?);
            let answer: Arc<str> = bids(number, imps).into();
            tasks.spawn(accept(listener, answer, Arc::clone(&served)));
        }
        Ok(Self {
            addresses,
            served,
            _tasks: tasks,
        })
    }
}

async fn accept(
    listener: TcpListener,
    answer: Arc<str>,
    served: Arc<Served>,
) -> std::io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        connections.spawn(serve(stream, Arc::clone(&answer), Arc::clone(&served)));
    }
}

async fn serve(stream: TcpStream, answer: Arc<str>, served: Arc<Served>) -> std::io::Result<()> {
    let mut connection = Connection::new(stream)?;
    while let Some((_, body)) = connection.receive().await? {
        let started = Instant::now();
        let id = auction_id(body).unwrap_or_default().to_owned();
        sleep(LATENCY).await;
        let message = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{{\"id\":\"{id}\",{answer}",
            answer.len() + id.len() + 9
        );
        served.note(
            usize::from_str_radix(&id, 16).unwrap_or(0),
            started.elapsed(),
        );
        connection.send(message.as_bytes()).await?;
    }
    Ok(())
}

/// The id of the request: the first one that is as long as ours.
fn auction_id(body: &[u8]) -> Option<&str> {
    const KEY: &[u8] = b"\"id\":\"";
    let mut rest = body;
    loop {
        rest = rest.get(find(rest, KEY)? + KEY.len()..)?;
        let (id, after) = rest.split_at_checked(ID_DIGITS)?;
        if after.first() == Some(&b'"') {
            return std::str::from_utf8(id).ok();
        }
    }
}

/// A bid for every imp, without the opening of the response that carries its id.
fn bids(ssp: usize, imps: usize) -> String {
    let markup = "<div><a href='https://shop.example/?c=${CLICK}'><img src='https://cdn.example/a.png'></a></div>\n";
    let markup: String = markup.chars().cycle().take(MARKUP_BYTES).collect();
    let bids: Vec<_> = (0..imps)
        .map(|imp| {
            let cents = 100 + (ssp * 37 + imp * 11) % 400;
            json!({
                "id": format!("bid-{ssp}-{imp}"), "impid": format!("imp-{imp}"),
                "price": f64::from(u32::try_from(cents).unwrap_or(100)) / 100.0,
                "adm": markup, "adomain": ["shop.example"], "crid": format!("creative-{ssp}"),
                "cid": "campaign-1", "w": 300, "h": 250, "mtype": 1,
                "nurl": format!("https://ssp-{ssp}.example/win?p=${{AUCTION_PRICE}}"),
            })
        })
        .collect();
    let answer = json!({"cur": "USD", "seatbid": [{"seat": format!("buyer-{ssp}"), "bid": bids}]});
    let answer = answer.to_string();
    answer.get(1..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{auction_id, bids};

    #[test]
    fn finds_the_id_of_the_request_among_others() {
        let id = "0123456789abcdef0123456789abcdef";
        let body = format!("{{\"imp\":[{{\"id\":\"imp-0\"}}],\"id\":\"{id}\"}}");
        assert_eq!(auction_id(body.as_bytes()), Some(id));
        assert_eq!(auction_id(b"{\"id\":\"short\"}"), None);
    }

    #[test]
    fn an_answer_is_json_once_it_is_opened() {
        let answer = format!("{{\"id\":\"x\",{}", bids(1, 2));
        let value: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let offered = value["seatbid"][0]["bid"].as_array().unwrap();
        assert_eq!(offered.len(), 2);
        assert_eq!(offered[1]["impid"], "imp-1");
    }
}
