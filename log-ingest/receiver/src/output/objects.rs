//! Writes parts as objects of a store: lines of JSON, under a path of tag and hour.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::DateTime;
use futures_util::future::BoxFuture;

use super::config::Compress;
use super::packer::Part;
use super::send_error::SendError;
use super::work_id::WorkId;
use crate::land::SinkError;

/// Where objects go. The program that embeds the receiver provides it.
pub trait ObjectStore: fmt::Debug + Send + Sync {
    /// Puts an object in its place; one that is there under the name is replaced. Returns once it is safe.
    fn put<'a>(&'a self, name: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), SinkError>>;
}

/// The stores of all outputs that have one, by the output's name.
pub type ObjectStores = BTreeMap<String, Arc<dyn ObjectStore>>;

/// How long one object may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The store of one output.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) store: Arc<dyn ObjectStore>,
    /// How the parts that come are compressed; the ending of an object's name shows it.
    pub(super) compress: Compress,
}

impl Objects {
    /// Returns the bytes that were stored.
    pub(super) async fn send(&self, part: &Part, work_id: &WorkId) -> Result<usize, SendError> {
        let name = format!(
            "{}/{}{}",
            folder(&part.tag, part.first_us),
            work_id.name(part.number),
            ending(self.compress)
        );
        let put = tokio::time::timeout(PATIENCE, self.store.put(&name, part.bytes.clone()));
        let put = put.await.map_err(|_| SendError::Late)?;
        put.map_err(|error| SendError::Refused(cause_of(&error)))?;
        Ok(part.bytes.len())
    }
}

fn cause_of(error: &SinkError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn ending(compress: Compress) -> &'static str {
    match compress {
        Compress::None => ".ndjson",
        Compress::Gzip => ".ndjson.gz",
        Compress::Zstd => ".ndjson.zst",
    }
}

/// `ads.render/2026/11/23/01`: the tag, and the hour (UTC) in which the first event was received.
fn folder(tag: &str, first_us: i64) -> String {
    let mut folder = String::new();
    for (at, byte) in tag.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        // A leading dot would hide the folder, or lead out of it.
        match plain || (byte == b'.' && at > 0) {
            true => folder.push(char::from(byte)),
            // Writing to a string does not fail.
            false => write!(folder, "%{byte:02X}").unwrap_or_default(),
        }
    }
    if folder.is_empty() {
        folder.push_str("%00");
    }
    let time = DateTime::from_timestamp_micros(first_us).unwrap_or_default();
    format!("{folder}/{}", time.format("%Y/%m/%d/%H"))
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn tags_become_folders_that_stay_inside() {
        let hour = 1_795_000_000_000_000;
        for (tag, expected) in [
            ("ads.render", "ads.render"),
            ("..", "%2E."),
            (".hidden", "%2Ehidden"),
            ("a/../b", "a%2F..%2Fb"),
            ("", "%00"),
            ("é x", "%C3%A9%20x"),
        ] {
            assert_eq!(
                folder(tag, hour),
                format!("{expected}/2026/11/18/11"),
                "{tag}"
            );
        }
    }
}
