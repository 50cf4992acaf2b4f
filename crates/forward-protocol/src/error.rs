//! Why bytes are not a message, or why an entry of a message is not an event.

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
    /// The compressed entries inflate to more than allowed.
    #[error("inflates to more than {limit} bytes")]
    InflatedTooLarge {
        /// The cap that was exceeded.
        limit: usize,
    },
    /// The gzip data is damaged, cut off or not gzip.
    #[error("gzip data is damaged")]
    BadGzip,
    /// The zstd data is damaged, cut off or needs more memory than allowed.
    #[error("zstd data is damaged")]
    BadZstd,
    /// Compression other than gzip, zstd and text.
    #[error("unsupported compression {0:?}")]
    UnsupportedCompression(String),
    /// The top-level object is not an array of two to four elements.
    #[error("not a forward protocol message: {0}")]
    NotAMessage(&'static str),
    /// The tag is not text, or is longer than anybody would mean it to be.
    #[error("the tag is not UTF-8 text of at most 1024 bytes")]
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
    /// A message of a JSON connection that is not JSON.
    #[error("not JSON: {0}")]
    BadJson(String),
    /// HELO, PING or PONG expected, something else received.
    #[error("not the {0} of the handshake")]
    BadHandshake(&'static str),
    /// An answer that is not an acknowledgement.
    #[error("not an acknowledgement")]
    BadAck,
}

impl DecodeError {
    /// One word for the kind of fault: a label of metrics and a value in tables.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReservedByte => "reserved_byte",
            Self::Truncated => "truncated",
            Self::FrameTooLarge { .. } => "too_large",
            Self::TooManyItems { .. } => "too_many_items",
            Self::TooDeep { .. } => "too_deep",
            Self::InflatedTooLarge { .. } => "inflated_too_large",
            Self::BadGzip => "bad_gzip",
            Self::BadZstd => "bad_zstd",
            Self::UnsupportedCompression(_) => "unsupported_compression",
            Self::NotAMessage(_) => "not_a_message",
            Self::BadTag => "bad_tag",
            Self::BadOption => "bad_option",
            Self::BadTime { .. } => "bad_time",
            Self::BadEntry { .. } => "bad_entry",
            Self::BadRecord { .. } => "bad_record",
            Self::BadJson(_) => "bad_json",
            Self::BadHandshake(_) => "bad_handshake",
            Self::BadAck => "bad_ack",
        }
    }
}
