//! Buffers that come back: lent to batches, returned when the last one who reads them is done.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;

use crate::sync::{Arc, Mutex, lock};

/// A buffer is lent although it is this many times larger than asked for, and no more.
const MOST_WASTE: usize = 4;
/// No buffer is smaller: below it the bookkeeping costs more than the bytes.
const LEAST_CAPACITY: usize = 256;

/// Counts the bytes that buffers hold, for whoever bounds them. It is called on any thread.
pub trait Meter: Send + Sync {
    /// Counts so many bytes more, if that may be.
    fn try_charge(&self, bytes: usize) -> bool;

    /// Counts so many bytes more in any case: they are held already.
    fn charge(&self, bytes: usize);

    /// Counts so many bytes less.
    fn release(&self, bytes: usize);
}

/// A pool of buffers that keeps a bounded number of bytes for later.
///
/// Cloning it gives another handle to the same pool. Buffers find their way back from any thread.
#[derive(Clone)]
pub struct BufferPool {
    shared: Arc<Shared>,
    /// Who counts what is taken through this handle.
    meter: Option<Arc<dyn Meter>>,
}

struct Shared {
    /// The most bytes kept while nobody uses them.
    limit: usize,
    idle: Mutex<Idle>,
}

/// What nobody uses.
#[derive(Default)]
struct Idle {
    /// The sum of all capacities. Never above the pool's limit.
    bytes: usize,
    /// By capacity; no list is empty.
    buffers: BTreeMap<usize, Vec<Vec<u8>>>,
    /// Lists that became empty, kept for capacities to come: where one buffer comes and goes, no
    /// list is allocated for it each time.
    lists: Vec<Vec<Vec<u8>>>,
}

impl BufferPool {
    /// A pool that keeps at most `limit` bytes for later. With 0 it keeps none.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { shared: Arc::new(Shared { limit, idle: Mutex::default() }), meter: None }
    }

    /// Another handle to the same pool: `meter` counts what is taken through it, from the taking
    /// until the last one who reads the buffer is done.
    #[must_use]
    pub fn metered(&self, meter: Arc<dyn Meter>) -> Self {
        Self { shared: Arc::clone(&self.shared), meter: Some(meter) }
    }

    /// An empty buffer with room for at least `capacity` bytes: one that was used before, or a new
    /// one.
    #[must_use]
    pub fn take(&self, capacity: usize) -> Buffer {
        self.take_paid(capacity, 0)
    }

    /// As [`take`](Self::take), when the meter counts `paid` bytes for the buffer already. A used
    /// one that holds more than that is lent only if the meter agrees.
    #[must_use]
    pub fn take_paid(&self, capacity: usize, paid: usize) -> Buffer {
        let mut buffer = Buffer { room: Vec::new(), len: 0, pool: self.clone(), charged: paid };
        let used = lock(&self.shared.idle).take(capacity);
        let used = used.filter(|room| buffer.try_charge(room.len()));
        let enough = if paid == 0 { rounded(capacity) } else { capacity.max(paid) };
        buffer.room = used.unwrap_or_else(|| vec![0; enough]);
        buffer.charge(buffer.room.len());
        buffer
    }

    /// How much a new buffer for so many bytes holds: a little more, so that it fits others later.
    #[must_use]
    pub const fn rounded(capacity: usize) -> usize {
        rounded(capacity)
    }

    /// Frees buffers that nobody uses until at most so many bytes of them are left, the largest
    /// first.
    pub fn trim(&self, most: usize) {
        // One at a time, so that each is freed outside the lock.
        while let Some(room) = lock(&self.shared.idle).excess(most) {
            drop(room);
        }
    }

    /// How many bytes the pool keeps that nobody uses.
    #[must_use]
    pub fn idle_bytes(&self) -> usize {
        lock(&self.shared.idle).bytes
    }

    /// The most bytes that the pool keeps.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.shared.limit
    }

    /// Keeps a buffer for later if there is room for it, and frees it otherwise.
    fn give_back(&self, room: Vec<u8>) {
        let refused = lock(&self.shared.idle).keep(room, self.shared.limit);
        // Freed outside the lock.
        drop(refused);
    }
}

