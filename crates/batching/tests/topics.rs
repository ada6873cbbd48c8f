//! Which partition a record goes to, and what happens when the topic changes.

#![cfg(test)]
#![cfg(not(loom))]

mod world;

use klamm_batching::names::Part;
use klamm_batching::{Generation, Settings, TopicView, Why};
use klamm_wire::{PartitionIndex, Time, TopicId};
use world::{World, record};

#[test]
fn a_topic_sticks_to_a_partition_for_a_batchs_worth() {
    let world = World::new(Settings { batch_size: 1_000, ..Settings::default() }, 8);
    let partition = |_| world.topic.append(None, record(&[7; 100])).unwrap().0.partition().0;
    let partitions: Vec<i32> = (0..2_000).map(partition).collect();
    // A record takes 108 or 109 bytes: ten of them are the first to reach 1,000.
    assert!(partitions.chunks(10).all(|run| run.iter().all(|one| *one == run[0])));
    let mut seen: Vec<i32> = partitions.chunks(10).map(|run| run[0]).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn weights_draw_the_choices() {
    let world = World::new(Settings { batch_size: 1, ..Settings::default() }, 2);
    let view = world.topic.view().unwrap();
    let again = |slot| klamm_batching::PartitionView { slot, is_available: true };
    let partitions = view.partitions.iter().map(|one| again(one.slot.clone())).collect();
    let (generation, id) = (Generation(0), TopicId::default());
    world.topic.publish(TopicView { generation, id, partitions, weights: vec![9, 10] });
    let first = |_: &u32| world.topic.append(None, record(b"a")).unwrap().0.partition().0 == 0;
    let hits = (0..1_000).filter(first).count();
    assert!((850..950).contains(&hits), "{hits}");
}

#[test]
fn a_partition_that_is_not_there_is_named_and_one_without_topic_is_stale() {
    let world = World::new(Settings::default(), 3);
    for wrong in [3, -1, i32::MAX, i32::MIN] {
        let refused = world.topic.append(Some(PartitionIndex(wrong)), record(b"a")).unwrap_err();
        assert_eq!(refused.why, Why::NoSuchPartition { count: 3 });
    }
    let unknown = world.accumulator.topic("unknown");
    assert_eq!(unknown.append(None, record(b"a")).unwrap_err().why, Why::Stale);
}

#[test]
fn whoever_appends_looks_again_when_the_topic_was_made_anew() {
    let world = World::new(Settings::default(), 1);
    world.topic.append(None, record(b"a")).unwrap();
    world.publish(Generation(1));
    world.topic.append(None, record(b"b")).unwrap();
    world.slots[0].renew(Generation(1));
    world.topic.append(None, record(b"c")).unwrap();
    assert_eq!(world.news().len(), 3);
    world.slots[0].renew(Generation(2));
    assert_eq!(world.topic.append(None, record(b"d")).unwrap_err().why, Why::Stale);
    world.publish(Generation(2));
    world.topic.append(None, record(b"d")).unwrap();
}

#[test]
fn the_engine_is_woken_only_when_it_would_oversleep() {
    let world = World::new(Settings::default(), 2);
    world.topic.append(Some(PartitionIndex(0)), record(b"a")).unwrap();
    assert_eq!((world.rings(), world.accumulator.park(None)), (0, false));
    assert_eq!(world.news().len(), 1);
    assert!(world.accumulator.park(Some(Time(1_000_000))));
    world.topic.append(Some(PartitionIndex(1)), record(b"a")).unwrap();
    assert_eq!((world.rings(), world.news().len()), (0, 1));
    assert!(world.accumulator.park(None));
    let late = world.accumulator.slot(&world.topic, PartitionIndex(2), Part(2), Generation(0));
    let looks = || world.hands.looks.load(std::sync::atomic::Ordering::SeqCst);
    let before = looks();
    late.append(Generation(0), record(b"a")).unwrap();
    late.append(Generation(0), record(b"b")).unwrap();
    assert_eq!((world.rings(), looks() - before), (1, 1));
}
