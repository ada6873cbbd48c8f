//! Who gets memory, when, and when it is given back.

#![cfg(test)]
#![cfg(not(loom))]

mod world;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use klamm_batching::memory::Acquire;
use klamm_batching::{Append, Generation, Permit, Settings, Ticket, Why};
use klamm_records::{Codec, Compression};
use world::{World, append, pulled, record, written};

#[derive(Default)]
struct Woken(AtomicU64);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll(acquire: &mut Acquire, woken: &Arc<Woken>) -> Poll<Permit> {
    let waker = Waker::from(Arc::clone(woken));
    Pin::new(acquire).poll(&mut Context::from_waker(&waker))
}

fn with_memory(memory: usize) -> World {
    World::new(Settings { memory, ..Settings::default() }, 4)
}

#[test]
fn memory_goes_to_who_came_first_and_each_is_woken_once() {
    let world = with_memory(10_000);
    let budget = world.accumulator.budget();
    let all = budget.try_acquire(10_000).unwrap();
    let (mut big, mut small) = (budget.acquire(9_000), budget.acquire(1_000));
    let woken = [Arc::<Woken>::default(), Arc::default()];
    assert!(poll(&mut big, &woken[0]).is_pending() && poll(&mut small, &woken[1]).is_pending());
    assert_eq!((budget.waiting(), world.accumulator.wanting_memory()), (2, true));
    assert!(budget.try_acquire(1).is_none());
    drop(all);
    assert_eq!(woken.each_ref().map(|woken| woken.0.load(Ordering::SeqCst)), [1, 1]);
    let Poll::Ready(permit) = poll(&mut big, &woken[0]) else { panic!() };
    assert_eq!((permit.bytes(), budget.held()), (9_000, 10_000));
    drop((permit, small));
    assert_eq!((budget.held(), budget.waiting()), (0, 0));
}

#[test]
fn a_waiter_that_leaves_makes_way_and_loses_nothing() {
    let world = with_memory(10_000);
    let budget = world.accumulator.budget();
    let half = budget.try_acquire(5_000).unwrap();
    let (mut big, mut small) = (budget.acquire(9_000), budget.acquire(5_000));
    let woken = [Arc::<Woken>::default(), Arc::default()];
    assert!(poll(&mut big, &woken[0]).is_pending() && poll(&mut small, &woken[1]).is_pending());
    drop(big);
    assert_eq!(woken[1].0.load(Ordering::SeqCst), 1);
    // Granted and never fetched.
    drop(small);
    assert_eq!(budget.held(), 5_000);
    drop(half);
    assert!(budget.try_acquire(10_000).is_some());
}

#[test]
fn more_than_there_is_waits_for_ever_and_in_nobodys_way() {
    let world = with_memory(10_000);
    let budget = world.accumulator.budget();
    let mut never = budget.acquire(10_001);
    assert!(poll(&mut never, &Arc::default()).is_pending());
    assert!(budget.try_acquire(10_000).is_some());
    let value = vec![7; 20_000];
    let refused = world.slots[0].append(Generation(0), record(&value)).unwrap_err();
    assert!(matches!(refused.why, Why::TooLarge { limit: 10_000, .. }), "{refused:?}");
}

#[test]
fn a_sender_without_memory_waits_rings_and_comes_again() {
    let world = with_memory(8_192);
    for slot in &world.slots[..2] {
        append(slot, b"a");
    }
    let slot = &world.slots[2];
    let Why::NeedsMemory { bytes } = slot.append(Generation(0), record(b"b")).unwrap_err().why
    else {
        panic!()
    };
    world.news();
    assert!(world.accumulator.park(None));
    let mut acquire = world.accumulator.budget().acquire(bytes);
    assert!(poll(&mut acquire, &Arc::default()).is_pending());
    assert_eq!((world.rings(), world.accumulator.park(None)), (1, false));
    let ready = pulled(&world.slots[0], 0);
    world.slots[0].settle(Ticket(0), written(0), ready.encoded);
    let Poll::Ready(permit) = poll(&mut acquire, &Arc::default()) else { panic!() };
    let again = Append { permit: Some(permit), ..record(b"b") };
    slot.append(Generation(0), again).unwrap();
    assert!(world.accumulator.budget().used() <= 8_192);
}

#[test]
fn what_a_batch_holds_is_counted_until_the_last_reader_is_done() {
    let compression = Compression::from(Codec::Lz4);
    let world = World::new(Settings { compression, ..Settings::default() }, 1);
    let (budget, slot) = (world.accumulator.budget(), &world.slots[0]);
    append(slot, &[7; 3_000]);
    assert_eq!(budget.held(), 4_096);
    append(slot, &[7; 3_000]);
    assert_eq!(budget.held(), 8_192);
    let ready = pulled(slot, 0);
    assert_eq!(budget.held(), 256);
    let payload = ready.encoded.as_ref().unwrap().payload().clone();
    slot.settle(Ticket(0), written(0), ready.encoded);
    assert_eq!(budget.held(), 256);
    drop(payload);
    assert_eq!((budget.held(), budget.used()), (0, 8_192 + 256));
    // Buffers that nobody uses make way at once.
    let all = budget.try_acquire(32 << 20).unwrap();
    assert_eq!((budget.used(), all.bytes()), (32 << 20, 32 << 20));
}

#[test]
fn a_batch_after_a_full_one_begins_with_all_of_its_room() {
    let world = World::new(Settings::default(), 1);
    let slot = &world.slots[0];
    append(slot, &[7; 10_000]);
    append(slot, &[7; 10_000]);
    assert_eq!(world.accumulator.budget().held(), 10_240 + 16_384);
}

#[test]
fn a_batch_after_one_that_was_nearly_full_has_all_of_its_room_at_once() {
    let world = World::new(Settings::default(), 1);
    let (slot, budget) = (&world.slots[0], world.accumulator.budget());
    // Held back, as what comes back to the pool is lent again however large it is.
    let mut jobs = Vec::new();
    let mut opens_with = |records: usize, ticket: u64| {
        (0..records).for_each(|_| drop(append(slot, &[7; 100])));
        // A topic that sticks to partitions goes elsewhere before any record finds a batch full.
        jobs.push(slot.pull(Ticket(ticket)).unwrap());
        let before = budget.held();
        append(slot, b"first");
        budget.held() - before
    };
    assert_eq!(opens_with(100, 0), 16_384, "10 of 16 KiB");
    assert_eq!(opens_with(10, 1), 4_096, "1 of 16 KiB");
}
