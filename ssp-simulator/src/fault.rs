//! What can go wrong with an SSP, and the bodies that make it so.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};

/// A fault, switched on in the configuration or by `PUT /{code}/fault`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// All is well.
    #[default]
    None,
    /// Never answers.
    Hang,
    /// Resets the connection.
    Reset,
    /// Answers 500.
    #[serde(rename = "http_500")]
    Http500,
    /// Answers 200 with half a JSON document.
    MalformedJson,
    /// Answers 200 with more bytes than anybody should read.
    OversizedBody,
    /// Answers 200 at once, then one byte at a time, without end.
    SlowDrip,
    /// Bids on every imp, under its floor.
    BelowFloor,
    /// Bids on an imp that nobody offered.
    WrongImpid,
}

/// The length of an oversized body.
const OVERSIZED_BYTES: usize = 16 * 1024 * 1024;

/// An endless valid beginning of JSON, a byte every 50 ms.
pub fn slow_drip() -> Body {
    Body::from_stream(stream::unfold(0_usize, |sent| async move {
        if sent > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let byte = if sent == 0 { "{" } else { " " };
        Some((
            Ok::<_, Infallible>(Bytes::from_static(byte.as_bytes())),
            sent + 1,
        ))
    }))
}

/// A valid bid response that is longer than anybody should read.
pub fn oversized() -> Body {
    const BLOCK: &[u8] = &[b' '; 64 * 1024];
    Body::from_stream(stream::unfold(0_usize, |sent| async move {
        let block = match sent {
            0 => Bytes::from_static(b"{\"id\":\"oversized\","),
            n if n < OVERSIZED_BYTES => Bytes::from_static(BLOCK),
            n if n < usize::MAX => Bytes::from_static(b"\"seatbid\":[]}"),
            _ => return None,
        };
        let next = if sent < OVERSIZED_BYTES {
            sent + block.len()
        } else {
            usize::MAX
        };
        Some((Ok::<_, Infallible>(block), next))
    }))
}
