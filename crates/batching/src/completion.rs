//! What became of a batch, shared by all who wait for one of its records.
//!
//! A batch has one [`Completion`], which says its topic as well; every record's [`Delivery`] is a
//! reference to it and an index.
//! It is resolved once, and each waker that was left is woken once. Who never polls leaves none.

use std::future::Future;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use klamm_wire::{PartitionIndex, WallMillis};

use crate::sync::{Arc, Mutex, lock};

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

impl<F: Clone> Resolution<F> {
    /// What became of the record with that index and time.
    pub(crate) fn of(
        &self,
        index: u32,
        partition: PartitionIndex,
        timestamp: WallMillis,
    ) -> Result<Receipt, F> {
        let (first, end) = match self {
            Self::Whole(end) => (0, end),
            Self::Pieces(pieces) => {
                let behind = pieces.partition_point(|(first, _)| *first <= index);
                match pieces.get(behind.saturating_sub(1)) {
                    Some((first, end)) => (*first, end),
                    None => return Ok(Receipt { partition, offset: None, timestamp }),
                }
            }
        };
        let Written { offset, append_time } = end.clone()?;
        let place = i64::from(index.saturating_sub(first));
        let offset = offset.and_then(|offset| offset.checked_add(place));
        Ok(Receipt { partition, offset, timestamp: append_time.unwrap_or(timestamp) })
    }
}

/// One batch's end, shared.
#[derive(Debug)]
pub struct Completion<F> {
    /// Here once for a batch, so that no record counts a reference of its own to it.
    topic: Arc<str>,
    state: Mutex<State<F>>,
}

#[derive(Debug)]
struct State<F> {
    resolution: Option<Resolution<F>>,
    /// One place for each delivery that was polled; empty ones are free.
    wakers: Vec<Option<Waker>>,
    /// The free places among them.
    free: Vec<u32>,
}

/// A place among the wakers of a completion: its index and 1.
type Place = NonZeroU32;

impl<F> Completion<F> {
    /// One that is not resolved.
    pub(crate) fn new(topic: Arc<str>) -> Self {
        let state = State { resolution: None, wakers: Vec::new(), free: Vec::new() };
        Self { topic, state: Mutex::new(state) }
    }

    /// Makes it as new, but for the memory that it keeps.
    pub(crate) fn reset(&mut self) {
        let mut state = lock(&self.state);
        state.resolution = None;
        state.wakers.clear();
        state.free.clear();
    }

    /// Says what became of the batch. Only the first word counts; false for any other.
    pub fn resolve(&self, resolution: Resolution<F>) -> bool {
        let mut state = lock(&self.state);
        if state.resolution.is_some() {
            return false;
        }
        state.resolution = Some(resolution);
        let wakers = std::mem::take(&mut state.wakers);
        state.free.clear();
        drop(state);
        wakers.into_iter().flatten().for_each(Waker::wake);
        true
    }

    /// Leaves a waker, in the place that the same caller had before if it had one. Nothing when the
    /// batch has ended: then it has no place.
    fn register(&self, place: Option<Place>, waker: &Waker) -> Option<Place> {
        let mut state = lock(&self.state);
        if state.resolution.is_some() {
            return None;
        }
        let known = place.and_then(|place| state.at(place));
        if known.is_some_and(|known| known.will_wake(waker)) {
            return place;
        }
        let waker = waker.clone();
        let (place, old) = match place {
            Some(place) => (Some(place), state.put(place, Some(waker))),
            None => (state.push(waker), None),
        };
        drop(state);
        // A waker's own drop is foreign code.
        drop(old);
        place
    }

    /// Takes a waker back.
    #[cold]
    fn deregister(&self, place: Place) {
        let mut state = lock(&self.state);
        // Once it is resolved nobody has a place.
        if state.resolution.is_some() {
            return;
        }
        let old = state.put(place, None);
        state.free.push(place.get());
        drop(state);
        drop(old);
    }
}

fn index(place: Place) -> usize {
    usize::try_from(place.get().saturating_sub(1)).unwrap_or(usize::MAX)
}

impl<F> State<F> {
    fn at(&self, place: Place) -> Option<&Waker> {
        self.wakers.get(index(place))?.as_ref()
    }

    /// Puts something else there: what was there.
    fn put(&mut self, place: Place, waker: Option<Waker>) -> Option<Waker> {
        let entry = self.wakers.get_mut(index(place))?;
        std::mem::replace(entry, waker)
    }

    /// A place for one more.
    fn push(&mut self, waker: Waker) -> Option<Place> {
        if let Some(place) = self.free.pop().and_then(Place::new) {
            self.put(place, Some(waker));
            return Some(place);
        }
        self.wakers.push(Some(waker));
        u32::try_from(self.wakers.len()).ok().and_then(Place::new)
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
    /// Where its waker is; a clone has none until it is polled itself.
    place: Option<Place>,
}

impl<F> Delivery<F> {
    #[inline]
    pub(crate) fn new(
        completion: Arc<Completion<F>>,
        index: u32,
        partition: PartitionIndex,
        timestamp: WallMillis,
    ) -> Self {
        Self { completion, index, partition, timestamp, place: None }
    }

    /// The topic.
    pub fn topic(&self) -> &Arc<str> {
        &self.completion.topic
    }

    /// The partition that the record is to go to.
    pub fn partition(&self) -> PartitionIndex {
        self.partition
    }

    /// The record's place in its batch, by which a failure names it.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The record's time, as it was appended.
    pub fn timestamp(&self) -> WallMillis {
        self.timestamp
    }
}

impl<F: Clone> Delivery<F> {
    /// What became of it, if that is known.
    pub fn result(&self) -> Option<Result<Receipt, F>> {
        let state = lock(&self.completion.state);
        let resolution = state.resolution.as_ref()?;
        Some(resolution.of(self.index, self.partition, self.timestamp))
    }
}

impl<F> Clone for Delivery<F> {
    fn clone(&self) -> Self {
        let completion = Arc::clone(&self.completion);
        Self::new(completion, self.index, self.partition, self.timestamp)
    }
}

impl<F: Clone> Future for Delivery<F> {
    type Output = Result<Receipt, F>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.place = this.completion.register(this.place, cx.waker());
        // No place is one of a batch that has ended, or one too many.
        this.result().map_or(Poll::Pending, Poll::Ready)
    }
}

impl<F> Drop for Delivery<F> {
    #[inline]
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.completion.deregister(place);
        }
    }
}
