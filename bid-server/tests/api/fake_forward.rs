//! A forward-protocol receiver that keeps what it gets and acknowledges it, or does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use forward_protocol::{
    Ack, Frame, FrameScanner, Helo, Limits, Mode, Ping, Pong, Scan, handshake_digest, read_record,
};
use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A port of our own at which connections are refused.
pub(crate) fn reserve() -> TcpSocket {
    reserve_at("127.0.0.1:0")
}

/// The same for a port that was ours before.
pub(crate) fn reserve_at(address: &str) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address.parse().unwrap()).unwrap();
    socket
}

/// What a receiver does with a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Keeps it and acknowledges it.
    Acknowledge,
    /// Closes the connection once: the first chunk is lost on the way.
    CloseOnce,
    /// Asks for [`KEY`] before it takes anything.
    AskForKey,
}

/// What a receiver that asks for a key knows.
pub(crate) const KEY: &str = "k3y of the rows";

/// One row.
pub(crate) type Record = Map<String, Value>;

/// What has arrived: records by tag, and how often each chunk came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrived {
    pub(crate) records: BTreeMap<String, Vec<Record>>,
    pub(crate) chunks: BTreeMap<Vec<u8>, u32>,
}

/// A running receiver; dropping it closes its socket and connections.
pub(crate) struct FakeForward {
    pub(crate) address: String,
    arrived: watch::Receiver<Arrived>,
    _server: JoinSet<()>,
}

impl FakeForward {
    /// Listens on any free port.
    pub(crate) fn start(manner: Manner) -> Self {
        Self::listen(reserve(), manner)
    }

    /// Listens on a port that was reserved before, while nobody could connect to it.
    pub(crate) fn listen(socket: TcpSocket, manner: Manner) -> Self {
        let listener = socket.listen(16).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, arrived) = watch::channel(Arrived::default());
        let mut server = JoinSet::new();
        server.spawn(accept(listener, Arc::new(sender), manner));
        Self {
            address,
            arrived,
            _server: server,
        }
    }

    /// Waits until this many records with the tag have arrived.
    pub(crate) async fn records(&mut self, tag: &str, count: usize) -> Vec<Record> {
        let enough = |arrived: &Arrived| {
            arrived
                .records
                .get(tag)
                .is_some_and(|records| records.len() >= count)
        };
        self.arrived.wait_for(enough).await.unwrap().records[tag].clone()
    }

    /// Everything that has arrived so far.
    pub(crate) fn arrived(&self) -> Arrived {
        self.arrived.borrow().clone()
    }
}

async fn accept(listener: TcpListener, arrived: Arc<watch::Sender<Arrived>>, mut manner: Manner) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(serve(stream, Arc::clone(&arrived), manner));
        if manner == Manner::CloseOnce {
            manner = Manner::Acknowledge;
        }
    }
}

/// The server's half of the handshake; whether the client knows the key.
async fn shake_hands(stream: &mut TcpStream) -> bool {
    let helo = Helo {
        nonce: "n0nce",
        auth: "",
    };
    stream.write_all(&helo.encode()).await.unwrap();
    let mut bytes = Vec::new();
    let length = loop {
        let scan = FrameScanner::new().scan(&bytes, &Limits::default());
        if let Scan::Complete(length) = scan.unwrap() {
            break length;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return false;
        }
    };
    let ping = Ping::decode(&bytes[..length]).unwrap();
    let digest = |name: &[u8]| handshake_digest(&[ping.salt, name, b"n0nce", KEY.as_bytes()]);
    let accepted = ping.key_digest == digest(ping.hostname).as_bytes();
    let pong = Pong {
        accepted,
        reason: "",
        hostname: "receiver",
        key_digest: &digest(b"receiver"),
    };
    stream.write_all(&pong.encode()).await.unwrap();
    accepted
}

async fn serve(mut stream: TcpStream, arrived: Arc<watch::Sender<Arrived>>, manner: Manner) {
    if manner == Manner::AskForKey && !shake_hands(&mut stream).await {
        return;
    }
    let mut bytes = Vec::new();
    while stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
        while let Scan::Complete(length) = FrameScanner::new()
            .scan(&bytes, &Limits::default())
            .unwrap()
        {
            let ack = take(&bytes[..length], &arrived);
            bytes.drain(..length);
            if manner == Manner::CloseOnce {
                return;
            }
            stream.write_all(&ack).await.unwrap();
        }
    }
}

/// Records a message and returns the ack for it.
fn take(frame: &[u8], arrived: &watch::Sender<Arrived>) -> Vec<u8> {
    let Frame::Message(message) = Frame::decode(frame, &Limits::default()).unwrap() else {
        panic!("not a message");
    };
    assert_eq!(message.mode, Mode::PackedForward);
    let chunk = message.option.chunk.unwrap();
    let entries = message.entries().map(|entry| entry.unwrap());
    let records: Vec<_> = entries
        .map(|entry| (entry.time, read_record(entry.record).unwrap()))
        .collect();
    assert_eq!(message.option.size, u64::try_from(records.len()).ok());
    arrived.send_modify(|arrived| {
        *arrived.chunks.entry(chunk.to_vec()).or_default() += 1;
        let kept = arrived.records.entry(message.tag.to_owned()).or_default();
        for (time, record) in records {
            // The entry's time is the row's own.
            assert_eq!(
                time.unwrap().micros().unwrap(),
                record["started_at"].as_i64().unwrap() * 1000
            );
            kept.push(record);
        }
    });
    let mut ack = Vec::new();
    Ack { chunk }.encode(&mut ack);
    ack
}
