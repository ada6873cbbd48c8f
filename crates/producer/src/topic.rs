//! A topic that was found, so that sending to it needs no look-up.

use std::fmt;
use std::sync::Arc;

/// A topic of one producer. Cheap to clone.
#[derive(Clone)]
pub struct Topic {
    pub(crate) inner: Arc<klamm_engine::Topic>,
}

impl Topic {
    /// Its name.
    pub fn name(&self) -> &str {
        self.inner.name()
    }

    /// How many partitions it has at the moment.
    pub fn partitions(&self) -> usize {
        self.inner.view().map_or(0, |view| view.partitions.len())
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Topic({})", self.name())
    }
}
