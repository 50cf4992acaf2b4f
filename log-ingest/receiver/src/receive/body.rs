//! An HTTP body: one array of objects, or objects one after another (NDJSON, or with nothing in between).
//!
//! Which one it is shows in the first character; the content type is no help, since a browser's beacon says
//! `text/plain`, or nothing.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};

use super::json_check::{CheckedArray, CheckedRecord};

/// One event's fields.
pub(crate) type Fields = Map<String, Value>;

/// Why a body is refused as a whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is empty")]
    Empty,
    #[error("the body must begin with [ or {{")]
    NotEvents,
    /// `event` counts from 0.
    #[error("event {event}: {source}")]
    Json {
        event: u64,
        #[source]
        source: serde_json::Error,
    },
    #[error("the body is not an array of events: {0}")]
    Array(#[source] serde_json::Error),
    #[error("the gzip data is damaged")]
    BadGzip,
    #[error("the body inflates to more than {limit} bytes")]
    TooLarge { limit: usize },
}

impl BodyError {
    /// Line and column from 1, where the fault is in the text.
    pub(crate) fn position(&self) -> Option<(usize, usize)> {
        match self {
            Self::Json { source, .. } | Self::Array(source) => {
                Some((source.line(), source.column()))
            }
            Self::Empty | Self::NotEvents | Self::BadGzip | Self::TooLarge { .. } => None,
        }
    }
}

/// Which of the two forms.
enum Form<'a> {
    Array(&'a [u8]),
    Lines(&'a [u8]),
}

fn form(body: &[u8]) -> Result<Form<'_>, BodyError> {
    // Some tools put a byte order mark in front.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(BodyError::Empty),
        Some(b'[') => Ok(Form::Array(body)),
        Some(b'{') => Ok(Form::Lines(body)),
        Some(_) => Err(BodyError::NotEvents),
    }
}

/// Checks the whole body and counts its events.
pub(crate) fn check(body: &[u8]) -> Result<u64, BodyError> {
    match form(body)? {
        Form::Array(body) => {
            let CheckedArray(count) = serde_json::from_slice(body).map_err(BodyError::Array)?;
            Ok(count)
        }
        Form::Lines(body) => {
            let mut event = 0;
            for record in serde_json::Deserializer::from_slice(body).into_iter::<CheckedRecord>() {
                record.map_err(|source| BodyError::Json { event, source })?;
                event += 1;
            }
            Ok(event)
        }
    }
}

/// The events of a body that [`check`] has let through.
pub(crate) fn records_of(body: &[u8]) -> Result<Vec<Fields>, BodyError> {
    match form(body)? {
        Form::Array(body) => serde_json::from_slice(body).map_err(BodyError::Array),
        Form::Lines(body) => serde_json::Deserializer::from_slice(body)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|source| BodyError::Json { event: 0, source }),
    }
}

/// Undoes gzip under a cap.
pub(crate) fn inflate(body: &[u8], limit: usize) -> Result<Bytes, BodyError> {
    let mut out = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(body)
        .take(one_more)
        .read_to_end(&mut out);
    read.map_err(|_| BodyError::BadGzip)?;
    if out.len() > limit {
        return Err(BodyError::TooLarge { limit });
    }
    Ok(Bytes::from(out))
}

#[cfg(test)]
mod tests;
