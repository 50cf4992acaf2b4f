//! The client's half of the handshake: we know the key, and so does the server.

use forward_protocol::{Helo, Ping, Pong, handshake_digest};
use uuid::Uuid;

use super::config::Login;
use super::connection::Connection;
use super::send_error::SendError;

/// HELO, PING, PONG.
pub(super) async fn shake_hands(
    connection: &mut Connection,
    login: &Login,
) -> Result<(), SendError> {
    let helo = connection.frame().await?;
    let (nonce, auth) = Helo::decode(&helo).map_err(|_| SendError::NoHandshake)?;
    let salt = Uuid::new_v4().simple().to_string();
    let (key, us) = (login.shared_key.as_bytes(), login.hostname.as_bytes());
    let key_digest = handshake_digest(&[salt.as_bytes(), us, nonce, key]);
    let user = login.username.as_deref().unwrap_or_default().as_bytes();
    let password = login.password.as_bytes();
    // An empty salt = the server asks for no user.
    let asked = !auth.is_empty() && !user.is_empty();
    let password_digest = match asked {
        true => handshake_digest(&[auth, user, password]),
        false => String::new(),
    };
    let ping = Ping {
        hostname: us,
        salt: salt.as_bytes(),
        key_digest: key_digest.as_bytes(),
        username: if asked { user } else { b"" },
        password_digest: password_digest.as_bytes(),
    };
    connection.write(&ping.encode()).await?;
    let pong = connection.frame().await?;
    let (accepted, reason, them, digest) =
        Pong::decode(&pong).map_err(|_| SendError::NoHandshake)?;
    if !accepted {
        let reason = String::from_utf8_lossy(reason).into_owned();
        return Err(SendError::Refused(reason));
    }
    if them == us {
        return Err(SendError::Refused(
            "the server bears our own name: this would be a circle".to_owned(),
        ));
    }
    let expected = handshake_digest(&[salt.as_bytes(), them, nonce, key]);
    (digest == expected.as_bytes())
        .then_some(())
        .ok_or_else(|| SendError::Refused("the server does not know the shared key".to_owned()))
}
