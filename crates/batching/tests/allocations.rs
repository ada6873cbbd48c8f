//! Handing records in asks for no memory once batches come and go.
#![allow(unsafe_code)]
#![cfg(test)]
#![cfg(not(loom))]

#[path = "../benches/enqueue/steady.rs"]
mod steady;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

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

#[test]
fn a_record_with_its_delivery_allocates_nothing_and_a_batch_one_owner() {
    let mut steady = Steady::new(16_384);
    let mut turn = |records: usize| {
        let appended = count(|| (0..records).for_each(|_| drop(steady.append(&[7; 100]).unwrap())));
        (appended, count(|| steady.settle()))
    };
    for _ in 0..20 {
        turn(1_000);
    }
    for _ in 0..100 {
        let (appended, settled) = turn(1_000);
        // A payload that is shared has one allocation for who owns it; seven batches in a turn.
        assert!(appended == 0 && settled <= 7, "{appended} {settled}");
    }
}
