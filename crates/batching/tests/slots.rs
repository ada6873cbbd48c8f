//! A slot from the first record to the end of its batch.

#![cfg(test)]
#![cfg(not(loom))]

mod world;

use klamm_batching::{Generation, News, Settings, Tag, Ticket, Why};
use klamm_records::{Codec, Compression};
use klamm_wire::Time;
use world::{World, append, pulled, record, run, run_left, taken, written};

fn small() -> Settings {
    Settings { batch_size: 1_000, ..Settings::default() }
}

#[test]
fn a_record_goes_its_whole_way() {
    let world = World::new(Settings::default(), 1);
    let slot = &world.slots[0];
    let (first, none) = append(slot, b"a");
    let (second, _) = append(slot, b"b");
    assert!(none.is_none());
    let [(0, News::Opened { ticket, due, .. })] = world.news()[..] else { panic!() };
    assert_eq!((ticket, due), (Ticket(0), Time(5_000_000)));
    let ready = pulled(slot, 0);
    assert_eq!((ready.records, ready.encoded.as_ref().unwrap().count()), (2, 2));
    assert_eq!(first.result(), None);
    assert_eq!(slot.settle(Ticket(0), written(40), ready.encoded), Some(2));
    assert_eq!(first.result().unwrap().unwrap().offset, Some(40));
    assert_eq!(second.result().unwrap().unwrap().offset, Some(41));
    assert_eq!(slot.settle(Ticket(0), written(50), None), None);
    drop((first, second));
    assert_eq!(world.accumulator.budget().held(), 0);
}

#[test]
fn a_full_batch_that_is_small_waits_for_the_engine() {
    let world = World::new(small(), 1);
    let slot = &world.slots[0];
    for _ in 0..9 {
        assert!(append(slot, &[7; 100]).1.is_none());
    }
    let news: Vec<_> = world.news().into_iter().map(|(_, news)| news).collect();
    let sealed = News::Sealed { ticket: Ticket(0), records: 8, bytes: 61 + 8 * 109 };
    assert_eq!(news[1], sealed);
    assert!(slot.take_ready().is_none(), "its job is nobody's yet");
    assert_eq!(taken(slot).unwrap().records, 8);
    (0..8).for_each(|_| drop(append(slot, &[7; 100])));
    run(slot.next_job().unwrap());
    assert!(slot.next_job().is_none());
    assert_eq!(taken(slot).unwrap().ticket, Ticket(1));
}

#[test]
fn a_full_batch_with_a_codec_is_the_job_of_whom_it_stopped() {
    let compression = Compression::from(Codec::Lz4);
    let world = World::new(Settings { compression, ..small() }, 1);
    let slot = &world.slots[0];
    let job = (0..20).find_map(|_| append(slot, &[7; 100]).1).unwrap();
    assert!(!job.is_small() && slot.next_job().is_none());
    run(job);
    let encoded = taken(slot).unwrap().encoded.unwrap();
    assert_eq!(encoded.codec(), Codec::Lz4);
}

#[test]
fn a_batch_is_not_taken_before_its_news_are_read() {
    let compression = Compression::from(Codec::Lz4);
    for settings in [small(), Settings { compression, ..small() }] {
        let world = World::new(settings, 1);
        let slot = &world.slots[0];
        assert!(world.news().is_empty());
        // Between the engine's reading and its taking a batch is opened, filled and made.
        (0..20).filter_map(|_| append(slot, &[7; 100]).1).take(1).for_each(run);
        run_left(slot);
        assert!(slot.take_ready().is_none(), "nobody knows whose that would be");
        assert!(matches!(world.news()[0], (0, News::Opened { .. })));
        assert_eq!(slot.take_ready().unwrap().ticket, Ticket(0));
    }
}

#[test]
fn batches_are_taken_by_ticket_whichever_job_ends_first() {
    let compression = Compression::from(Codec::Lz4);
    let world = World::new(Settings { compression, ..small() }, 1);
    let slot = &world.slots[0];
    append(slot, b"a");
    let first = slot.pull(Ticket(0)).unwrap();
    append(slot, b"b");
    run(slot.pull(Ticket(1)).unwrap());
    assert!(slot.take_ready().is_none());
    assert_eq!(world.news().len(), 4);
    run(first);
    let tickets = [slot.take_ready(), slot.take_ready()].map(|ready| ready.unwrap().ticket);
    assert_eq!(tickets, [Ticket(0), Ticket(1)]);
}

#[test]
fn a_dropped_job_has_failed() {
    let world = World::new(small(), 1);
    let slot = &world.slots[0];
    append(slot, b"a");
    drop(slot.pull(Ticket(0)).unwrap());
    assert!(taken(slot).unwrap().encoded.is_none());
    assert!(slot.pull(Ticket(0)).is_none());
}

#[test]
fn another_generation_is_refused_and_a_newer_one_taken() {
    let world = World::new(small(), 1);
    let slot = &world.slots[0];
    append(slot, b"a");
    slot.renew(Generation(1));
    let refused = slot.append(Generation(0), record(b"b")).unwrap_err();
    assert_eq!(refused.why, Why::Stale);
    slot.append(Generation(1), record(b"b")).unwrap();
    slot.append(Generation(2), record(b"c")).unwrap();
    assert_eq!(slot.append(Generation(1), record(b"d")).unwrap_err().why, Why::Stale);
    let opened = |(_, news): &(i32, News)| matches!(news, News::Opened { .. });
    assert_eq!(world.news().iter().filter(|news| opened(news)).count(), 3);
}

#[test]
fn only_the_writable_transaction_is_written_and_another_has_batches_of_its_own() {
    let world = World::new(small(), 1);
    let slot = &world.slots[0];
    let with = |tag| slot.append(Generation(0), klamm_batching::Append { tag, ..record(b"a") });
    assert_eq!(with(Some(Tag(1))).unwrap_err().why, Why::NotInTransaction);
    world.accumulator.set_writable(Some(Tag(1)));
    assert_eq!(with(None).unwrap_err().why, Why::NotInTransaction);
    with(Some(Tag(1))).unwrap();
    world.accumulator.set_writable(Some(Tag(2)));
    assert_eq!(with(Some(Tag(1))).unwrap_err().why, Why::NotInTransaction);
    with(Some(Tag(2))).unwrap();
    let tags = |(_, news)| match news {
        News::Opened { ticket, tag, .. } => Some((ticket.0, tag)),
        News::Sealed { .. } => None,
    };
    let tags: Vec<_> = world.news().into_iter().filter_map(tags).collect();
    assert_eq!(tags, [(0, Some(Tag(1))), (1, Some(Tag(2)))]);
    world.accumulator.close();
    assert_eq!(with(Some(Tag(2))).unwrap_err().why, Why::Closed);
}
