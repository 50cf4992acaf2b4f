//! Caps that hold before memory is spent: a header may claim four billion items in five bytes.

/// What one message may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one message on the wire. Default 32 MiB.
    pub max_frame_bytes: usize,
    /// MessagePack items (map keys and values, array elements, at any depth) in one message. Default 4,194,304.
    pub max_items: u64,
    /// Arrays and maps inside each other, the message's own array included. Default 64.
    pub max_depth: usize,
    /// Bytes that a compressed message may inflate to. Default 64 MiB.
    pub max_inflated_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_frame_bytes: 32 << 20,
            max_items: 4 << 20,
            max_depth: 64,
            max_inflated_bytes: 64 << 20,
        }
    }
}
