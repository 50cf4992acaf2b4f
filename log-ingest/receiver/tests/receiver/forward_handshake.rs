//! Shared keys, users and rules by address, against a client that does its half by hand.

use std::net::SocketAddr;

use forward_protocol::{
    FrameScanner, Helo, Limits, Ping, Pong, Reader, Scan, Token, encode, handshake_digest,
};
use log_receiver::{ClientSection, ReceiverFile, UserSection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clients::entries;
use crate::setup::{settings, start};

/// What a client claims.
#[derive(Clone, Copy)]
struct Claim {
    key: &'static str,
    user: &'static str,
    password: &'static str,
}

const NOBODY: Claim = Claim {
    key: "k",
    user: "",
    password: "",
};

async fn frame(stream: &mut TcpStream, received: &mut Vec<u8>) -> Vec<u8> {
    loop {
        let scan = FrameScanner::new()
            .scan(received, &Limits::default())
            .unwrap();
        if let Scan::Complete(length) = scan {
            return received.drain(..length).collect();
        }
        assert!(stream.read_buf(received).await.unwrap() > 0, "closed");
    }
}

/// The reason of a refusal; `None` = accepted, and a message was acknowledged.
async fn knock(address: SocketAddr, claim: Claim) -> Option<String> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut received = Vec::new();
    let helo = frame(&mut stream, &mut received).await;
    let (nonce, auth) = Helo::decode(&helo).unwrap();
    assert!(nonce.is_ascii() && auth.is_ascii());
    assert_eq!(values_of(&helo), [Token::Bin(nonce), Token::Bin(auth)]);
    let salt = b"\xff\x00salt";
    let key = handshake_digest(&[salt, b"client", nonce, claim.key.as_bytes()]);
    let password = handshake_digest(&[auth, claim.user.as_bytes(), claim.password.as_bytes()]);
    let ping = Ping {
        hostname: b"client",
        salt,
        key_digest: key.as_bytes(),
        username: claim.user.as_bytes(),
        password_digest: password.as_bytes(),
    };
    // In two pieces, with the first message right behind.
    let message = encode::packed_forward("t", &entries(0..1), Some("c"));
    let sent = [ping.encode(), message].concat();
    let (first, second) = sent.split_at(40);
    stream.write_all(first).await.unwrap();
    stream.write_all(second).await.unwrap();
    let pong = frame(&mut stream, &mut received).await;
    let (accepted, reason, hostname, digest) = Pong::decode(&pong).unwrap();
    if !accepted {
        let mut end = Vec::new();
        stream.read_to_end(&mut end).await.unwrap();
        assert!(end.is_empty() && hostname.is_empty());
        return Some(String::from_utf8_lossy(reason).into_owned());
    }
    let expected = handshake_digest(&[salt, hostname, nonce, claim.key.as_bytes()]);
    assert_eq!(
        (hostname, digest),
        (&b"log-ingest"[..], expected.as_bytes())
    );
    assert_eq!(frame(&mut stream, &mut received).await, b"\x81\xa3ack\xa1c");
    None
}

/// Nonce and auth as a typed decoder sees them, such as fluent-forward-go's, which takes nothing but `bin`.
fn values_of(helo: &[u8]) -> Vec<Token<'_>> {
    let mut reader = Reader::new(helo);
    let mut tokens = std::iter::from_fn(|| reader.token().ok());
    let values = tokens.by_ref().skip(4).step_by(2).take(2);
    values.collect()
}

fn with_key(key: &str) -> ReceiverFile {
    let mut file = settings();
    file.forward.security.shared_key = Some(key.into());
    file
}

fn user(name: &str, password: &str) -> UserSection {
    UserSection {
        name: name.to_owned(),
        password: password.into(),
    }
}

#[tokio::test]
async fn a_shared_key_lets_in_who_knows_it() {
    let (receiver, _directory) = start(with_key("k")).await;
    assert_eq!(knock(receiver.forward, NOBODY).await, None);
    let wrong = Claim { key: "x", ..NOBODY };
    assert_eq!(
        knock(receiver.forward, wrong).await.as_deref(),
        Some("shared_key mismatch")
    );
    assert_eq!(
        receiver.sum("log_ingest_refused_messages_total", "denied"),
        1
    );
    assert_eq!(receiver.stop().await.records().len(), 1);
}

#[tokio::test]
async fn an_empty_key_with_users_asks_for_the_user_alone() {
    let mut file = with_key("");
    file.forward.security.users = vec![user("u", "p"), user("v", "q")];
    let (receiver, _directory) = start(file).await;
    let claim = |user, password| Claim {
        key: "",
        user,
        password,
    };
    assert_eq!(knock(receiver.forward, claim("v", "q")).await, None);
    for wrong in [claim("u", "q"), claim("w", "p"), claim("", "")] {
        let reason = knock(receiver.forward, wrong).await;
        assert_eq!(reason.as_deref(), Some("username/password mismatch"));
    }
    receiver.stop().await;
}

#[tokio::test]
async fn rules_by_address_have_keys_and_users_of_their_own() {
    let mut file = with_key("k");
    file.forward.security.users = vec![user("u", "p"), user("v", "q")];
    file.forward.security.clients = vec![ClientSection {
        network: "127.0.0.0/8".to_owned(),
        shared_key: Some("local".into()),
        users: Some(vec!["u".to_owned()]),
    }];
    let (receiver, _directory) = start(file).await;
    let claim = |key, user, password| Claim {
        key,
        user,
        password,
    };
    assert_eq!(
        knock(receiver.forward, claim("local", "u", "p")).await,
        None
    );
    let reason = knock(receiver.forward, claim("k", "u", "p")).await;
    assert_eq!(reason.as_deref(), Some("shared_key mismatch"));
    let reason = knock(receiver.forward, claim("local", "v", "q")).await;
    assert_eq!(reason.as_deref(), Some("username/password mismatch"));
    receiver.stop().await;
}

#[tokio::test]
async fn strangers_may_be_kept_out() {
    let mut file = with_key("k");
    file.forward.security.allow_anonymous = false;
    file.forward.security.clients = vec![ClientSection {
        network: "192.0.2.0/24".to_owned(),
        shared_key: None,
        users: None,
    }];
    let (receiver, _directory) = start(file).await;
    let reason = knock(receiver.forward, NOBODY).await;
    assert_eq!(reason.as_deref(), Some("anonymous source host denied"));
    receiver.stop().await;
}

#[tokio::test]
async fn nothing_but_a_ping_may_come_first() {
    let (receiver, _directory) = start(with_key("k")).await;
    let mut stream = TcpStream::connect(receiver.forward).await.unwrap();
    let message = encode::packed_forward("t", &entries(0..1), Some("c"));
    stream.write_all(&message).await.unwrap();
    let mut received = Vec::new();
    frame(&mut stream, &mut received).await;
    let pong = frame(&mut stream, &mut received).await;
    let (accepted, reason, ..) = Pong::decode(&pong).unwrap();
    assert_eq!((accepted, reason), (false, &b"invalid ping message"[..]));
    drop(stream);
    // Connecting and closing is a heartbeat here too.
    drop(TcpStream::connect(receiver.forward).await.unwrap());
    let long = [&b"\xdb\x00\x10\x00\x00"[..], &[b'x'; 10_000]].concat();
    let mut stream = TcpStream::connect(receiver.forward).await.unwrap();
    stream.write_all(&long).await.ok();
    // HELO at most, and then the end.
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.ok();
    assert!(rest.len() < 200);
    assert!(receiver.stop().await.records().is_empty());
}
