//! How much memory records may take, and who waits for it.
//!
//! What is counted is what batches hold: the capacity of an open one, the larger of raw and
//! compressed during a job, the compressed size after it, until the last reference to the bytes is
//! gone. Buffers that nobody uses count as well, and are freed before anybody waits.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc as StdArc;
use std::task::{Context, Poll, Waker};

use klamm_records::{BufferPool, Meter};

use crate::doorbell::Doorbell;
use crate::sync::{Arc, Mutex, lock};

/// The memory of a producer.
pub struct Budget {
    limit: usize,
    /// Where buffers wait that nobody uses. This handle is not metered.
    pool: BufferPool,
    doorbell: StdArc<Doorbell>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What is lent or granted. Buffers that nobody uses come on top.
    charged: usize,
    /// In the order of their coming, which is that of their numbers. Those at the front may be
    /// granted and not fetched yet.
    waiters: VecDeque<Waiter>,
    next_number: u64,
    /// Somebody began to wait, and the engine does not know it.
    is_news: bool,
}

struct Waiter {
    number: u64,
    bytes: usize,
    waker: Waker,
    is_granted: bool,
}

impl State {
    fn fits(&self, bytes: usize, limit: usize) -> bool {
        self.charged.checked_add(bytes).is_some_and(|charged| charged <= limit)
    }

    /// Whether somebody waits whose turn has not come.
    fn is_contended(&self) -> bool {
        self.waiters.back().is_some_and(|waiter| !waiter.is_granted)
    }

    /// Grants what there is to whose turn it is: those are to be woken.
    fn grant(&mut self, limit: usize) -> Vec<Waker> {
        let mut wakers = Vec::new();
        let granted = self.waiters.partition_point(|waiter| waiter.is_granted);
        for waiter in self.waiters.iter_mut().skip(granted) {
            let charged = self.charged.saturating_add(waiter.bytes);
            if charged > limit {
                break;
            }
            self.charged = charged;
            waiter.is_granted = true;
            wakers.push(waiter.waker.clone());
        }
        wakers
    }

    /// Where a waiter stands.
    fn place(&self, number: u64) -> Option<usize> {
        self.waiters.binary_search_by_key(&number, |waiter| waiter.number).ok()
    }
}

impl Budget {
    pub(crate) fn new(limit: usize, pool: BufferPool, doorbell: StdArc<Doorbell>) -> Self {
        Self { limit, pool, doorbell, state: Mutex::new(State::default()) }
    }

    /// How much there is in all.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How much is in use, buffers that nobody uses included.
    ///
    /// These count as far as there is room beside what batches hold: one that is on its way back is
    /// idle and held for a moment, and what is above that is freed before anybody may have it.
    pub fn used(&self) -> usize {
        let charged = self.held();
        charged.saturating_add(self.pool.idle_bytes().min(self.limit.saturating_sub(charged)))
    }

    /// How much batches hold, and callers that were granted some: buffers that nobody uses are not
    /// in it.
    pub fn held(&self) -> usize {
        lock(&self.state).charged
    }

    /// How many callers wait.
    pub fn waiting(&self) -> usize {
        lock(&self.state).waiters.iter().filter(|waiter| !waiter.is_granted).count()
    }

    /// Whether somebody began to wait since the last time that this was asked.
    pub(crate) fn take_news(&self) -> bool {
        std::mem::take(&mut lock(&self.state).is_news)
    }

    /// Takes `bytes` if they are there and nobody waits for any.
    pub fn try_acquire(self: &Arc<Self>, bytes: usize) -> Option<Permit> {
        self.try_charge(bytes).then(|| Permit { budget: Arc::clone(self), bytes })
    }

    fn try_charge(&self, bytes: usize) -> bool {
        let mut state = lock(&self.state);
        let is_free = !state.is_contended() && state.fits(bytes, self.limit);
        if is_free {
            state.charged = state.charged.saturating_add(bytes);
            let charged = state.charged;
            drop(state);
            self.make_room(charged);
        }
        is_free
    }

    /// Frees what nobody uses as far as what is charged needs its place.
    fn make_room(&self, charged: usize) {
        self.pool.trim(self.limit.saturating_sub(charged));
    }

    fn release(&self, bytes: usize) {
        let mut state = lock(&self.state);
        state.charged = state.charged.saturating_sub(bytes);
        self.hand_on(state);
    }

