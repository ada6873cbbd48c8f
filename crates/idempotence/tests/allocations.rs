//! A warm machine carries batches without asking for memory.
#![allow(unsafe_code)]
#![cfg(test)]

#[path = "../benches/machine/steady.rs"]
mod steady;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use klamm_idempotence::{Acks, Mode};

use steady::Steady;

thread_local! {
    /// How often this thread has asked for memory.
    static TIMES: Cell<usize> = const { Cell::new(0) };
}

/// Counts what the current thread asks for. Memory that grows counts as asked for anew.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator with the caller's arguments. The
// default `realloc` and `alloc_zeroed` call `alloc`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TIMES.set(TIMES.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

/// How often `run` asks for memory.
fn count(run: impl FnOnce()) -> usize {
    let before = TIMES.get();
    run();
    TIMES.get() - before
}

const MODES: [Mode; 2] = [Mode::Idempotent, Mode::Plain(Acks::Leader)];

#[test]
fn a_batch_from_announcement_to_acknowledgement_allocates_nothing() {
    for mode in MODES {
        let mut steady = Steady::new(mode, 1);
        let times = count(|| (0..1_000).for_each(|_| assert!(steady.one_batch().is_some())));
        assert_eq!(times, 0, "{mode:?}");
    }
}

#[test]
fn a_hundred_partitions_allocate_nothing_either() {
    for mode in MODES {
        let mut steady = Steady::new(mode, 100);
        let times = count(|| (0..50).for_each(|_| assert!(steady.one_after_another())));
        assert_eq!(times, 0, "one after another, {mode:?}");
        let times = count(|| (0..50).for_each(|_| assert!(steady.all_at_once())));
        assert_eq!(times, 0, "all at once, {mode:?}");
    }
}

#[test]
fn time_that_passes_without_an_event_allocates_nothing() {
    let mut steady = Steady::new(Mode::Idempotent, 100);
    assert_eq!(count(|| (0..1_000).for_each(|_| assert!(steady.nothing()))), 0);
}

#[test]
fn the_counter_counts() {
    assert_eq!(count(|| drop(std::hint::black_box(vec![1]))), 1);
}
