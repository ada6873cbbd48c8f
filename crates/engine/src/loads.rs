//! Slow partitions get less of what may go anywhere (KIP-794).

use std::collections::BTreeSet;
use std::time::Duration;

use klamm_cluster::metadata::TopicRef;
use klamm_wire::Time;

use crate::parts::Partition;

/// So often appenders are shown other weights at the most.
const PACE: Duration = Duration::from_millis(100);

/// The topics whose queues changed since appenders were last shown how long they are.
#[derive(Debug, Default)]
pub(crate) struct Loads {
    changed: BTreeSet<TopicRef>,
    not_before: Time,
}

impl Loads {
    /// A queue of a topic changed.
    pub(crate) fn change(&mut self, topic: TopicRef) {
        self.changed.insert(topic);
    }

    /// The topics to look at, if it is time for that.
    pub(crate) fn take(&mut self, now: Time) -> BTreeSet<TopicRef> {
        if self.changed.is_empty() || now < self.not_before {
            return BTreeSet::new();
        }
        self.not_before = now.saturating_add(PACE);
        std::mem::take(&mut self.changed)
    }
}

/// The sums of weights by which choices are spread over these partitions; none where they weigh
/// the same. The longer a queue, the less it gets; one that has not moved for too long, and one
/// that nobody leads, gets nothing.
pub(crate) fn weights(loads: &[Option<usize>]) -> Vec<u32> {
    let known = || loads.iter().copied().flatten();
    let Some(longest) = known().max() else { return Vec::new() };
    if known().count() == loads.len() && known().all(|queued| queued == longest) {
        return Vec::new();
    }
    let weight = |load: &Option<usize>| {
        let room = load.map(|queued| longest.saturating_sub(queued).saturating_add(1));
        room.map_or(0, |room| u32::try_from(room).unwrap_or(u32::MAX))
    };
    let mut sum = 0_u32;
    let sums = loads.iter().map(weight).map(|weight| {
        sum = sum.saturating_add(weight);
        sum
    });
    sums.collect()
}

/// How much waits for a partition, unless it is no choice at all.
pub(crate) fn load(
    partition: &Partition,
    is_led: bool,
    (now, slow_after): (Time, Option<Duration>),
) -> Option<usize> {
    let since = partition.waits_since();
    let is_slow = since
        .zip(slow_after)
        .is_some_and(|(since, slow_after)| now.saturating_duration_since(since) >= slow_after);
    (is_led && !is_slow).then(|| partition.queued())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_a_queue_the_less_it_gets() {
        assert_eq!(weights(&[Some(0), Some(3), Some(1)]), [4, 5, 8]);
        assert_eq!(weights(&[Some(2), None, Some(2)]), [1, 1, 2]);
    }

    #[test]
    fn equal_queues_need_no_weights_and_nobody_none() {
        assert!(weights(&[Some(2), Some(2)]).is_empty());
        assert!(weights(&[None, None]).is_empty());
        assert!(weights(&[]).is_empty());
    }

    #[test]
    fn weights_are_not_shown_more_often_than_somebody_can_tell() {
        let mut loads = Loads::default();
        let at = |millis: u64| Time(millis * 1_000_000);
        loads.change(TopicRef(0));
        assert_eq!(loads.take(at(0)).len(), 1);
        loads.change(TopicRef(0));
        assert!(loads.take(at(99)).is_empty());
        assert_eq!(loads.take(at(100)).len(), 1);
        assert!(loads.take(at(300)).is_empty());
    }
}
