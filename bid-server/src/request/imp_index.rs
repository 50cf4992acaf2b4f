//! [`ImpIndex`]: the position of an imp in its request.

/// Positions of imps, of bids and of calls are all numbers; this one cannot be taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ImpIndex(usize);

impl ImpIndex {
    /// Of the imp at this position, from 0.
    pub(crate) fn new(position: usize) -> Self {
        Self(position)
    }

    /// What stands at the position.
    pub(crate) fn of<T>(self, imps: &[T]) -> Option<&T> {
        imps.get(self.0)
    }
}
