//! A body as it comes off the wire: under caps of size, time and memory, and with its compression undone.

use std::io::{self, Read};

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use futures_util::StreamExt;

use super::config::HttpConfig;
use super::refusal::{BodyError, Refusal};
use crate::receive::memory::{Held, ReceiveMemory};

/// Memory that zstd data may ask for, as a power of two.
const MAX_ZSTD_WINDOW: u32 = 23;

/// How it is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
    Zstd,
}

impl Coding {
    /// From `Content-Encoding`; what we do not know must not be taken for plain text.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return match headers.contains_key(header::CONTENT_ENCODING) {
                true => Err(Refusal::Encoding),
                false => Ok(None),
            };
        };
        match value
            .to_str()
            .map(str::to_ascii_lowercase)
            .as_deref()
            .map(str::trim)
        {
            Ok("gzip" | "x-gzip") => Ok(Some(Self::Gzip)),
            Ok("deflate") => Ok(Some(Self::Deflate)),
            Ok("zstd") => Ok(Some(Self::Zstd)),
            Ok("identity" | "") => Ok(None),
            _ => Err(Refusal::Encoding),
        }
    }

    /// Undoes it. The output grows with the data that is really there.
    pub(crate) fn inflate(self, body: &[u8], limit: usize) -> Result<Bytes, BodyError> {
        let (name, read) = match self {
            Self::Gzip => ("gzip", read_all(MultiGzDecoder::new(body), limit)),
            // The name means zlib, and some clients send what is inside it.
            Self::Deflate => match read_all(ZlibDecoder::new(body), limit) {
                Err(_) => ("deflate", read_all(DeflateDecoder::new(body), limit)),
                read => ("deflate", read),
            },
            Self::Zstd => ("zstd", unzstd(body, limit)),
        };
        let out = read.map_err(|_| BodyError::Damaged(name))?;
        out.map(Bytes::from).ok_or(BodyError::TooLarge { limit })
    }
}

fn unzstd(body: &[u8], limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body)?;
    decoder.window_log_max(MAX_ZSTD_WINDOW)?;
    read_all(decoder, limit)
}

fn read_all(from: impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut out = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    from.take(one_more).read_to_end(&mut out)?;
    Ok((out.len() <= limit).then_some(out))
}

/// Reads a body whole. `held` covers its bytes until they are in the buffer.
pub(crate) async fn read_body(
    body: Body,
    claimed: Option<u64>,
    config: &HttpConfig,
    (memory, held): (&ReceiveMemory, &mut Held),
) -> Result<Bytes, Refusal> {
    let limit = config.max_body_bytes;
    if claimed.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > limit)) {
        // Before 100-continue is sent, so that the body never leaves.
        return Err(Refusal::TooLarge { limit });
    }
    let mut waiting = false;
    let read = async {
        let mut data = body.into_data_stream();
        let mut whole = BytesMut::new();
        while let Some(piece) = data.next().await {
            let piece = piece.map_err(|_| Refusal::CutOff)?;
            let length = whole.len() + piece.len();
            if length > limit {
                return Err(Refusal::TooLarge { limit });
            }
            waiting = true;
            memory.cover(held, length).await;
            waiting = false;
            if whole.is_empty() {
                // On the word of a header, room is made only for the first few pieces.
                let claimed = claimed.map_or(0, |length| usize::try_from(length).unwrap_or(0));
                whole.reserve(claimed.min(limit).min(128 << 10).max(piece.len()));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    };
    let read = tokio::time::timeout(config.body_timeout, read).await;
    read.unwrap_or(Err(if waiting {
        Refusal::NoMemory
    } else {
        Refusal::Slow
    }))
}