impl fmt::Debug for BufferPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let idle_bytes = self.idle_bytes();
        f.debug_struct("BufferPool")
            .field("limit", &self.shared.limit)
            .field("idle_bytes", &idle_bytes)
            .finish()
    }
}

impl Idle {
    /// The smallest buffer that is large enough, unless it is far too large.
    fn take(&mut self, capacity: usize) -> Option<Vec<u8>> {
        let most = capacity.max(LEAST_CAPACITY).saturating_mul(MOST_WASTE);
        let (&found, buffers) = self.buffers.range_mut(capacity..=most).next()?;
        let room = buffers.pop()?;
        if buffers.is_empty() {
            self.lists.extend(self.buffers.remove(&found));
        }
        self.bytes -= found;
        Some(room)
    }

    /// The largest buffer, if there is more than that.
    fn excess(&mut self, most: usize) -> Option<Vec<u8>> {
        if self.bytes <= most {
            return None;
        }
        let (&found, buffers) = self.buffers.iter_mut().next_back()?;
        let room = buffers.pop()?;
        if buffers.is_empty() {
            self.lists.extend(self.buffers.remove(&found));
        }
        self.bytes -= found;
        Some(room)
    }

    /// Takes a buffer in, or gives it back.
    fn keep(&mut self, room: Vec<u8>, limit: usize) -> Option<Vec<u8>> {
        let capacity = room.len();
        if capacity == 0 || capacity > limit.saturating_sub(self.bytes) {
            return Some(room);
        }
        self.bytes += capacity;
        let list = || self.lists.pop().unwrap_or_default();
        self.buffers.entry(capacity).or_insert_with(list).push(room);
        None
    }
}

/// The capacity of a new buffer: a quarter of a power of two more or less, so that buffers fit
/// their successors and at most a fifth of one is unused.
const fn rounded(capacity: usize) -> usize {
    if capacity <= LEAST_CAPACITY {
        return LEAST_CAPACITY;
    }
    let step = 1 << capacity.ilog2().saturating_sub(2);
    match capacity.checked_next_multiple_of(step) {
        Some(rounded) => rounded,
        None => capacity,
    }
}

/// A buffer that returns to its pool when it is dropped, or when the last [`Bytes`] made of it is.
pub struct Buffer {
    /// Initialised to its end, so that writing needs no bookkeeping; as long as it may become
    /// without another allocation.
    room: Vec<u8>,
    /// How many bytes were written. At most the length of the room.
    len: usize,
    pool: BufferPool,
    /// What the meter counts for it: as much as the room.
    charged: usize,
}

