//! One event of a message: its time and its record, borrowed from the message's bytes.

use crate::error::DecodeError;
use crate::event_time::EventTime;
use crate::limits::Limits;
use crate::reader::{Reader, Token};
use crate::scan::{FrameScanner, Scan};

/// Time and record, as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// `None` = the client did not say; the time of receipt is the best there is.
    pub time: Option<EventTime>,
    /// The metadata map of version 1.5 as MessagePack.
    pub metadata: Option<&'a [u8]>,
    /// The record, a map, as MessagePack.
    pub record: &'a [u8],
}

/// The entries of one message in order. Stops after the first error.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    body: Body<'a>,
    position: usize,
    limits: Limits,
    scanner: FrameScanner,
}

#[derive(Debug, Clone)]
enum Body<'a> {
    /// Message mode, given out once.
    One(Option<Entry<'a>>),
    /// Entries back to back: packed, or the inside of forward mode's array.
    Many(&'a [u8]),
}

/// An entry and the bytes behind it.
type Parsed<'a> = (Entry<'a>, &'a [u8]);

impl<'a> Entries<'a> {
    pub(crate) fn one(entry: Entry<'a>, limits: Limits) -> Self {
        Self::over(Body::One(Some(entry)), limits)
    }

    pub(crate) fn many(bytes: &'a [u8], limits: Limits) -> Self {
        let limits = Limits {
            max_frame_bytes: bytes.len(),
            ..limits
        };
        Self::over(Body::Many(bytes), limits)
    }

    fn over(body: Body<'a>, limits: Limits) -> Self {
        Self {
            body,
            position: 0,
            limits,
            scanner: FrameScanner::accumulating(),
        }
    }

    fn parse(&mut self, bytes: &'a [u8]) -> Result<Parsed<'a>, DecodeError> {
        let length = match self.scanner.scan(bytes, &self.limits) {
            Ok(Scan::Complete(length)) => length,
            Ok(Scan::Incomplete(_)) | Err(DecodeError::FrameTooLarge { .. }) => {
                return Err(DecodeError::Truncated);
            }
            Err(error) => return Err(error),
        };
        let (entry, rest) = bytes
            .split_at_checked(length)
            .ok_or(DecodeError::Truncated)?;
        Ok((Entry::read(entry, self.position)?, rest))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = match &mut self.body {
            Body::One(entry) => return entry.take().map(Ok),
            Body::Many([]) => return None,
            Body::Many(bytes) => *bytes,
        };
        let parsed = self.parse(bytes);
        self.position += 1;
        let (result, rest) = match parsed {
            Ok((entry, rest)) => (Ok(entry), rest),
            Err(error) => (Err(error), <&[u8]>::default()),
        };
        self.body = Body::Many(rest);
        Some(result)
    }
}

impl<'a> Entry<'a> {
    /// Reads `[time, record]` or `[[time, metadata], record]`; `bytes` is exactly one MessagePack object.
    pub(crate) fn read(bytes: &'a [u8], position: usize) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        if reader.token()? != Token::Array(2) {
            return Err(DecodeError::BadEntry { entry: position });
        }
        let mut metadata = None;
        let mut time = reader.token()?;
        if let Token::Array(parts) = time {
            if parts != 2 {
                return Err(DecodeError::BadEntry { entry: position });
            }
            time = reader.token()?;
            metadata = Some(reader.raw()?);
        }
        Self::assemble(time, metadata, reader.rest(), position)
    }

    /// Checks the types of what an entry, or a message in message mode, is made of.
    pub(crate) fn assemble(
        time: Token<'a>,
        metadata: Option<&'a [u8]>,
        record: &'a [u8],
        position: usize,
    ) -> Result<Self, DecodeError> {
        let time =
            EventTime::from_token(time).map_err(|_| DecodeError::BadTime { entry: position })?;
        match Reader::new(record).token()? {
            Token::Map(_) => Ok(Self {
                time,
                metadata,
                record,
            }),
            _ => Err(DecodeError::BadRecord { entry: position }),
        }
    }
}
