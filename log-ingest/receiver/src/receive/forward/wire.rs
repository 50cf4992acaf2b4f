//! The bytes of a forward connection cut into messages: MessagePack, or JSON if that is what it begins with.

use bytes::{Buf, Bytes, BytesMut};
use forward_protocol::{
    DecodeError, FrameScanner, JsonScanner, Limits, Scan, json_to_msgpack, repair_json,
};

/// Which of the two, decided by the connection's first byte.
#[derive(Debug, Default)]
pub(crate) enum Wire {
    /// Nothing has arrived.
    #[default]
    Unknown,
    /// MessagePack.
    MsgPack(FrameScanner),
    /// JSON; the answers are JSON too.
    Json(JsonScanner),
}

/// What the buffer holds.
#[derive(Debug)]
pub(crate) enum Next {
    /// One complete object, as MessagePack in any case.
    Frame {
        bytes: Bytes,
        /// Texts and numbers of JSON in which something was replaced.
        replaced: u64,
    },
    /// The object is at least this many bytes long.
    More(usize),
}

impl Wire {
    /// Takes the next object off the buffer, once it is complete.
    pub(crate) fn next(
        &mut self,
        buffer: &mut BytesMut,
        limits: &Limits,
    ) -> Result<Next, DecodeError> {
        loop {
            match (&mut *self, buffer.first()) {
                (_, None) => return Ok(Next::More(1)),
                // As MessagePack these two are small numbers, which no message begins with.
                (Self::Unknown, Some(b'[' | b'{')) => *self = Self::Json(JsonScanner::new()),
                (Self::Unknown, Some(_)) => *self = Self::MsgPack(FrameScanner::new()),
                (Self::MsgPack(scanner), Some(_)) => {
                    return scanner.scan(buffer, limits).map(|scan| match scan {
                        Scan::Complete(length) => Next::Frame {
                            bytes: buffer.split_to(length).freeze(),
                            replaced: 0,
                        },
                        Scan::Incomplete(least) => Next::More(least),
                    });
                }
                (Self::Json(_), Some(byte)) if byte.is_ascii_whitespace() => buffer.advance(1),
                (Self::Json(scanner), Some(_)) => return next_json(scanner, buffer, limits),
            }
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        matches!(self, Self::Json(_))
    }
}

fn next_json(
    scanner: &mut JsonScanner,
    buffer: &mut BytesMut,
    limits: &Limits,
) -> Result<Next, DecodeError> {
    let length = match scanner.scan(buffer, limits)? {
        Scan::Complete(length) => length,
        Scan::Incomplete(least) => return Ok(Next::More(least)),
    };
    let text = buffer.split_to(length);
    let (frame, replaced) = match json_to_msgpack(&text) {
        Ok(frame) => (frame, 0),
        Err(error) => {
            let repaired = repair_json(&text).ok_or(error)?;
            (json_to_msgpack(&repaired.text)?, repaired.replaced)
        }
    };
    // The same caps on items as for everybody; the text was within its cap on bytes.
    let limits = Limits {
        max_frame_bytes: usize::MAX,
        ..*limits
    };
    FrameScanner::new().scan(&frame, &limits)?;
    Ok(Next::Frame {
        bytes: Bytes::from(frame),
        replaced,
    })
}
