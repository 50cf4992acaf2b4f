//! gzip and zstd under a cap: one or more members or frames, as clients concatenate them.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use crate::error::DecodeError;

/// Memory that zstd data may ask for, as a power of two: 8 MiB, what its usual levels need at most.
const MAX_ZSTD_WINDOW: u32 = 23;

/// How entries are compressed. Their first bytes show it, since an entry is an array and cannot begin with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// `None` = not compressed, or in a way that we do not know.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            Some(Self::Gzip)
        } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Some(Self::Zstd)
        } else {
            None
        }
    }

    /// Inflates all members. The output grows with what is really there, never with what a header claims.
    pub(crate) fn inflate(self, bytes: &[u8], limit: usize) -> Result<Vec<u8>, DecodeError> {
        match self {
            Self::Gzip => {
                read_all(MultiGzDecoder::new(bytes), limit).map_err(|_| DecodeError::BadGzip)?
            }
            Self::Zstd => unzstd(bytes, limit).map_err(|_| DecodeError::BadZstd)?,
        }
        .ok_or(DecodeError::InflatedTooLarge { limit })
    }
}

fn unzstd(bytes: &[u8], limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes)?;
    decoder.window_log_max(MAX_ZSTD_WINDOW)?;
    read_all(decoder, limit)
}

/// `None` = there is more than `limit`.
fn read_all(from: impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut out = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    from.take(one_more).read_to_end(&mut out)?;
    Ok((out.len() <= limit).then_some(out))
}