impl Buffer {
    /// How many bytes it can take without growing.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.room.len()
    }

    /// How many bytes were written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Lets it grow until it can take so many bytes in all. It never shrinks.
    pub fn grow_to(&mut self, capacity: usize) {
        self.grow_paid(capacity, 0);
    }

    /// As [`grow_to`](Self::grow_to), and so many bytes more are counted for it already.
    pub fn grow_paid(&mut self, capacity: usize, paid: usize) {
        if let Some(more) = capacity.checked_sub(self.room.len()) {
            self.room.reserve_exact(more);
            self.room.resize(capacity, 0);
        }
        self.charged += paid;
        self.charge(self.room.len());
    }

    /// Has the meter count as much as that, if it may be. Where it counts more it is left so.
    fn try_charge(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.charged);
        let may = |meter: &Arc<dyn Meter>| more == 0 || meter.try_charge(more);
        let is_charged = self.pool.meter.as_ref().is_none_or(may);
        self.charged += if is_charged { more } else { 0 };
        is_charged
    }

    /// Has the meter count so much, whatever it counted before.
    fn charge(&mut self, bytes: usize) {
        let before = std::mem::replace(&mut self.charged, bytes);
        let Some(meter) = &self.pool.meter else { return };
        if bytes > before {
            meter.charge(bytes - before);
        }
        if before > bytes {
            meter.release(before - bytes);
        }
    }

    /// An empty buffer with room for at least `capacity` bytes, which takes over so much of what is
    /// counted for this one: the two together count what the larger one would.
    pub(crate) fn successor(&mut self, capacity: usize, pool: &BufferPool) -> Buffer {
        if self.pool.meter.is_none() {
            return pool.take(capacity);
        }
        let wanted = rounded(capacity).min(self.room.len().max(capacity));
        let paid = self.charged.min(wanted);
        self.charged -= paid;
        self.pool.take_paid(wanted, paid)
    }

    /// Forgets what was written.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// What can still be written before there are `end` bytes; [`Buffer::advance`] then counts it.
    #[inline]
    pub(crate) fn room_until(&mut self, end: usize) -> &mut [u8] {
        let end = self.room.len().min(end);
        self.room.get_mut(self.len..end).unwrap_or_default()
    }

    /// Counts what was written into the room.
    #[inline]
    pub(crate) fn advance(&mut self, len: usize) {
        debug_assert!(len <= self.room.len() - self.len, "more than there was room for");
        self.len += len;
    }

    /// Appends; false if there is no room, and then nothing is.
    #[must_use]
    pub(crate) fn append(&mut self, bytes: &[u8]) -> bool {
        let Some(place) = self.room_until(usize::MAX).get_mut(..bytes.len()) else { return false };
        place.copy_from_slice(bytes);
        self.advance(bytes.len());
        true
    }

    /// What was written, shared from now on and unchangeable.
    #[must_use]
    pub fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self.room.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("len", &self.len)
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // Before it counts no longer, so that it is missing at no time.
        self.pool.give_back(std::mem::take(&mut self.room));
        // Also of nothing: what the pool keeps has become more.
        if let Some(meter) = &self.pool.meter {
            meter.release(self.charged);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pool: &BufferPool, bytes: &[u8]) -> Buffer {
        let mut buffer = pool.take(bytes.len());
        assert!(buffer.append(bytes));
        buffer
    }

    #[test]
    fn a_buffer_returns_with_the_last_bytes_and_is_lent_again() {
        let pool = BufferPool::new(1 << 20);
        let bytes = written(&pool, &[7; 5_000]).freeze();
        let (place, part) = (bytes.as_ptr(), bytes.slice(4_000..));
        drop(bytes);
        assert_eq!(pool.idle_bytes(), 0);
        assert_eq!(part[..], [7; 1_000]);
        drop(part);
        assert_eq!(pool.idle_bytes(), 5_120);
        let again = pool.take(4_000);
        assert_eq!((again.as_ref().as_ptr(), again.as_ref().len()), (place, 0));
        assert_eq!(pool.idle_bytes(), 0);
    }

    #[test]
    fn no_more_is_kept_than_the_limit() {
        let pool = BufferPool::new(10_000);
        let lent = [4_096, 4_096, 4_096, 1_024].map(|capacity| pool.take(capacity));
        drop(lent);
        assert_eq!(pool.idle_bytes(), 4_096 + 4_096 + 1_024);
        let none = BufferPool::new(0);
        drop(none.take(10));
        assert_eq!(none.idle_bytes(), 0);
    }

    #[test]
    fn a_far_too_large_buffer_stays_for_whom_it_fits() {
        let pool = BufferPool::new(1 << 20);
        drop(pool.take(1 << 16));
        assert_eq!(pool.take(1 << 13).capacity(), 1 << 13);
        assert_eq!(pool.take(1 << 14).capacity(), 1 << 16);
    }

    #[test]
    fn new_buffers_are_a_little_larger_than_asked_for() {
        let waste = |capacity: usize| rounded(capacity) - capacity;
        assert_eq!([0, 256, 257, 16_384, 16_385].map(rounded), [256, 256, 320, 16_384, 20_480]);
        assert!((256..70_000).all(|capacity| waste(capacity) * 4 < capacity));
        assert_eq!(rounded(usize::MAX), usize::MAX);
    }

    #[test]
    fn growing_keeps_what_was_written() {
        let pool = BufferPool::new(1 << 20);
        let mut buffer = written(&pool, b"abc");
        buffer.grow_to(1_000);
        assert!(buffer.capacity() >= 1_000);
        buffer.grow_to(10);
        assert_eq!((buffer.as_ref(), buffer.capacity() >= 1_000), (b"abc".as_slice(), true));
    }
}
