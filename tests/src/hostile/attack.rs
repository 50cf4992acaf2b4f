//! The attacks, all at the same time, each again and again.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Client;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::Doors;
use super::payload::{self, Payloads};
use super::socket::{self, STRANGER};

/// The pause between two strikes of the same attack.
const PAUSE: Duration = Duration::from_millis(50);
/// A strike is given up after this long; what it has started goes on in the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// One way to do harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attack {
    /// A few bytes that inflate to many.
    InflatedBody,
    /// Inputs whose product is the size of the answer.
    MultiplyingAuction,
    /// Tens of thousands of faults to be listed.
    EmptyImps,
    /// Brackets within brackets.
    DeepJson,
    /// A great many names.
    WideJson,
    /// Values that no table expects.
    PoisonousEvents,
    /// Rows that only the bid server may write.
    ForgedRows,
    /// Compressed forward messages.
    ForwardBombs,
    /// Statements without end.
    Statements,
    /// Heads of requests, a byte at a time.
    SlowHeads,
    /// Bodies of requests, a byte at a time.
    SlowBodies,
    /// Connections that hold their places at every port.
    Connections,
    /// Bytes that belong to no protocol.
    Garbage,
}

impl Attack {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::InflatedBody,
        Self::MultiplyingAuction,
        Self::EmptyImps,
        Self::DeepJson,
        Self::WideJson,
        Self::PoisonousEvents,
        Self::ForgedRows,
        Self::ForwardBombs,
        Self::Statements,
        Self::SlowHeads,
        Self::SlowBodies,
        Self::Connections,
        Self::Garbage,
    ];

    /// Strikes once; the answer says what came of it.
    async fn strike(self, stranger: &Stranger, number: u64) -> anyhow::Result<String> {
        match self {
            Self::InflatedBody => {
                stranger
                    .post_zipped(number, stranger.payloads.gzip_bomb.clone())
                    .await
            }
            Self::MultiplyingAuction => {
                stranger
                    .auction(true, stranger.payloads.multiplying_auction.clone())
                    .await
            }
            Self::EmptyImps => {
                stranger
                    .auction(true, stranger.payloads.empty_imps.clone())
                    .await
            }
            Self::DeepJson => {
                stranger
                    .either(number, stranger.payloads.deep_json.clone())
                    .await
            }
            Self::WideJson => {
                stranger
                    .either(number, stranger.payloads.wide_json.clone())
                    .await
            }
            Self::PoisonousEvents => {
                stranger
                    .events("ads.render", payload::poisonous_events(number))
                    .await
            }
            Self::ForgedRows => {
                stranger
                    .events(server_tag(number), stranger.payloads.forged_rows.clone())
                    .await
            }
            Self::ForwardBombs => {
                said(socket::say(&stranger.doors.forward, &stranger.payloads.forward_bomb).await)
            }
            Self::Statements => stranger.query(payload::statement(number)).await,
            Self::SlowHeads => {
                let head = b"POST / HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
                said(socket::drip(stranger.door(number), head).await)
            }
            Self::SlowBodies => {
                let head = b"POST /ads.render HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n[";
                said(socket::drip(stranger.door(number), head).await)
            }
            Self::Connections => {
                let held = socket::hold_many(stranger.door(number), b"").await?;
                Ok(format!("{} hundred held", held.div_ceil(100)))
            }
            Self::Garbage => said(socket::say(stranger.door(number), &[0xff; 4096]).await),
        }
    }
}

/// A tag that is the bid server's.
fn server_tag(number: u64) -> &'static str {
    ["ads.auction", "ads.bid", "ads.bid_notice"][usize::try_from(number % 3).unwrap_or_default()]
}

fn said(outcome: anyhow::Result<()>) -> anyhow::Result<String> {
    outcome.map(|()| "said".to_owned())
}

/// Strikes with all attacks until then; the answer counts what came of them.
pub(super) async fn all(
    doors: &Doors,
    until: Instant,
) -> anyhow::Result<BTreeMap<Attack, BTreeMap<String, u64>>> {
    let stranger = Stranger {
        client: Client::builder()
            .local_address(std::net::IpAddr::from(STRANGER))
            .build()?,
        doors: doors.clone(),
        payloads: Payloads::make(),
    };
    let mut attackers = JoinSet::new();
    for attack in Attack::ALL {
        let stranger = stranger.clone();
        attackers.spawn(async move { (attack, again_and_again(attack, &stranger, until).await) });
    }
    let mut strikes = BTreeMap::new();
    while let Some(ended) = attackers.join_next().await {
        let (attack, counts) = ended?;
        strikes.insert(attack, counts);
    }
    Ok(strikes)
}

async fn again_and_again(
    attack: Attack,
    stranger: &Stranger,
    until: Instant,
) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for number in 0.. {
        if Instant::now() >= until {
            break;
        }
        let came = match timeout(PATIENCE, attack.strike(stranger, number)).await {
            Ok(Ok(came)) => came,
            Ok(Err(_)) => "cut off".to_owned(),
            Err(_) => "given up".to_owned(),
        };
        *counts.entry(came).or_default() += 1;
        sleep(PAUSE).await;
    }
    counts
}

#[derive(Debug, Clone)]
struct Stranger {
    client: Client,
    doors: Doors,
    payloads: Payloads,
}

impl Stranger {
    /// One port after another.
    fn door(&self, number: u64) -> &str {
        let Doors {
            bid_server,
            ingest,
            forward,
            sql,
            postgres,
        } = &self.doors;
        let all = [bid_server, ingest, forward, sql, postgres];
        all[usize::try_from(number).unwrap_or_default() % all.len()]
    }

    async fn auction(&self, zipped: bool, body: Bytes) -> anyhow::Result<String> {
        self.post(&self.doors.bid_server, "/openrtb2/auction", zipped, body)
            .await
    }

    async fn events(&self, tag: &str, body: Bytes) -> anyhow::Result<String> {
        self.post(&self.doors.ingest, &format!("/{tag}"), false, body)
            .await
    }

    async fn query(&self, statement: String) -> anyhow::Result<String> {
        self.post(
            &self.doors.sql,
            "/query?format=json",
            false,
            statement.into(),
        )
        .await
    }

    /// Strikes one server, then the other.
    async fn either(&self, number: u64, body: Bytes) -> anyhow::Result<String> {
        match number.is_multiple_of(2) {
            true => self.auction(false, body).await,
            false => self.events("ads.render", body).await,
        }
    }

    async fn post_zipped(&self, number: u64, body: Bytes) -> anyhow::Result<String> {
        match number.is_multiple_of(2) {
            true => self.auction(true, body).await,
            false => {
                self.post(&self.doors.ingest, "/ads.render", true, body)
                    .await
            }
        }
    }

    async fn post(
        &self,
        address: &str,
        path: &str,
        zipped: bool,
        body: Bytes,
    ) -> anyhow::Result<String> {
        let mut request = self
            .client
            .post(format!("http://{address}{path}"))
            .header("content-type", "text/plain");
        if zipped {
            request = request.header("content-encoding", "gzip");
        }
        let answer = request.body(body).send().await?;
        let status = answer.status().as_u16();
        // The whole answer: what it costs to write is part of the attack.
        answer.bytes().await?;
        Ok(status.to_string())
    }
}
