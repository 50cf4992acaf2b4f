//! [`Live`]: a value that is replaced as a whole while others read it, such as the contents of watched files.

use std::sync::{Arc, PoisonError, RwLock};

/// Readers take the current value and keep it as long as they like; a new value does not disturb them.
#[derive(Debug)]
pub(crate) struct Live<T> {
    current: RwLock<Arc<T>>,
}

impl<T> Live<T> {
    /// Starts with this value.
    pub(crate) fn new(value: T) -> Self {
        Self {
            current: RwLock::new(Arc::new(value)),
        }
    }

    /// The current value. The lock is held only for counting one more reader.
    pub(crate) fn get(&self) -> Arc<T> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the value for all later readers.
    pub(crate) fn set(&self, value: T) {
        let value = Arc::new(value);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_keep_what_they_took() {
        let live = Live::new(1);
        let before = live.get();
        live.set(2);
        assert_eq!((*before, *live.get()), (1, 2));
    }
}
