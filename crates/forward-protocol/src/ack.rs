//! The receiver's answer once a message's entries are safe: `{"ack": chunk}`.

use crate::error::DecodeError;
use crate::json::read_json;
use crate::limits::Limits;
use crate::reader::{Reader, Token};
use crate::scan::{FrameScanner, Scan};
use crate::write::{map_header, text};

/// An acknowledgement; `chunk` is the id as MessagePack, of the type that the client chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ack<'a> {
    /// The id's bytes on the wire.
    pub chunk: &'a [u8],
}

/// An answer with its length; `None` = it has not all arrived.
pub type DecodedAck<'a> = Option<(Ack<'a>, usize)>;

/// More than any id; an answer that is longer is not an ack.
const MAX_ACK_BYTES: usize = 64 << 10;

impl<'a> Ack<'a> {
    /// Appends the answer for a chunk, repeating it byte for byte.
    pub fn encode(self, out: &mut Vec<u8>) {
        map_header(out, 1);
        text(out, "ack");
        out.extend_from_slice(self.chunk);
    }

    /// Appends the answer of a JSON connection.
    pub fn encode_json(self, out: &mut Vec<u8>) {
        let chunk = read_json(self.chunk).unwrap_or_default();
        let answer = serde_json::json!({ "ack": chunk });
        out.extend_from_slice(answer.to_string().as_bytes());
    }

    /// Reads an answer from the start of `bytes`; `None` = not all of it has arrived. Returns its length too.
    ///
    /// # Errors
    /// [`DecodeError::BadAck`] if the answer is something else, such as the empty map of a receiver that refuses.
    pub fn decode(bytes: &'a [u8]) -> Result<DecodedAck<'a>, DecodeError> {
        let limits = Limits {
            max_frame_bytes: MAX_ACK_BYTES,
            max_depth: 4,
            ..Limits::default()
        };
        let Scan::Complete(length) = FrameScanner::new().scan(bytes, &limits)? else {
            return Ok(None);
        };
        let mut reader = Reader::new(bytes.get(..length).unwrap_or_default());
        let Token::Map(pairs) = reader.token()? else {
            return Err(DecodeError::BadAck);
        };
        for _ in 0..pairs {
            let key = reader.raw()?;
            let chunk = reader.raw()?;
            if Reader::new(key).token()? == Token::Str(b"ack") {
                return Ok(Some((Self { chunk }, length)));
            }
        }
        Err(DecodeError::BadAck)
    }

    /// Is this the answer for the chunk of that name?
    pub fn is_for(&self, chunk: &str) -> bool {
        matches!(Reader::new(self.chunk).token(), Ok(Token::Str(id) | Token::Bin(id)) if id == chunk.as_bytes())
    }
}
