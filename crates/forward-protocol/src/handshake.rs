//! HELO, PING and PONG: how client and server prove to each other that they know a key, before any message.
//!
//! ```text
//! server: ["HELO", {nonce, auth, keepalive}]
//! client: ["PING", host, salt, H(salt + host + nonce + key), user, H(auth + user + password)]
//! server: ["PONG", ok, reason, host, H(salt + host + nonce + key)]
//! ```
//!
//! H is SHA-512 in hexadecimal. Texts are read as `str` or `bin`, since clients differ. Nonce and auth are written as `bin`, as
//! Fluentd does: clients with typed decoders, such as fluent-forward-go, take nothing else.

use sha2::{Digest, Sha512};

use crate::error::DecodeError;
use crate::reader::{Reader, Token};
use crate::write::{array_header, bin, boolean, map_header, text};

/// The server's first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Helo<'a> {
    /// New for each connection. ASCII, since not every client keeps other bytes as they are; sent as `bin`.
    pub nonce: &'a str,
    /// Salt of the password's digest; empty = no user is asked for.
    pub auth: &'a str,
}

/// The client's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ping<'a> {
    /// What the client calls itself.
    pub hostname: &'a [u8],
    /// The client's salt.
    pub salt: &'a [u8],
    /// Digest over the shared key.
    pub key_digest: &'a [u8],
    /// User, or empty.
    pub username: &'a [u8],
    /// Digest over the password, or empty.
    pub password_digest: &'a [u8],
}

/// The server's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pong<'a> {
    /// May messages follow?
    pub accepted: bool,
    /// Why not.
    pub reason: &'a str,
    /// What the server calls itself; must differ from the client's name.
    pub hostname: &'a str,
    /// Digest over the shared key, the server's proof.
    pub key_digest: &'a str,
}

/// SHA-512 over the parts, in hexadecimal.
pub fn handshake_digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha512::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Helo<'_> {
    /// As MessagePack.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        array_header(&mut out, 2);
        text(&mut out, "HELO");
        map_header(&mut out, 3);
        text(&mut out, "nonce");
        bin(&mut out, self.nonce.as_bytes());
        text(&mut out, "auth");
        bin(&mut out, self.auth.as_bytes());
        text(&mut out, "keepalive");
        boolean(&mut out, true);
        out
    }
}

impl<'a> Ping<'a> {
    /// As MessagePack.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        array_header(&mut out, 6);
        text(&mut out, "PING");
        let (salt, names) = (self.salt, [self.hostname, self.username]);
        let [hostname, username] = names.map(String::from_utf8_lossy);
        text(&mut out, &hostname);
        bin(&mut out, salt);
        text(&mut out, &String::from_utf8_lossy(self.key_digest));
        text(&mut out, &username);
        text(&mut out, &String::from_utf8_lossy(self.password_digest));
        out
    }

    /// Reads one complete object.
    ///
    /// # Errors
    /// [`DecodeError::BadHandshake`] if it is something else.
    pub fn decode(frame: &'a [u8]) -> Result<Self, DecodeError> {
        let not = DecodeError::BadHandshake("PING");
        let mut reader = Reader::new(frame);
        if reader.token()? != Token::Array(6) {
            return Err(not);
        }
        let mut next = || match reader.token() {
            Ok(Token::Str(value) | Token::Bin(value)) => Ok(value),
            _ => Err(DecodeError::BadHandshake("PING")),
        };
        if next()? != b"PING" {
            return Err(not);
        }
        Ok(Self {
            hostname: next()?,
            salt: next()?,
            key_digest: next()?,
            username: next()?,
            password_digest: next()?,
        })
    }
}

impl Pong<'_> {
    /// As MessagePack.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        array_header(&mut out, 5);
        text(&mut out, "PONG");
        boolean(&mut out, self.accepted);
        text(&mut out, self.reason);
        text(&mut out, self.hostname);
        text(&mut out, self.key_digest);
        out
    }
}

/// What [`Helo::decode`] finds: nonce, and salt of the password's digest.
pub type HeloParts<'a> = (&'a [u8], &'a [u8]);
/// What [`Pong::decode`] finds: verdict, reason, the server's name, its digest.
pub type PongParts<'a> = (bool, &'a [u8], &'a [u8], &'a [u8]);

