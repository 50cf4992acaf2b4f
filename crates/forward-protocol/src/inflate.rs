//! gzip under a cap: one or more members, as clients concatenate them.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::error::DecodeError;

/// The first bytes of gzip. No entry can begin with them, since an entry is an array.
pub(crate) fn looks_like_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// Inflates all members. The output grows with what is really there, never with what a header claims.
pub(crate) fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(bytes)
        .take(one_more)
        .read_to_end(&mut out)
        .map_err(|_| DecodeError::BadGzip)?;
    if out.len() > limit {
        return Err(DecodeError::InflatedTooLarge { limit });
    }
    Ok(out)
}