    /// Grants what there is, and wakes outside the lock.
    fn hand_on(&self, mut state: crate::sync::MutexGuard<'_, State>) {
        let wakers = state.grant(self.limit);
        let charged = state.charged;
        drop(state);
        // Also without anybody to wake: a buffer whose charge went on to another one came back.
        self.make_room(charged);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Waits for `bytes`, first come first served. Dropping the future gives up its place, and
    /// loses nothing of what others are owed. More than there is in all is never granted, and keeps
    /// nobody from what is.
    pub fn acquire(self: &Arc<Self>, bytes: usize) -> Acquire {
        Acquire { budget: Arc::clone(self), bytes, number: None }
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("limit", &self.limit)
            .field("used", &self.used())
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

/// Counts what buffers hold.
pub(crate) struct Gauge(pub(crate) Arc<Budget>);

impl Meter for Gauge {
    fn try_charge(&self, bytes: usize) -> bool {
        self.0.try_charge(bytes)
    }

    fn charge(&self, bytes: usize) {
        let mut state = lock(&self.0.state);
        state.charged = state.charged.saturating_add(bytes);
        let charged = state.charged;
        drop(state);
        self.0.make_room(charged);
    }

    fn release(&self, bytes: usize) {
        self.0.release(bytes);
    }
}

/// Waits for memory.
#[derive(Debug)]
pub struct Acquire {
    budget: Arc<Budget>,
    bytes: usize,
    /// Its number among those who wait, once it is one of them.
    number: Option<u64>,
}

impl Acquire {
    /// Takes a place behind all others.
    fn enter(&mut self, waker: &Waker) -> Poll<Permit> {
        if let Some(permit) = self.budget.try_acquire(self.bytes) {
            return Poll::Ready(permit);
        }
        let mut state = lock(&self.budget.state);
        let number = state.next_number;
        state.next_number = number.saturating_add(1);
        let (waker, bytes) = (waker.clone(), self.bytes);
        state.waiters.push_back(Waiter { number, bytes, waker, is_granted: false });
        state.is_news = true;
        self.number = Some(number);
        // What was released since the first look is for whoever stands in front.
        self.budget.hand_on(state);
        self.budget.doorbell.ring_if_parked();
        Poll::Pending
    }

    /// Fetches what was granted.
    fn fetch(&mut self, number: u64, waker: &Waker) -> Poll<Permit> {
        let mut state = lock(&self.budget.state);
        let Some(place) = state.place(number) else { return Poll::Pending };
        let is_granted = state.waiters.get(place).is_some_and(|waiter| waiter.is_granted);
        if !is_granted {
            let old = state.waiters.get_mut(place).map(|waiter| refresh(&mut waiter.waker, waker));
            drop(state);
            drop(old);
            return Poll::Pending;
        }
        let gone = state.waiters.remove(place);
        drop(state);
        drop(gone);
        self.number = None;
        Poll::Ready(Permit { budget: Arc::clone(&self.budget), bytes: self.bytes })
    }
}

/// Puts the new waker in the place of the old one, if it wakes another task.
fn refresh(old: &mut Waker, new: &Waker) -> Option<Waker> {
    let is_same = old.will_wake(new);
    (!is_same).then(|| std::mem::replace(old, new.clone()))
}

impl Future for Acquire {
    type Output = Permit;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit> {
        let this = self.get_mut();
        if this.bytes > this.budget.limit {
            return Poll::Pending;
        }
        match this.number {
            Some(number) => this.fetch(number, cx.waker()),
            None => this.enter(cx.waker()),
        }
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = lock(&self.budget.state);
        let Some(place) = state.place(number) else { return };
        let gone = state.waiters.remove(place);
        if gone.as_ref().is_some_and(|waiter| waiter.is_granted) {
            state.charged = state.charged.saturating_sub(self.bytes);
        }
        // Whoever stood behind may be owed what this one kept from them.
        self.budget.hand_on(state);
        drop(gone);
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
        self.bytes
    }

    /// Takes so many bytes out of it for somebody else; fewer if there are no more.
    pub(crate) fn split(&mut self, bytes: usize) -> Self {
        let bytes = self.spend(bytes);
        Self { budget: Arc::clone(&self.budget), bytes }
    }

    /// Takes in what another one of the same budget holds.
    pub(crate) fn absorb(&mut self, mut other: Self) {
        self.bytes = self.bytes.saturating_add(std::mem::take(&mut other.bytes));
    }

    /// Takes so many bytes out of it, for a buffer that counts them from now on; fewer if there are
    /// no more.
    pub(crate) fn spend(&mut self, bytes: usize) -> usize {
        let spent = self.bytes.min(bytes);
        self.bytes = self.bytes.saturating_sub(spent);
        spent
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.budget.release(self.bytes);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::doorbell::Bell;

    struct Silent;

    impl Bell for Silent {
        fn ring(&self) {}
    }

    #[test]
    fn a_buffer_on_its_way_back_is_not_counted_twice() {
        let pool = BufferPool::new(1_024);
        let doorbell = StdArc::new(Doorbell::new(StdArc::new(Silent)));
        let budget = Arc::new(Budget::new(1_024, pool.clone(), doorbell));
        let lent = pool.metered(StdArc::new(Gauge(Arc::clone(&budget)))).take(768);
        // As the pool stands between a buffer's return and the end of its charge.
        drop(pool.take(768));
        assert_eq!((budget.held(), pool.idle_bytes()), (768, 768));
        assert_eq!(budget.used(), 1_024);
        drop(lent);
        assert_eq!((budget.held(), budget.used()), (0, pool.idle_bytes()));
        assert!(budget.used() <= 1_024);
    }
}
