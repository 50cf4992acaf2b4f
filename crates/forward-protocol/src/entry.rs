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

/// Part of a message that is not an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultyEntry<'a> {
    /// What is wrong with it; says which entry it is.
    pub error: DecodeError,
    /// Its bytes. If nobody can tell where it ends, all that is left of the message.
    pub bytes: &'a [u8],
}

/// An entry, or what is in its place.
pub type EntryOrFault<'a> = Result<Entry<'a>, FaultyEntry<'a>>;

/// After this many faults in one message, the rest of it counts as one more: every byte could be a fault.
const MAX_FAULTS: usize = 1000;

/// The entries of one message in order. As an iterator it stops after the first error;
/// [`Entries::next_or_fault`] goes on behind it.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    body: Body<'a>,
    position: usize,
    faults: usize,
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
            faults: 0,
            limits,
            scanner: FrameScanner::accumulating(),
        }
    }

    /// The next entry, good or faulty; `None` at the end.
    pub fn next_or_fault(&mut self) -> Option<EntryOrFault<'a>> {
        let bytes = match &mut self.body {
            Body::One(entry) => return entry.take().map(Ok),
            Body::Many([]) => return None,
            Body::Many(bytes) => *bytes,
        };
        let (found, rest) = match self.end_of_first(bytes) {
            Ok(length) => {
                let (entry, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
                (
                    Entry::read(entry, self.position).map_err(|error| (error, entry)),
                    rest,
                )
            }
            // Nobody knows where this one ends, so nobody knows where the next begins.
            Err(error) => (Err((error, bytes)), <&[u8]>::default()),
        };
        self.position += 1;
        self.body = Body::Many(rest);
        Some(found.map_err(|(error, entry)| self.fault(error, entry, bytes)))
    }

    fn fault(&mut self, error: DecodeError, entry: &'a [u8], all: &'a [u8]) -> FaultyEntry<'a> {
        self.faults += 1;
        if self.faults <= MAX_FAULTS {
            return FaultyEntry {
                error,
                bytes: entry,
            };
        }
        self.body = Body::Many(&[]);
        FaultyEntry { error, bytes: all }
    }

    fn end_of_first(&mut self, bytes: &[u8]) -> Result<usize, DecodeError> {
        match self.scanner.scan(bytes, &self.limits) {
            Ok(Scan::Complete(length)) => Ok(length),
            Ok(Scan::Incomplete(_)) | Err(DecodeError::FrameTooLarge { .. }) => {
                Err(DecodeError::Truncated)
            }
            Err(error) => Err(error),
        }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.next_or_fault()?;
        if found.is_err() {
            self.body = Body::Many(&[]);
        }
        Some(found.map_err(|fault| fault.error))
    }
}

impl<'a> Entry<'a> {
    /// Reads `[time, record]` or `[[time, metadata], record]`; `bytes` is exactly one MessagePack object.
    ///
    /// # Errors
    /// What is wrong with it, naming it by `position`.
    pub fn read(bytes: &'a [u8], position: usize) -> Result<Self, DecodeError> {
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
