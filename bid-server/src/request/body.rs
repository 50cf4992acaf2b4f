//! Reads a request body under a size cap and inflates gzip under the same cap.

use std::io::Read;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use flate2::read::GzDecoder;

use crate::request::Refusal;

/// First bytes of every gzip file (RFC 1952 section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The whole body, inflated.
///
/// With `endpointCompression`, Prebid.js sends gzip as `text/plain` without declaring it in
/// `Content-Encoding`, so the first bytes decide. JSON never begins like gzip.
pub(crate) async fn read(body: Body, cap: usize, limit: Duration) -> Result<Bytes, Refusal> {
    // If the body declares itself too large, we do not wait for it.
    if body.size_hint().lower() > u64::try_from(cap).unwrap_or(u64::MAX) {
        return Err(too_large(cap));
    }
    let whole = tokio::time::timeout(limit, axum::body::to_bytes(body, cap)).await;
    // A broken connection ends here too; nobody receives its answer.
    let bytes = whole
        .map_err(|_| Refusal::TooSlow)?
        .map_err(|_| too_large(cap))?;
    if bytes.starts_with(&GZIP_MAGIC) {
        return inflate(&bytes, cap).map(Bytes::from);
    }
    Ok(bytes)
}

fn inflate(bytes: &[u8], cap: usize) -> Result<Vec<u8>, Refusal> {
    let mut plain = Vec::new();
    let one_more = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    GzDecoder::new(bytes)
        .take(one_more)
        .read_to_end(&mut plain)
        .map_err(|_| Refusal::fault("the body is not valid gzip"))?;
    if plain.len() > cap {
        return Err(too_large(cap));
    }
    Ok(plain)
}

fn too_large(cap: usize) -> Refusal {
    Refusal::fault(format!("the body is larger than {cap} bytes"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn inflates_to_the_cap_and_no_further() {
        assert_eq!(inflate(&gzip(&[b'x'; 100]), 100).unwrap().len(), 100);
        assert_eq!(inflate(&gzip(&[b'x'; 101]), 100), Err(too_large(100)));
    }

    #[test]
    fn refuses_broken_gzip() {
        let mut bytes = gzip(b"hello");
        bytes.truncate(12);
        assert!(inflate(&bytes, 100).is_err());
    }
}
