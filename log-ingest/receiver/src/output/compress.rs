//! Compresses what outputs send.

use std::io::{self, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::config::Compress;

const ZSTD_LEVEL: i32 = 3;

/// The same bytes always give the same result. Takes tens of milliseconds for a few megabytes: not for the threads that
/// serve connections.
pub(super) fn compressed(bytes: Bytes, compress: Compress) -> io::Result<Bytes> {
    Ok(match compress {
        Compress::None => bytes,
        Compress::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&bytes)?;
            encoder.finish()?.into()
        }
        Compress::Zstd => zstd::bulk::compress(&bytes, ZSTD_LEVEL)?.into(),
    })
}
