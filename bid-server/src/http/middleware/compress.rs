//! Compresses whole answers; they are made in one piece anyway.

use std::io::{self, Write};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::accept_encoding::{Coding, choose};
use crate::config::CompressionConfig;

/// Levels at which an answer of the usual size takes a fraction of a millisecond.
const GZIP_LEVEL: u32 = 4;
const BROTLI_LEVEL: u32 = 4;
const ZSTD_LEVEL: i32 = 3;
/// Brotli's window and buffer: 2^18 bytes hold any answer of the usual size.
const BROTLI_WINDOW: u32 = 18;
const BROTLI_BUFFER: usize = 16 << 10;

/// Compresses the body as the client accepts, if it is text and large enough.
pub(super) async fn compress(
    State(settings): State<CompressionConfig>,
    request: Request,
    next: Next,
) -> Response {
    let coding = accepted(request.headers()).filter(|_| settings.enabled);
    let mut response = next.run(request).await;
    if !is_text(response.headers()) {
        return response;
    }
    let vary = HeaderValue::from_static("Accept-Encoding");
    response.headers_mut().append(VARY, vary);
    match coding {
        Some(coding) => coded(response, coding, settings.min_bytes).await,
        None => response,
    }
}

fn accepted(headers: &HeaderMap) -> Option<Coding> {
    let lines = headers.get_all(ACCEPT_ENCODING).iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    choose(&lines.join(","))
}

/// Images are compressed already, and an answer may be compressed already or forbid it.
fn is_text(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = text(CONTENT_TYPE).unwrap_or_default();
    let fits = kind.starts_with("text/") || kind.contains("json") || kind.contains("xml");
    let fixed = text(CACHE_CONTROL).is_some_and(|rule| rule.contains("no-transform"));
    fits && !fixed && !headers.contains_key(CONTENT_ENCODING)
}

async fn coded(response: Response, coding: Coding, min_bytes: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    // Our own answers are in memory as a whole, so there is nothing to wait for and no limit to set.
    let plain = match to_bytes(body, usize::MAX).await {
        Ok(plain) => plain,
        Err(error) => {
            tracing::warn!(%error, "an answer could not be read");
            return Response::from_parts(parts, Body::empty());
        }
    };
    // An answer to HEAD has no body, but the length of the answer that it stands for.
    let smaller = (plain.len() >= min_bytes)
        .then(|| encode(&plain, coding).ok())
        .flatten()
        .filter(|coded| coded.len() < plain.len());
    let Some(smaller) = smaller else {
        return Response::from_parts(parts, Body::from(plain));
    };
    let name = HeaderValue::from_static(coding.name());
    parts.headers.insert(CONTENT_ENCODING, name);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(smaller))
}

fn encode(plain: &Bytes, coding: Coding) -> io::Result<Vec<u8>> {
    match coding {
        Coding::Zstd => zstd::bulk::compress(plain, ZSTD_LEVEL),
        Coding::Brotli => {
            let mut out = Vec::with_capacity(plain.len() / 4);
            let mut writer =
                brotli::CompressorWriter::new(&mut out, BROTLI_BUFFER, BROTLI_LEVEL, BROTLI_WINDOW);
            writer.write_all(plain)?;
            writer.flush()?;
            drop(writer);
            Ok(out)
        }
        Coding::Gzip => {
            let mut writer = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
            writer.write_all(plain)?;
            writer.finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn every_coding_leads_back() {
        let plain = Bytes::from(vec![b'{'; 5000]);
        for coding in [Coding::Zstd, Coding::Brotli, Coding::Gzip] {
            let coded = encode(&plain, coding).unwrap();
            assert!(coded.len() < 500, "{coding:?} {}", coded.len());
            let mut back = Vec::new();
            match coding {
                Coding::Zstd => back = zstd::bulk::decompress(&coded, 9000).unwrap(),
                Coding::Brotli => {
                    let mut reader = brotli::Decompressor::new(&coded[..], 4096);
                    reader.read_to_end(&mut back).map(drop).unwrap();
                }
                Coding::Gzip => {
                    let mut reader = flate2::read::GzDecoder::new(&coded[..]);
                    reader.read_to_end(&mut back).map(drop).unwrap();
                }
            }
            assert_eq!(back, plain);
        }
    }
}