impl<'a> Helo<'a> {
    /// Reads one complete object; nonce and salt may be any bytes.
    ///
    /// # Errors
    /// [`DecodeError::BadHandshake`] if it is something else.
    pub fn decode(frame: &'a [u8]) -> Result<HeloParts<'a>, DecodeError> {
        let not = DecodeError::BadHandshake("HELO");
        let mut reader = Reader::new(frame);
        let head = (reader.token()?, reader.token()?);
        if head != (Token::Array(2), Token::Str(b"HELO")) {
            return Err(not);
        }
        let Token::Map(pairs) = reader.token()? else {
            return Err(not);
        };
        let (mut nonce, mut auth) = (None, <&[u8]>::default());
        for _ in 0..pairs {
            let key = Reader::new(reader.raw()?).token()?;
            match (key, Reader::new(reader.raw()?).token()?) {
                (Token::Str(b"nonce"), Token::Str(value) | Token::Bin(value)) => {
                    nonce = Some(value);
                }
                (Token::Str(b"auth"), Token::Str(value) | Token::Bin(value)) => auth = value,
                _ => {}
            }
        }
        nonce.map(|nonce| (nonce, auth)).ok_or(not)
    }
}

impl<'a> Pong<'a> {
    /// Reads one complete object.
    ///
    /// # Errors
    /// [`DecodeError::BadHandshake`] if it is something else.
    pub fn decode(frame: &'a [u8]) -> Result<PongParts<'a>, DecodeError> {
        let not = || DecodeError::BadHandshake("PONG");
        let mut reader = Reader::new(frame);
        let head = (reader.token()?, reader.token()?);
        if head != (Token::Array(5), Token::Str(b"PONG")) {
            return Err(not());
        }
        let Token::Bool(accepted) = reader.token()? else {
            return Err(not());
        };
        let mut next = || match reader.token() {
            Ok(Token::Str(value) | Token::Bin(value)) => Ok(value),
            _ => Err(not()),
        };
        Ok((accepted, next()?, next()?, next()?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Helo, Ping, Pong, handshake_digest};

    #[test]
    fn what_is_written_is_read_back() {
        let helo = Helo {
            nonce: "n",
            auth: "a",
        }
        .encode();
        assert_eq!(Helo::decode(&helo), Ok((&b"n"[..], &b"a"[..])));
        let as_fluentd = b"\x92\xa4HELO\x83\xa5nonce\xc4\x01n\xa4auth\xc4\x01a\xa9keepalive\xc3";
        assert_eq!(helo, as_fluentd);
        let as_text = b"\x92\xa4HELO\x82\xa5nonce\xa1n\xa4auth\xa1a";
        assert_eq!(Helo::decode(as_text), Ok((&b"n"[..], &b"a"[..])));
        let ping = Ping {
            hostname: b"client",
            salt: b"\xff\x00",
            key_digest: b"d",
            username: b"",
            password_digest: b"",
        };
        assert_eq!(Ping::decode(&ping.encode()), Ok(ping));
        let pong = Pong {
            accepted: false,
            reason: "r",
            hostname: "h",
            key_digest: "",
        }
        .encode();
        assert_eq!(
            Pong::decode(&pong),
            Ok((false, &b"r"[..], &b"h"[..], &b""[..]))
        );
        for other in [
            &b"\x96\xa4PING\xa1a\xa1b\xa1c\xa1d\x05"[..],
            b"\x92\xa1t\x01",
            b"\xc0",
            b"\x96\xa4PIN",
        ] {
            assert!(
                Ping::decode(other).is_err()
                    && Helo::decode(other).is_err()
                    && Pong::decode(other).is_err()
            );
        }
    }

    /// SHA-512 of "abc", from FIPS 180-2.
    #[test]
    fn digests_are_sha_512() {
        let digest = handshake_digest(&[b"a", b"bc"]);
        assert!(digest.starts_with("ddaf35a193617abacc417349ae204131") && digest.len() == 128);
    }
}
