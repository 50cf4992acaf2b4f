//! One complete message in one of the four modes, told apart by the type of its second element.

use std::borrow::Cow;

use crate::entry::{Entries, Entry};
use crate::error::DecodeError;
use crate::inflate::Compression;
use crate::limits::Limits;
use crate::option::MessageOption;
use crate::reader::{Reader, Token};

/// Longest tag; container logs have tags of several hundred bytes.
const MAX_TAG_BYTES: usize = 1024;

/// How the entries were carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `[tag, time, record, option?]`
    Message,
    /// `[tag, [[time, record], ...], option?]`
    Forward,
    /// `[tag, entries as one string of bytes, option?]`
    PackedForward,
    /// The same with the bytes as gzip or zstd.
    CompressedPackedForward,
}

/// What one complete MessagePack object on a connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// nil, reserved as a heartbeat; no answer.
    Heartbeat,
    /// Events.
    Message(Message<'a>),
}

/// A message. Its entries are read by [`Message::entries`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// Where the events belong.
    pub tag: &'a str,
    /// How they were carried.
    pub mode: Mode,
    /// What the client asked for.
    pub option: MessageOption<'a>,
    body: Body<'a>,
    limits: Limits,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body<'a> {
    One(Entry<'a>),
    Many(Cow<'a, [u8]>),
}

impl<'a> Frame<'a> {
    /// Reads the one object that [`crate::FrameScanner`] found complete, and inflates it if it is compressed.
    /// Entries of the modes with several are not looked at yet: see [`Message::check`].
    ///
    /// # Errors
    /// Any [`DecodeError`]; nothing of the message may be used then.
    pub fn decode(frame: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(frame);
        let elements = match reader.token()? {
            Token::Nil => return Ok(Self::Heartbeat),
            Token::Array(elements @ 2..=4) => elements,
            Token::Array(_) => {
                return Err(DecodeError::NotAMessage(
                    "an array of two to four elements is expected",
                ));
            }
            _ => return Err(DecodeError::NotAMessage("an array is expected")),
        };
        let tag = match reader.token()? {
            Token::Str(tag) | Token::Bin(tag) if tag.len() <= MAX_TAG_BYTES => {
                std::str::from_utf8(tag).map_err(|_| DecodeError::BadTag)?
            }
            _ => return Err(DecodeError::BadTag),
        };
        Message::read(tag, elements, &mut reader, limits).map(Self::Message)
    }
}

impl<'a> Message<'a> {
    fn read(
        tag: &'a str,
        elements: u32,
        reader: &mut Reader<'a>,
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        let second = reader.rest();
        let token = reader.token()?;
        let (mode, body, before_option) = match token {
            Token::Array(_) => (
                Mode::Forward,
                Body::Many(Cow::Borrowed(inside(second, reader)?)),
                2,
            ),
            Token::Str(bytes) | Token::Bin(bytes) => {
                (Mode::PackedForward, Body::Many(Cow::Borrowed(bytes)), 2)
            }
            time => (
                Mode::Message,
                Body::One(read_single(time, elements, reader)?),
                3,
            ),
        };
        let option = match elements.checked_sub(before_option) {
            Some(0) => MessageOption::default(),
            Some(1) => MessageOption::read(reader)?,
            _ => {
                return Err(DecodeError::NotAMessage(
                    "wrong number of elements for its mode",
                ));
            }
        };
        Self {
            tag,
            mode,
            option,
            body,
            limits: *limits,
        }
        .inflated()
    }

    /// The entries' first bytes decide: compressed entries without the option are inflated too, and entries that
    /// are not compressed in spite of the option are read as they are.
    fn inflated(mut self) -> Result<Self, DecodeError> {
        let Body::Many(Cow::Borrowed(bytes)) = self.body else {
            return Ok(self);
        };
        if self.mode != Mode::PackedForward {
            return Ok(self);
        }
        match (Compression::of(bytes), self.option.compressed) {
            (Some(compression), _) => {
                let inflated = compression.inflate(bytes, self.limits.max_inflated_bytes)?;
                self.body = Body::Many(Cow::Owned(inflated));
                self.mode = Mode::CompressedPackedForward;
                Ok(self)
            }
            (None, None | Some(b"" | b"text" | b"gzip" | b"zstd")) => Ok(self),
            (None, Some(other)) => Err(DecodeError::UnsupportedCompression(
                String::from_utf8_lossy(other).into_owned(),
            )),
        }
    }

    /// Bytes of the entries, inflated.
    pub fn entries_len(&self) -> usize {
        match &self.body {
            Body::One(entry) => entry.record.len(),
            Body::Many(bytes) => bytes.len(),
        }
    }

    /// The entries in order.
    pub fn entries(&self) -> Entries<'_> {
        match &self.body {
            Body::One(entry) => Entries::one(*entry, self.limits),
            Body::Many(bytes) => Entries::many(bytes, self.limits),
        }
    }

    /// Walks all entries and counts them. A receiver that sets faulty entries aside looks at
    /// [`Entries::next_or_fault`] instead.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self) -> Result<usize, DecodeError> {
        self.entries()
            .try_fold(0, |count, entry| entry.map(|_| count + 1))
    }
}

/// The elements of forward mode's array back to back; `second` starts at the array, `reader` is behind its head.
fn inside<'a>(second: &'a [u8], reader: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
    let start = reader.rest();
    let whole = Reader::new(second).raw()?.len();
    let head = second.len() - start.len();
    let elements = start
        .get(..whole.saturating_sub(head))
        .ok_or(DecodeError::Truncated)?;
    *reader = Reader::new(start.get(elements.len()..).ok_or(DecodeError::Truncated)?);
    Ok(elements)
}

fn read_single<'a>(
    time: Token<'a>,
    elements: u32,
    reader: &mut Reader<'a>,
) -> Result<Entry<'a>, DecodeError> {
    if elements < 3 {
        return Err(DecodeError::NotAMessage(
            "wrong number of elements for its mode",
        ));
    }
    // A map as time would leave the reader inside it, so the type is checked before the record is read.
    if matches!(time, Token::Map(_)) {
        return Err(DecodeError::BadTime { entry: 0 });
    }
    let record = reader.raw()?;
    Entry::assemble(time, None, record, 0)
}
