//! How much memory records may take, and who waits for it.
//!
//! What is counted is what batches hold: the capacity of an open one, the larger of raw and
//! compressed during a job, the compressed size after it, until the last reference to the bytes is
//! gone. Buffers that nobody uses count as well, and are freed before anybody waits.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::sync::Arc;

/// The memory of a producer.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
}

impl Budget {
    /// How much there is in all.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How much is in use, buffers that nobody uses included.
    pub fn used(&self) -> usize {
        0
    }

    /// How many callers wait.
    pub fn waiting(&self) -> usize {
        0
    }

    /// Takes `bytes` if they are there and nobody waits for any.
    pub fn try_acquire(self: &Arc<Self>, bytes: usize) -> Option<Permit> {
        let _ = bytes;
        None
    }

    /// Waits for `bytes`, first come first served. Dropping the future gives up its place, and
    /// loses nothing of what others are owed. More than there is in all is never granted.
    pub fn acquire(self: &Arc<Self>, bytes: usize) -> Acquire {
        Acquire { budget: Arc::clone(self), bytes }
    }
}

/// Waits for memory.
#[derive(Debug)]
pub struct Acquire {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Future for Acquire {
    type Output = Permit;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Permit> {
        let _ = (&self.budget, self.bytes);
        Poll::Pending
    }
}

/// Memory that was granted and is not used yet; given back when it is dropped.
#[derive(Debug)]
pub struct Permit {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Permit {
    /// How much.
    pub fn bytes(&self) -> usize {
        let _ = &self.budget;
        self.bytes
    }
}
