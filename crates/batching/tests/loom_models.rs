//! Every interleaving of two or three threads at the places where batching shares something.
//!
//! Built and run by `cargo xtask loom` alone: with anything else this file is empty.

#![cfg(test)]
#![cfg(loom)]

mod world;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use klamm_batching::{
    Append, Delivery, Generation, News, Resolution, Settings, Slot, Tag, Ticket, Why,
};
use klamm_wire::Time;
use loom::thread;
use world::{Failure, World, record, written};

#[derive(Default)]
struct Woken(AtomicU64);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Polls once: what came of it, and how often the waker is woken later.
fn poll<T>(future: impl Future<Output = T>) -> (Poll<T>, Arc<Woken>) {
    let woken = Arc::<Woken>::default();
    let waker = Waker::from(Arc::clone(&woken));
    (pin!(future).poll(&mut Context::from_waker(&waker)), woken)
}

/// Batches that are full with their second record.
fn tiny() -> Settings {
    // With a codec the appender has the job, and drops it: models are not about encoding.
    let compression = klamm_records::Codec::Lz4.into();
    Settings { batch_size: 256, memory: 1 << 20, compression, ..Settings::default() }
}

fn append(slot: &Arc<Slot<Failure>>, len: usize) -> Option<Delivery<Failure>> {
    let value = vec![7; len];
    slot.append(Generation(0), record(&value)).ok().map(|(delivery, _)| delivery)
}

/// How many records the engine is given, by ticket and without a gap.
fn taken(slot: &Arc<Slot<Failure>>, first: u64) -> u32 {
    let mut records = 0;
    let mut ticket = first;
    while let Some(ready) = world::taken(slot) {
        assert_eq!(ready.ticket, Ticket(ticket));
        ticket += 1;
        records += ready.records;
        assert!(slot.settle(ready.ticket, written(0), ready.encoded).is_some());
    }
    records
}

#[test]
fn memory_that_comes_back_wakes_whoever_is_left() {
    loom::model(|| {
        let world = World::new(Settings { memory: 1_000, ..tiny() }, 0);
        let budget = world.accumulator.budget().clone();
        let all = budget.try_acquire(1_000).unwrap();
        let other = budget.clone();
        let leaves = thread::spawn(move || drop(poll(other.acquire(1_000))));
        let releases = thread::spawn(move || drop(all));
        let mut acquire = pin!(budget.acquire(600));
        let woken = Arc::<Woken>::default();
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let first = acquire.as_mut().poll(&mut context);
        leaves.join().unwrap();
        releases.join().unwrap();
        if first.is_pending() {
            assert_eq!(woken.0.load(Ordering::SeqCst), 1);
            assert!(acquire.as_mut().poll(&mut context).is_ready());
        }
        drop(first);
        assert_eq!(budget.held(), 0);
    });
}

#[test]
fn a_delivery_hears_its_end_and_one_that_left_is_not_woken_late() {
    loom::model(|| {
        let world = World::new(tiny(), 1);
        let slot = world.slots[0].clone();
        let (mut waits, leaves) = (append(&slot, 9).unwrap(), append(&slot, 9).unwrap());
        let resolves =
            thread::spawn(move || assert!(slot.settle(Ticket(0), written(0), None).is_some()));
        let drops = thread::spawn(move || drop(poll(leaves)));
        let (first, woken) = poll(&mut waits);
        resolves.join().unwrap();
        drops.join().unwrap();
        let times = woken.0.load(Ordering::SeqCst);
        // Who finds the end at the first look may have been woken for it as well.
        assert!(times == 1 || (times == 0 && first.is_ready()));
        assert!(waits.result().is_some());
    });
}

#[test]
fn a_batch_fills_while_another_is_taken() {
    loom::model(|| {
        let world = World::new(tiny(), 1);
        let slot = world.slots[0].clone();
        append(&slot, 150).unwrap();
        let other = slot.clone();
        let fills = thread::spawn(move || append(&other, 150).unwrap());
        let early = taken(&slot, 0);
        drop(fills.join().unwrap());
        assert_eq!(early + taken(&slot, u64::from(early > 0)), 1);
    });
}

#[test]
fn a_pulled_batch_has_every_record_that_was_taken_in() {
    loom::model(|| {
        let world = World::new(tiny(), 1);
        let slot = world.slots[0].clone();
        append(&slot, 9).unwrap();
        let other = slot.clone();
        let appends = thread::spawn(move || append(&other, 9).unwrap().index());
        drop(slot.pull(Ticket(0)));
        let index = appends.join().unwrap();
        let records = world::taken(&slot).unwrap().records;
        assert_eq!(records, if index == 1 { 2 } else { 1 });
    });
}

#[test]
fn nothing_is_taken_in_once_closing_has_returned() {
    loom::model(|| {
        let world = World::new(tiny(), 1);
        let slot = world.slots[0].clone();
        let appends = thread::spawn(move || append(&slot, 9).is_some());
        world.accumulator.close();
        let seen = world.news().len();
        let is_in = appends.join().unwrap();
        assert_eq!((seen, world.news().len()), (usize::from(is_in), 0));
    });
}

#[test]
fn nothing_joins_a_transaction_that_was_stopped() {
    loom::model(|| {
        let world = World::new(tiny(), 1);
        let slot = world.slots[0].clone();
        world.accumulator.set_writable(Some(Tag(1)));
        let appends = thread::spawn(move || {
            let tagged = Append { tag: Some(Tag(1)), ..record(b"a") };
            slot.append(Generation(0), tagged).map(drop).map_err(|refused| refused.why)
        });
        world.accumulator.set_writable(Some(Tag(2)));
        let seen = world.news().len();
        let outcome = appends.join().unwrap();
        assert!(matches!(outcome, Ok(()) | Err(Why::NotInTransaction)));
        assert_eq!((seen, world.news().len()), (usize::from(outcome.is_ok()), 0));
    });
}

#[test]
fn nothing_of_an_older_generation_follows_the_renewal() {
    loom::model(|| {
        let world = World::new(tiny(), 1);
        let slot = world.slots[0].clone();
        let other = slot.clone();
        let appends = thread::spawn(move || append(&other, 9).is_some());
        slot.renew(Generation(1));
        let opened = |(_, news): &(i32, News)| matches!(news, News::Opened { .. });
        let seen = world.news().iter().filter(|news| opened(news)).count();
        let is_in = appends.join().unwrap();
        assert_eq!((seen, world.news().len()), (usize::from(is_in), 0));
        assert!(slot.settle(Ticket(0), Resolution::Whole(Err("old")), None).is_some() == is_in);
    });
}

#[test]
fn an_engine_never_sleeps_over_an_opening() {
    loom::model(|| {
        let world = World::new(Settings { linger: std::time::Duration::ZERO, ..tiny() }, 1);
        let slot = world.slots[0].clone();
        let opens = thread::spawn(move || drop(append(&slot, 9)));
        let sleeps = world.accumulator.park(Some(Time(5_000_000)));
        opens.join().unwrap();
        assert!(!sleeps || world.rings() == 1);
        assert_eq!(world.news().len(), 1);
    });
}
