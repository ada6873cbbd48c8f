//! The offsets of all groups: those that count, and those of open transactions.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use klamm_wire::Time;

/// One partition's offset as a group committed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Committed {
    pub(super) offset: i64,
    pub(super) leader_epoch: i32,
    pub(super) metadata: String,
    pub(super) at: Time,
    /// How long it is kept by the committer's own wish.
    pub(super) retention: Option<Duration>,
    /// Its place in the order of all commits; set when it is stored.
    order: u64,
}

impl Committed {
    pub(super) fn new(at: Time, offset: i64, leader_epoch: i32, metadata: Option<&str>) -> Self {
        let metadata = metadata.unwrap_or_default().to_owned();
        Self { offset, leader_epoch, metadata, at, retention: None, order: 0 }
    }

    /// Whether the offset is to be forgotten. A wish is counted from the commit; the common
    /// retention from when the group was left, if it has been used by members.
    fn is_expired(&self, now: Time, left: Option<Time>, retention: Duration) -> bool {
        let (since, retention) = match self.retention {
            Some(wish) => (self.at, wish),
            None => (left.unwrap_or(self.at), retention),
        };
        now.saturating_duration_since(since) >= retention
    }
}

/// By topic and partition.
type Topics = BTreeMap<String, BTreeMap<i32, Committed>>;

/// One partition's place: group, topic, partition.
pub(super) type Place<'a> = (&'a str, &'a str, i32);

/// The offsets of all groups.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    by_group: BTreeMap<String, Topics>,
    /// By producer, then by group: what an open transaction would commit.
    pending: BTreeMap<i64, BTreeMap<String, Topics>>,
    /// The newest epoch of each producer that committed here or whose transaction ended here.
    epochs: BTreeMap<i64, i16>,
    commits: u64,
}

/// How many producers' epochs are remembered. Kafka forgets them after a day.
const PRODUCERS: usize = 10_000;

impl Offsets {
    pub(super) fn put(&mut self, place: Place<'_>, committed: Committed) {
        let committed = self.numbered(committed);
        insert(&mut self.by_group, place, committed);
    }

    /// Keeps an offset until its transaction ends.
    pub(super) fn put_pending(&mut self, producer: i64, place: Place<'_>, committed: Committed) {
        let committed = self.numbered(committed);
        insert(self.pending.entry(producer).or_default(), place, committed);
    }

    fn numbered(&mut self, committed: Committed) -> Committed {
        self.commits = self.commits.saturating_add(1);
        Committed { order: self.commits, ..committed }
    }

    /// Takes note of a producer's epoch; false if a newer one is known, which fences this one.
    pub(super) fn admit(&mut self, producer: i64, epoch: i16) -> bool {
        let newest = self.epochs.entry(producer).or_insert(epoch);
        let current = epoch >= *newest;
        *newest = epoch.max(*newest);
        if self.epochs.len() > PRODUCERS {
            self.epochs.pop_first();
        }
        current
    }

    /// A transaction ended. What was committed after its offsets were counts more than they do.
    pub(super) fn end(&mut self, producer: i64, commit: bool) {
        let groups = self.pending.remove(&producer).unwrap_or_default();
        if !commit {
            return;
        }
        for (group, topics) in groups {
            for (topic, partitions) in topics {
                for (partition, committed) in partitions {
                    let place = (group.as_str(), topic.as_str(), partition);
                    if self.get(place).is_none_or(|current| current.order < committed.order) {
                        insert(&mut self.by_group, place, committed);
                    }
                }
            }
        }
    }

    /// A topic is gone, and with it what was committed for it, in transactions or not.
    pub(super) fn forget_topic(&mut self, topic: &str) {
        let pending = self.pending.values_mut().flat_map(BTreeMap::values_mut);
        for topics in self.by_group.values_mut().chain(pending) {
            topics.remove(topic);
        }
    }

    pub(super) fn get(&self, (group, topic, partition): Place<'_>) -> Option<&Committed> {
        self.by_group.get(group)?.get(topic)?.get(&partition)
    }

    /// What open transactions would commit for a partition.
    fn pending(&self, (group, topic, partition): Place<'_>) -> impl Iterator<Item = &Committed> {
        let groups = self.pending.values().filter_map(move |groups| groups.get(group));
        groups.filter_map(move |topics| topics.get(topic)?.get(&partition))
    }

    pub(super) fn is_unstable(&self, place: Place<'_>) -> bool {
        self.pending(place).next().is_some()
    }

    /// The newest offset of a partition, open transactions included.
    pub(super) fn newest(&self, place: Place<'_>) -> Option<&Committed> {
        self.pending(place).chain(self.get(place)).max_by_key(|committed| committed.order)
    }

    /// The partitions for which a group has an offset.
    pub(super) fn of_group(&self, group: &str) -> BTreeMap<&str, BTreeSet<i32>> {
        listed(self.by_group.get(group).into_iter())
    }

    /// The same, with those that only an open transaction has committed.
    pub(super) fn of_group_with_pending(&self, group: &str) -> BTreeMap<&str, BTreeSet<i32>> {
        let pending = self.pending.values().filter_map(|groups| groups.get(group));
        listed(self.by_group.get(group).into_iter().chain(pending))
    }

    /// How many transactions have offsets here.
    pub(super) fn open_transactions(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn has_pending(&self, producer: i64) -> bool {
        self.pending.contains_key(&producer)
    }

    /// Forgets a group's old offsets; true if none are left, and no transaction has any either.
    /// What a transaction is about to overwrite stays.
    pub(super) fn sweep(
        &mut self,
        group: &str,
        now: Time,
        left: Option<Time>,
        retention: Duration,
    ) -> bool {
        let mut topics = self.by_group.remove(group).unwrap_or_default();
        for (topic, partitions) in &mut topics {
            partitions.retain(|partition, committed| {
                !committed.is_expired(now, left, retention)
                    || self.is_unstable((group, topic, *partition))
            });
        }
        topics.retain(|_, partitions| !partitions.is_empty());
        if !topics.is_empty() {
            self.by_group.insert(group.to_owned(), topics);
            return false;
        }
        !self.pending.values().any(|groups| groups.contains_key(group))
    }
}

fn insert(
    groups: &mut BTreeMap<String, Topics>,
    (group, topic, partition): Place<'_>,
    committed: Committed,
) {
    let topics = groups.entry(group.to_owned()).or_default();
    topics.entry(topic.to_owned()).or_default().insert(partition, committed);
}

fn listed<'a>(groups: impl Iterator<Item = &'a Topics>) -> BTreeMap<&'a str, BTreeSet<i32>> {
    let mut found = BTreeMap::<&str, BTreeSet<i32>>::new();
    for (topic, partitions) in groups.flatten() {
        found.entry(topic).or_default().extend(partitions.keys());
    }
    found
}
