//! The same for programs without an async runtime.

/// A producer whose calls wait by blocking the thread.
#[derive(Debug, Clone)]
pub struct Producer {
    inner: crate::Producer,
}

impl Producer {
    /// The producer inside.
    pub fn as_async(&self) -> &crate::Producer {
        &self.inner
    }
}
