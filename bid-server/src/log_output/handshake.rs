//! The client's half of the forward protocol's handshake: we know the key, and so does the server.

use std::fmt;

use forward_protocol::{Helo, Ping, Pong, handshake_digest};

use super::connection::{Connection, SendError};
use crate::clock;

/// What we call ourselves towards the server, which mixes it into the digests.
const HOSTNAME: &str = "bid-server";

/// A key that both sides know. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedKey(String);

impl SharedKey {
    /// `None` = no key, no handshake.
    pub(crate) fn of(text: String) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey(***)")
    }
}

/// HELO, PING, PONG.
pub(super) async fn shake_hands(
    connection: &mut Connection,
    key: &SharedKey,
) -> Result<(), SendError> {
    let helo = connection.frame().await?;
    let (nonce, _) = Helo::decode(&helo).map_err(|_| SendError::Handshake)?;
    let salt = clock::new_id();
    let digest = |name: &[u8]| {
        let digest = handshake_digest(&[salt.as_bytes(), name, nonce, key.0.as_bytes()]);
        digest.into_bytes()
    };
    let ping = Ping {
        hostname: HOSTNAME.as_bytes(),
        salt: salt.as_bytes(),
        key_digest: &digest(HOSTNAME.as_bytes()),
        username: b"",
        password_digest: b"",
    };
    connection.write(&ping.encode()).await?;
    let pong = connection.frame().await?;
    let (accepted, _, name, proof) = Pong::decode(&pong).map_err(|_| SendError::Handshake)?;
    if accepted && proof == digest(name) {
        return Ok(());
    }
    Err(SendError::Handshake)
}
