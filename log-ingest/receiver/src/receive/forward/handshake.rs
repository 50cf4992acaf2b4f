//! The handshake before the first message, where the configuration has a key.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use forward_protocol::{FrameScanner, Helo, Limits, Ping, Pong, Scan, handshake_digest};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use uuid::Uuid;

use super::config::ForwardConfig;
use super::end::SessionEnd;
use super::incoming::Incoming;
use super::security::{ClientRule, Security, UserSection};
use crate::setting::Secret;

/// Names and digests; nothing here needs more.
const PING_LIMITS: Limits = Limits {
    max_frame_bytes: 8 << 10,
    max_items: 64,
    max_depth: 4,
    max_inflated_bytes: 0,
};

/// HELO, PING and PONG are a few round trips; whoever takes longer is not a client, and has not said who it is.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is known about a client that may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greeting {
    /// Nothing: no key is asked for, or an empty one.
    Anyone,
    /// It has proved that it knows a key, or a user's password.
    KnowsKey,
}

/// Sends HELO, reads PING, sends PONG. An `Err` after a refusal leaves the PONG sent.
pub(crate) async fn greet<R, W>(
    config: &ForwardConfig,
    incoming: &mut Incoming<R>,
    write: &mut W,
    peer: Option<IpAddr>,
) -> Result<Greeting, SessionEnd>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let Some(security) = &config.security else {
        return Ok(Greeting::Anyone);
    };
    // Hexadecimal: some clients mangle bytes that are not text.
    let nonce = Uuid::new_v4().simple().to_string();
    let auth = match security.users.is_empty() {
        true => String::new(),
        false => Uuid::new_v4().simple().to_string(),
    };
    let helo = Helo {
        nonce: &nonce,
        auth: &auth,
    };
    send(config, write, &helo.encode()).await?;
    let frame = tokio::time::timeout(PATIENCE, read_ping(incoming)).await;
    let frame = frame.map_err(|_| SessionEnd::Stalled)??;
    let Ok(ping) = Ping::decode(&frame) else {
        return deny(config, write, "invalid ping message").await;
    };
    let key = match judge(security, &ping, (&nonce, &auth), peer) {
        Ok(key) => key,
        Err(reason) => return deny(config, write, reason).await,
    };
    let digest = handshake_digest(&[
        ping.salt,
        security.hostname.as_bytes(),
        nonce.as_bytes(),
        key.as_bytes(),
    ]);
    let pong = Pong {
        accepted: true,
        reason: "",
        hostname: &security.hostname,
        key_digest: &digest,
    };
    send(config, write, &pong.encode()).await?;
    let proved = !key.as_bytes().is_empty() || !security.users.is_empty();
    Ok(match proved {
        true => Greeting::KnowsKey,
        false => Greeting::Anyone,
    })
}

async fn read_ping<R: AsyncRead + Unpin>(incoming: &mut Incoming<R>) -> Result<Bytes, SessionEnd> {
    let mut scanner = FrameScanner::new();
    loop {
        match scanner.scan(&incoming.buffer, &PING_LIMITS)? {
            Scan::Complete(length) => return Ok(incoming.buffer.split_to(length).freeze()),
            Scan::Incomplete(least) => incoming.read_more(least).await?,
        }
    }
}

async fn deny<W: AsyncWrite + Unpin>(
    config: &ForwardConfig,
    write: &mut W,
    reason: &'static str,
) -> Result<Greeting, SessionEnd> {
    let pong = Pong {
        accepted: false,
        reason,
        hostname: "",
        key_digest: "",
    };
    send(config, write, &pong.encode()).await?;
    Err(SessionEnd::Denied(reason))
}

async fn send<W: AsyncWrite + Unpin>(
    config: &ForwardConfig,
    write: &mut W,
    bytes: &[u8],
) -> Result<(), SessionEnd> {
    let sent = async {
        write.write_all(bytes).await?;
        write.flush().await
    };
    tokio::time::timeout(config.stall_timeout, sent)
        .await
        .map_err(|_| SessionEnd::Stalled)?
        .map_err(SessionEnd::Broken)
}

/// The key that the client has proved it knows, or why it may not send.
fn judge<'a>(
    security: &'a Security,
    ping: &Ping<'_>,
    (nonce, auth): (&str, &str),
    peer: Option<IpAddr>,
) -> Result<&'a Secret, &'static str> {
    let fits = |rule: &&ClientRule| peer.is_some_and(|peer| rule.network.contains(peer));
    let rule = security.clients.iter().find(fits);
    if rule.is_none() && !security.allow_anonymous {
        return Err("anonymous source host denied");
    }
    let own_key = rule.and_then(|rule| rule.shared_key.as_ref());
    let key = own_key.unwrap_or(&security.shared_key);
    let expected = handshake_digest(&[ping.salt, ping.hostname, nonce.as_bytes(), key.as_bytes()]);
    if !same(expected.as_bytes(), ping.key_digest) {
        return Err("shared_key mismatch");
    }
    let allowed = |user: &UserSection| {
        let names = rule.and_then(|rule| rule.users.as_ref());
        names.is_none_or(|names| names.contains(&user.name))
    };
    let known = |user: &UserSection| {
        let password = user.password.as_bytes();
        let expected = handshake_digest(&[auth.as_bytes(), user.name.as_bytes(), password]);
        same(user.name.as_bytes(), ping.username) && same(expected.as_bytes(), ping.password_digest)
    };
    let mut users = security.users.iter();
    if security.users.is_empty() || users.any(|user| allowed(user) && known(user)) {
        Ok(key)
    } else {
        Err("username/password mismatch")
    }
}

/// Takes the same time wherever two texts of one length differ.
fn same(left: &[u8], right: &[u8]) -> bool {
    let pairs = left.iter().zip(right);
    left.len() == right.len() && pairs.fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
