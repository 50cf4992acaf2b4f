//! [`ImpIndex`]: the position of an imp in its request.

/// Positions of imps, bids and calls are all numbers; this type cannot be mistaken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ImpIndex(usize);

impl ImpIndex {
    /// The imp at this position, counted from 0.
    pub(crate) fn new(position: usize) -> Self {
        Self(position)
    }

    /// The item at this position.
    pub(crate) fn of<T>(self, imps: &[T]) -> Option<&T> {
        imps.get(self.0)
    }
}
