//! The codings that SSPs compress answers with (RFC 9110 section 8.4), and how they are read under the size cap.

use std::io::{self, Read};

use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use thiserror::Error;

/// The codings that we ask for.
pub(super) const ASKED_FOR: &str = "gzip, br, zstd";

/// RFC 8878 section 3.1.1.1.2 recommends this window, 8 MiB, as the most that a reader has to provide.
const ZSTD_WINDOW_LOG: u32 = 23;
/// Brotli's decoder works with a buffer of this many bytes.
const BROTLI_BUFFER: usize = 4096;
/// Nobody compresses an answer more often than this.
const MOST_CODINGS: usize = 4;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum CodingError {
    /// A coding that we neither ask for nor read.
    #[error("the answer is compressed in a way that we do not read")]
    Unknown,
    /// The bytes are not what the header says.
    #[error("the answer is compressed, and damaged")]
    Damaged,
    /// The decompressed body is longer than the most we read.
    #[error("answer is larger than {0} bytes")]
    TooLarge(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    fn named(name: &str) -> Result<Option<Self>, CodingError> {
        Ok(Some(match name.to_ascii_lowercase().as_str() {
            "" | "identity" => return Ok(None),
            "gzip" | "x-gzip" => Self::Gzip,
            "deflate" => Self::Deflate,
            "br" => Self::Brotli,
            "zstd" => Self::Zstd,
            _ => return Err(CodingError::Unknown),
        }))
    }

    fn read(self, body: &[u8], cap: usize) -> Result<Vec<u8>, CodingError> {
        let read = match self {
            Self::Gzip => all(MultiGzDecoder::new(body), cap),
            Self::Deflate => all(ZlibDecoder::new(body), cap),
            Self::Brotli => all(brotli::Decompressor::new(body, BROTLI_BUFFER), cap),
            Self::Zstd => zstd::stream::read::Decoder::new(body).and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                all(decoder, cap)
            }),
        };
        let plain = read.map_err(|_| CodingError::Damaged)?;
        if plain.len() > cap {
            return Err(CodingError::TooLarge(cap));
        }
        Ok(plain)
    }
}

/// Reads at most one byte more than the cap.
fn all(decoder: impl Read, cap: usize) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    let most = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut plain)?;
    Ok(plain)
}

/// The decompressed body; a body that was not compressed is passed on without a copy.
pub(super) fn decoded(headers: &HeaderMap, body: Bytes, cap: usize) -> Result<Bytes, CodingError> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let names = value.to_str().map_err(|_| CodingError::Unknown)?;
        for name in names.split(',') {
            codings.extend(Coding::named(name.trim())?);
        }
    }
    // A 204 may name a coding and have nothing to decode.
    if codings.is_empty() || body.is_empty() {
        return Ok(body);
    }
    if codings.len() > MOST_CODINGS {
        return Err(CodingError::Unknown);
    }
    let mut plain = body;
    // The last coding was applied last.
    for coding in codings.iter().rev() {
        plain = Bytes::from(coding.read(&plain, cap)?);
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use axum::http::HeaderValue;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    const PLAIN: &[u8] = b"{\"seatbid\":[]}";

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli(plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        brotli::CompressorWriter::new(&mut out, 4096, 5, 20)
            .write_all(plain)
            .unwrap();
        out
    }

    fn zstd(plain: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(plain, 3).unwrap()
    }

    fn read(coding: &str, body: Vec<u8>, cap: usize) -> Result<Bytes, CodingError> {
        let mut headers = HeaderMap::new();
        headers.append(CONTENT_ENCODING, HeaderValue::from_str(coding).unwrap());
        decoded(&headers, Bytes::from(body), cap)
    }

    #[test]
    fn every_coding_is_read() {
        for (coding, body) in [
            ("gzip", gzip(PLAIN)),
            ("X-Gzip", gzip(PLAIN)),
            ("deflate", deflate(PLAIN)),
            ("br", brotli(PLAIN)),
            ("zstd", zstd(PLAIN)),
            ("identity", PLAIN.to_vec()),
            ("gzip, br", brotli(&gzip(PLAIN))),
            ("gzip,identity", gzip(PLAIN)),
        ] {
            assert_eq!(read(coding, body, 100).unwrap(), PLAIN, "{coding}");
        }
        assert_eq!(read("gzip", Vec::new(), 100).unwrap(), "");
    }

    #[test]
    fn nothing_grows_beyond_the_cap() {
        let bomb = vec![b'x'; 100_000];
        for (coding, body) in [
            ("gzip", gzip(&bomb)),
            ("deflate", deflate(&bomb)),
            ("br", brotli(&bomb)),
            ("zstd", zstd(&bomb)),
            ("gzip, gzip", gzip(&gzip(&bomb))),
        ] {
            let cap = bomb.len();
            assert_eq!(read(coding, body.clone(), cap).unwrap().len(), cap);
            let error = read(coding, body, cap - 1).unwrap_err();
            assert_eq!(error, CodingError::TooLarge(cap - 1), "{coding}");
        }
    }

    #[test]
    fn damage_and_strange_codings_are_errors() {
        for coding in ["gzip", "deflate", "br", "zstd"] {
            let error = read(coding, PLAIN.to_vec(), 100).unwrap_err();
            assert_eq!(error, CodingError::Damaged, "{coding}");
        }
        let mut cut = gzip(PLAIN);
        cut.truncate(12);
        assert_eq!(read("gzip", cut, 100), Err(CodingError::Damaged));
        assert_eq!(read("lzw", gzip(PLAIN), 100), Err(CodingError::Unknown));
        let often = ["gzip"; 5].join(",");
        assert_eq!(read(&often, gzip(PLAIN), 100), Err(CodingError::Unknown));
    }
}
