//! Why bytes are not a message. The caller closes the connection; none of these can be healed by reading on.

/// A message that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The byte 0xc1, which MessagePack never uses.
    #[error("the byte 0xc1 is not MessagePack")]
    ReservedByte,
    /// An object ends before its header says it does.
    #[error("a value is cut off")]
    Truncated,
    /// A message, or one value in it, is longer than allowed.
    #[error("message larger than {limit} bytes")]
    FrameTooLarge {
        /// The cap that was exceeded.
        limit: usize,
    },
    /// More MessagePack items than allowed.
    #[error("more than {limit} items in one message")]
    TooManyItems {
        /// The cap that was exceeded.
        limit: u64,
    },
    /// Arrays and maps nested deeper than allowed.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The cap that was exceeded.
        limit: usize,
    },
    /// The gzip data inflates to more than allowed.
    #[error("inflates to more than {limit} bytes")]
    InflatedTooLarge {
        /// The cap that was exceeded.
        limit: usize,
    },
    /// The gzip data is damaged, cut off or not gzip.
    #[error("gzip data is damaged")]
    BadGzip,
    /// Compression other than gzip and text.
    #[error("unsupported compression {0:?}")]
    UnsupportedCompression(String),
    /// The top-level object is not an array of two to four elements.
    #[error("not a forward protocol message: {0}")]
    NotAMessage(&'static str),
    /// The tag is not text.
    #[error("the tag is not UTF-8 text")]
    BadTag,
    /// The option is neither a map nor nil.
    #[error("the option is not a map")]
    BadOption,
    /// A time of a type that no client uses.
    #[error("entry {entry}: the time is not a number, an EventTime or nil")]
    BadTime {
        /// Position of the entry in the message, from 0.
        entry: usize,
    },
    /// An entry that is not `[time, record]` or `[[time, metadata], record]`.
    #[error("entry {entry}: not an array of time and record")]
    BadEntry {
        /// Position of the entry in the message, from 0.
        entry: usize,
    },
    /// A record that is not a map.
    #[error("entry {entry}: the record is not a map")]
    BadRecord {
        /// Position of the entry in the message, from 0.
        entry: usize,
    },
    /// An answer that is not an acknowledgement.
    #[error("not an acknowledgement")]
    BadAck,
}
