//! What those hear who wait for a record.

#![cfg(test)]
#![cfg(not(loom))]

mod world;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use klamm_batching::{
    Append, Delivery, Generation, Note, Receipt, Resolution, Settings, Ticket, Why, Written,
};
use klamm_wire::WallMillis;
use world::{Failure, World, append, pulled, record, written};

#[derive(Default)]
struct Woken(AtomicU64);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

type End = Poll<Result<Receipt, Failure>>;

fn poll(delivery: &mut Delivery<Failure>, woken: &Arc<Woken>) -> End {
    let waker = Waker::from(Arc::clone(woken));
    Pin::new(delivery).poll(&mut Context::from_waker(&waker))
}

#[test]
fn every_waiter_is_woken_once_and_who_left_is_not() {
    let world = World::new(Settings::default(), 1);
    let slot = &world.slots[0];
    let (mut first, _) = append(slot, b"a");
    let mut clone = first.clone();
    let (mut gone, _) = append(slot, b"b");
    let woken = [(); 3].map(|()| Arc::<Woken>::default());
    for _ in 0..3 {
        assert!(poll(&mut first, &woken[0]).is_pending());
        assert!(poll(&mut clone, &woken[1]).is_pending());
        assert!(poll(&mut gone, &woken[2]).is_pending());
    }
    drop(gone);
    slot.settle(Ticket(0), written(7), None);
    assert_eq!(woken.each_ref().map(|woken| woken.0.load(Ordering::SeqCst)), [1, 1, 0]);
    for _ in 0..2 {
        let Poll::Ready(Ok(receipt)) = poll(&mut first, &woken[0]) else { panic!() };
        assert_eq!((receipt.offset, clone.result().unwrap()), (Some(7), Ok(receipt)));
    }
}

/// Looks for the end when it is woken.
struct Looks(Delivery<Failure>, AtomicU64);

impl Wake for Looks {
    fn wake(self: Arc<Self>) {
        self.1.fetch_add(u64::from(self.0.result().is_some()), Ordering::SeqCst);
    }
}

#[test]
fn whoever_is_woken_finds_the_end() {
    let world = World::new(Settings::default(), 1);
    let (mut delivery, _) = append(&world.slots[0], b"a");
    let looks = Arc::new(Looks(delivery.clone(), AtomicU64::new(0)));
    let waker = Waker::from(Arc::clone(&looks));
    assert!(Pin::new(&mut delivery).poll(&mut Context::from_waker(&waker)).is_pending());
    world.slots[0].settle(Ticket(0), written(7), None);
    assert_eq!(looks.1.load(Ordering::SeqCst), 1);
}

#[test]
fn the_latest_waker_is_the_one_that_counts() {
    let world = World::new(Settings::default(), 1);
    let (mut delivery, _) = append(&world.slots[0], b"a");
    let woken = [Arc::<Woken>::default(), Arc::default()];
    assert!(poll(&mut delivery, &woken[0]).is_pending());
    assert!(poll(&mut delivery, &woken[1]).is_pending());
    world.slots[0].settle(Ticket(0), Resolution::Whole(Err("gone")), None);
    assert_eq!(woken.each_ref().map(|woken| woken.0.load(Ordering::SeqCst)), [0, 1]);
    assert_eq!(poll(&mut delivery, &woken[1]), Poll::Ready(Err("gone")));
}

#[test]
fn each_record_of_a_split_batch_has_the_end_of_its_piece() {
    let world = World::new(Settings::default(), 1);
    let all: Vec<_> = (0..6).map(|_| append(&world.slots[0], b"a").0).collect();
    let at = |offset| Ok(Written { offset: Some(offset), append_time: None });
    let pieces = vec![(0, at(100)), (2, Err("large")), (3, at(200))];
    world.slots[0].settle(Ticket(0), Resolution::Pieces(pieces), None);
    let offset = |one: &Delivery<_>| one.result().unwrap().map(|receipt| receipt.offset.unwrap());
    let offsets: Vec<_> = all.iter().map(offset).collect();
    assert_eq!(offsets, [Ok(100), Ok(101), Err("large"), Ok(200), Ok(201), Ok(202)]);
}

#[test]
fn notes_come_to_the_outlet_with_the_memory_of_their_batch() {
    let world = World::new(Settings::default(), 1);
    let slot = &world.slots[0];
    append(slot, b"a");
    let (timestamp, note) = (Some(WallMillis(9)), Note::Number(17));
    slot.append(Generation(0), Append { timestamp, note, ..record(b"b") }).unwrap();
    append(slot, b"c");
    let ready = pulled(slot, 0);
    slot.settle(Ticket(0), written(40), ready.encoded);
    assert_ne!(world.accumulator.budget().held(), 0);
    let mut kept = world.kept.0.lock().unwrap();
    let mut batch = kept.pop().unwrap();
    let left: Vec<_> = std::mem::take(&mut batch.notes).into_iter().collect();
    let [left] = &left[..] else { panic!() };
    assert!(matches!(left.note, Note::Number(17)));
    let receipt = batch.result(left.index, left.timestamp).unwrap();
    assert_eq!((receipt.offset, receipt.timestamp), (Some(41), WallMillis(9)));
    assert_eq!((batch.topic.name(), kept.len()), ("orders", 0));
    drop(batch);
    assert_eq!(world.accumulator.budget().held(), 0);
}

#[test]
fn notes_take_their_part_of_the_memory_and_give_it_back() {
    let memory = 64 << 10;
    let world = World::new(Settings { memory, batch_size: memory, ..Settings::default() }, 1);
    let (slot, budget) = (&world.slots[0], world.accumulator.budget());
    let tagged = |number| Append { note: Note::Number(number), ..record(b"0123456789") };
    let refused = (0..).find_map(|number| slot.append(Generation(0), tagged(number)).err());
    assert!(matches!(refused.unwrap().why, Why::NeedsMemory { .. }));
    assert!(budget.used() <= memory);
    let ready = pulled(slot, 0);
    let count = ready.records as usize;
    // What a record takes, and its note beside it.
    assert!(count * (10 + 7 + 16) <= memory, "{count}");
    slot.settle(Ticket(0), written(0), ready.encoded);
    let batch = world.kept.0.lock().unwrap().pop().unwrap();
    assert_eq!(batch.notes.len(), count);
    drop(batch);
    assert_eq!(budget.held(), 0);
}

#[test]
fn a_batch_that_ends_while_it_is_open_has_an_end_and_is_never_taken() {
    let world = World::new(Settings::default(), 1);
    let slot = &world.slots[0];
    let (delivery, _) = append(slot, b"a");
    let job = slot.pull(Ticket(0)).unwrap();
    let (second, _) = append(slot, b"b");
    append(slot, b"c");
    let end = |reason| Resolution::Whole(Err(reason));
    assert_eq!(slot.settle(Ticket(1), end("expired"), None), Some(2));
    assert_eq!(slot.settle(Ticket(0), end("aborted"), None), Some(1));
    world::run(job);
    assert!(world::taken(slot).is_none());
    let ends = [delivery, second].map(|delivery| delivery.result().unwrap());
    assert_eq!(ends, [Err("aborted"), Err("expired")]);
    append(slot, b"c");
    assert_eq!(pulled(slot, 2).records, 1);
}
