//! Reads what an answer says of one topic into the picture.

use klamm_protocol::metadata::response::{MetadataResponsePartition, MetadataResponseTopic};
use klamm_wire::{ErrorCode, PartitionIndex, TopicId};

use super::event::Event;
use super::leaders::{self, News, Said};
use super::oddities::{Oddities, count};
use super::picture::Picture;
use super::topic::{Partition, Topic, TopicRef};

/// No topic has so many partitions.
const MOST_PARTITIONS: usize = 1_000_000;
/// A partition's number is below this many times the partitions that are listed with it.
const MOST_PER_LISTED: usize = 10;

/// How to read an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    /// The version, which says how far epochs can be relied on.
    pub(super) version: i16,
    /// The topic has been smaller for long enough to believe it.
    pub(super) may_shrink: bool,
    /// The topic was missing, and may be another one where ids do not tell.
    pub(super) was_missing: bool,
}

/// What came of a topic.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    /// Some partition has no leader, or the answer was incomplete or in error about one.
    pub(super) is_troubled: bool,
    /// It was listed with fewer partitions than it has.
    pub(super) is_short: bool,
}

/// What a topic was before an answer.
enum Was {
    Unknown,
    Another,
    /// With so many partitions.
    Known(usize),
}

impl Picture {
    /// Takes a topic without an error; `None` if no partition is listed that there can be.
    pub(super) fn take(
        &mut self,
        at: TopicRef,
        said: &MetadataResponseTopic<'_>,
        how: How,
    ) -> Option<Taken> {
        //= M4 no partitions: the topic is not there yet
        let size = size(&said.partitions, &mut self.oddities);
        let listed = i32::try_from(size).ok().filter(|size| *size > 0)?;
        let topic = self.topics.get_mut(usize::try_from(at.0).ok()?)?;
        let learns = topic.id == TopicId::ZERO && said.topic_id != TopicId::ZERO;
        let was = become_it(topic, said.topic_id, how);
        let first_new = match was {
            Was::Unknown | Was::Another => {
                topic.partitions.resize(size, Partition::NEW);
                0
            }
            Was::Known(before) if before > size && how.may_shrink => {
                topic.partitions.truncate(size);
                self.events.push_back(Event::PartitionsGone { topic: at, partitions: listed });
                size
            }
            Was::Known(before) => {
                topic.partitions.resize(size.max(before), Partition::NEW);
                before
            }
        };
        let is_short = topic.partitions.len() > size;
        match was {
            Was::Unknown => self.events.push_back(Event::TopicKnown {
                topic: at,
                id: topic.id,
                partitions: listed,
            }),
            Was::Another => self.events.push_back(Event::TopicRecreated {
                topic: at,
                id: topic.id,
                partitions: listed,
            }),
            Was::Known(before) => {
                if learns {
                    self.events.push_back(Event::TopicIdLearnt { topic: at, id: topic.id });
                }
                if size > before {
                    self.events.push_back(Event::PartitionsAdded { topic: at, partitions: listed });
                }
            }
        }
        let is_whole = self.take_partitions(at, said, how.version, (size, first_new));
        self.announce_from(at, first_new);
        Some(Taken { is_troubled: is_short || !is_whole, is_short })
    }

    /// Takes who leads the partitions, and announces what changed below `first_new`. Whether every
    /// partition was listed and has a leader that can be reached.
    fn take_partitions(
        &mut self,
        at: TopicRef,
        said: &MetadataResponseTopic<'_>,
        version: i16,
        (size, first_new): (usize, usize),
    ) -> bool {
        let Self { topics, brokers, events, oddities, named } = self;
        let topic = usize::try_from(at.0).ok().and_then(|index| topics.get_mut(index));
        let Some(topic) = topic else { return false };
        named.clear();
        named.resize(size, false);
        let (mut is_whole, mut count_named) = (true, 0_usize);
        for one in &said.partitions {
            let Ok(index) = usize::try_from(one.partition_index.0) else { continue };
            let Some(known) = topic.partitions.get_mut(index) else { continue };
            match named.get_mut(index) {
                Some(is_named) if !*is_named => *is_named = true,
                Some(_) => {
                    count(&mut oddities.duplicates);
                    continue;
                }
                None => continue,
            }
            count_named = count_named.saturating_add(1);
            let leader = Some(one.leader_id).filter(|node| node.0 >= 0);
            let reachable = leader.filter(|node| brokers.contains(*node));
            if leader != reachable {
                count(&mut oddities.foreign_leaders);
            }
            let epoch = leaders::stated(version, one.leader_epoch);
            let news = leaders::refresh(known, Said { leader: reachable, epoch });
            let leads = match news {
                News::Old => known.leader.is_some_and(|leader| brokers.contains(leader.node)),
                News::Same | News::Changed => reachable.is_some(),
            };
            match news {
                News::Old => count(&mut oddities.old_news),
                News::Changed if index < first_new => events.push_back(Event::Leader {
                    topic: at,
                    partition: one.partition_index,
                    leader: known.leader,
                }),
                News::Same | News::Changed => {}
            }
            if news != News::Old {
                topic.note_in_sync(index, one.isr_nodes.iter());
            }
            is_whole &= leads && is_usable(one.error_code);
        }
        let holes = size.saturating_sub(count_named);
        oddities.holes = oddities.holes.saturating_add(u64::try_from(holes).unwrap_or(u64::MAX));
        is_whole && holes == 0
    }
}

//= M5 an id says which topic it is, and no id says nothing
/// Makes the topic the one with this id, and says what it was before.
fn become_it(topic: &mut Topic, id: TopicId, how: How) -> Was {
    let (knows, says) = (topic.id != TopicId::ZERO, id != TopicId::ZERO);
    let was = match topic.is_known {
        _ if knows && says && topic.id != id => Was::Another,
        true => Was::Known(topic.partitions.len()),
        false => Was::Unknown,
    };
    if let Was::Another = was {
        topic.clear();
    }
    //= R13 without an id to compare, epochs of before the topic was missing are not held against it
    if !knows && (says || how.was_missing) {
        topic.believe_afresh();
    }
    if says {
        topic.id = id;
    }
    topic.is_known = true;
    was
}

//= M3 a number far beyond what is listed is no partition
/// How many partitions an answer speaks of: one more than the greatest number that can be believed.
fn size(listed: &[MetadataResponsePartition<'_>], oddities: &mut Oddities) -> usize {
    let bound = listed.len().saturating_mul(MOST_PER_LISTED).min(MOST_PARTITIONS);
    let index = |PartitionIndex(index)| usize::try_from(index).ok().filter(|it| *it < bound);
    let mut size = 0;
    for partition in listed {
        match index(partition.partition_index) {
            Some(index) => size = size.max(index.saturating_add(1)),
            None => count(&mut oddities.misnumbered_partitions),
        }
    }
    size
}

/// Whether the entry of a partition can be used as it is. Brokers once reported an offline replica
/// beside a leader in good health.
fn is_usable(error: ErrorCode) -> bool {
    error.is_ok() || error == ErrorCode::REPLICA_NOT_AVAILABLE
}
