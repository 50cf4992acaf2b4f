//! Finds the end of the next message in a growing buffer, each byte looked at once.

use crate::error::DecodeError;
use crate::limits::Limits;
use crate::shape::shape;

/// What is known about the first object of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// It takes up the first bytes of the buffer, as many as this.
    Complete(usize),
    /// More must arrive; it is at least this many bytes long.
    Incomplete(usize),
}

/// Walks one object; keeps its place between calls, so that a message in many pieces costs linear time.
#[derive(Debug, Clone, Default)]
pub struct FrameScanner {
    position: usize,
    items: u64,
    /// Values still to come in each array and map that is open, outermost first.
    open: Vec<u64>,
    /// The sum of `open`: each of them takes one byte at least.
    outstanding: u64,
    /// Items of all objects count towards one cap, since they belong to one message.
    accumulates: bool,
}

impl FrameScanner {
    /// A scanner at the start of an object.
    pub fn new() -> Self {
        Self::default()
    }

    /// For several objects under one cap of items.
    pub(crate) fn accumulating() -> Self {
        Self {
            accumulates: true,
            ..Self::default()
        }
    }

    /// Looks at `buffer`, which starts with the same bytes as in the calls before, and may have grown since.
    /// After [`Scan::Complete`] the scanner is at the start again, for the next object.
    ///
    /// # Errors
    /// [`DecodeError::ReservedByte`] and the caps of `limits`, as soon as a header alone shows that one is exceeded.
    pub fn scan(&mut self, buffer: &[u8], limits: &Limits) -> Result<Scan, DecodeError> {
        while let Some(rest) = buffer.get(self.position..) {
            if self.position > 0 && self.outstanding == 0 {
                return Ok(self.finish());
            }
            let Some(next) = shape(rest)? else {
                break;
            };
            self.advance(next.head.saturating_add(next.body), next.children, limits)?;
        }
        // Each value that is still to come takes one byte at least, and what is there was not enough.
        let least = usize::try_from(self.outstanding).unwrap_or(usize::MAX);
        let least = self.position.saturating_add(least);
        Ok(Scan::Incomplete(least.max(buffer.len().saturating_add(1))))
    }

    fn advance(&mut self, bytes: usize, children: u64, limits: &Limits) -> Result<(), DecodeError> {
        self.close_item();
        self.position = self.position.saturating_add(bytes);
        self.items = self.items.saturating_add(children);
        self.outstanding = self.outstanding.saturating_add(children);
        if self.items > limits.max_items {
            return Err(DecodeError::TooManyItems {
                limit: limits.max_items,
            });
        }
        let least = usize::try_from(self.outstanding).unwrap_or(usize::MAX);
        if self.position.saturating_add(least) > limits.max_frame_bytes {
            return Err(DecodeError::FrameTooLarge {
                limit: limits.max_frame_bytes,
            });
        }
        if children > 0 {
            if self.open.len() >= limits.max_depth {
                return Err(DecodeError::TooDeep {
                    limit: limits.max_depth,
                });
            }
            self.open.push(children);
        }
        Ok(())
    }

    /// One value of the innermost open container has been reached.
    fn close_item(&mut self) {
        while self.open.last() == Some(&0) {
            self.open.pop();
        }
        if let Some(left) = self.open.last_mut() {
            *left -= 1;
            self.outstanding -= 1;
        }
    }

    /// Every value is known and every byte is there.
    fn finish(&mut self) -> Scan {
        let length = self.position;
        self.position = 0;
        self.open.clear();
        if !self.accumulates {
            self.items = 0;
        }
        Scan::Complete(length)
    }
}
