//! OffsetFetch: what groups have committed, in the three shapes that its versions have.

use std::borrow::Cow;

use klamm_protocol::offset_fetch::request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use klamm_protocol::offset_fetch::response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic, OffsetFetchResponseTopics,
};
use klamm_protocol::offset_fetch::{OffsetFetchRequest, OffsetFetchResponse};
use klamm_wire::{ErrorCode, PartitionIndex, TopicId};

use super::offsets::{Offsets, Place};
use super::{Groups, TopicNames};
use crate::{Defect, Defects};

/// How offsets are looked at.
#[derive(Clone, Copy)]
struct Reader<'a> {
    offsets: &'a Offsets,
    names: &'a dyn TopicNames,
    version: i16,
    require_stable: bool,
    leaks: bool,
}

impl Groups {
    /// Answers OffsetFetch. Nobody has to be a member to read, and what does not exist has no
    /// offset; that is no error.
    pub(crate) fn fetch(
        &self,
        version: i16,
        request: &OffsetFetchRequest<'_>,
        names: &dyn TopicNames,
        defects: &Defects,
    ) -> OffsetFetchResponse<'static> {
        let reader = Reader {
            offsets: &self.offsets,
            names,
            version,
            require_stable: request.require_stable,
            leaks: defects.has(Defect::LeaksPendingOffsets),
        };
        if version >= 8 {
            let groups = request.groups.iter().map(|group| reader.group(group)).collect();
            return OffsetFetchResponse { groups, ..OffsetFetchResponse::DEFAULT };
        }
        let topics = match &request.topics {
            Some(topics) => topics.iter().map(|topic| reader.asked(&request.group_id, topic)),
            None => return reader.every(&request.group_id),
        };
        OffsetFetchResponse { topics: topics.collect(), ..OffsetFetchResponse::DEFAULT }
    }
}

impl Reader<'_> {
    fn group(self, asked: &OffsetFetchRequestGroup<'_>) -> OffsetFetchResponseGroup<'static> {
        let group = &*asked.group_id;
        let topics = match &asked.topics {
            Some(topics) => topics.iter().map(|topic| self.topic(group, topic)).collect(),
            None => self.all(group),
        };
        let group_id = Cow::Owned(group.to_owned());
        OffsetFetchResponseGroup { group_id, topics, ..OffsetFetchResponseGroup::DEFAULT }
    }

    fn topic(
        self,
        group: &str,
        asked: &OffsetFetchRequestTopics<'_>,
    ) -> OffsetFetchResponseTopics<'static> {
        let indexes = asked.partition_indexes.iter();
        let name = match self.version {
            ..=9 => Some(&*asked.name),
            _ => self.names.name(asked.topic_id),
        };
        let partitions = indexes.map(|partition| match name {
            Some(name) => self.partition((group, name, partition.0)),
            None => absent(partition, ErrorCode::UNKNOWN_TOPIC_ID),
        });
        OffsetFetchResponseTopics {
            partitions: partitions.collect(),
            ..topic(name.unwrap_or_default(), asked.topic_id)
        }
    }

    /// Every offset of the group. A topic that is gone has no id to be named by, and is left out
    /// where topics are named by their ids.
    fn all(self, group: &str) -> Vec<OffsetFetchResponseTopics<'static>> {
        let listed = if self.leaks {
            self.offsets.of_group_with_pending(group)
        } else {
            self.offsets.of_group(group)
        };
        let describe = |(name, partitions): (&str, std::collections::BTreeSet<i32>)| {
            let id = if self.version >= 10 { self.names.id(name)? } else { TopicId::ZERO };
            let partitions = partitions.into_iter();
            let partitions = partitions.map(|partition| self.partition((group, name, partition)));
            Some(OffsetFetchResponseTopics { partitions: partitions.collect(), ..topic(name, id) })
        };
        listed.into_iter().filter_map(describe).collect()
    }

    fn partition(self, place: Place<'_>) -> OffsetFetchResponsePartitions<'static> {
        let index = PartitionIndex(place.2);
        if self.require_stable && !self.leaks && self.offsets.is_unstable(place) {
            return absent(index, ErrorCode::UNSTABLE_OFFSET_COMMIT);
        }
        let found = if self.leaks { self.offsets.newest(place) } else { self.offsets.get(place) };
        found.map_or_else(
            || absent(index, ErrorCode::NONE),
            |found| OffsetFetchResponsePartitions {
                partition_index: index,
                committed_offset: found.offset,
                committed_leader_epoch: found.leader_epoch,
                metadata: Some(Cow::Owned(found.metadata.clone())),
                ..OffsetFetchResponsePartitions::DEFAULT
            },
        )
    }

    /// The shape of the versions that know one group.
    fn asked(
        self,
        group: &str,
        asked: &OffsetFetchRequestTopic<'_>,
    ) -> OffsetFetchResponseTopic<'static> {
        let indexes = asked.partition_indexes.iter();
        let partitions = indexes.map(|index| self.partition((group, &asked.name, index.0)));
        OffsetFetchResponseTopic {
            name: Cow::Owned(asked.name.to_string()),
            partitions: partitions.map(before_groups).collect(),
            ..OffsetFetchResponseTopic::DEFAULT
        }
    }

    fn every(self, group: &str) -> OffsetFetchResponse<'static> {
        let topics = self.all(group).into_iter().map(|topic| OffsetFetchResponseTopic {
            name: topic.name,
            partitions: topic.partitions.into_iter().map(before_groups).collect(),
            ..OffsetFetchResponseTopic::DEFAULT
        });
        OffsetFetchResponse { topics: topics.collect(), ..OffsetFetchResponse::DEFAULT }
    }
}

fn topic(name: &str, topic_id: TopicId) -> OffsetFetchResponseTopics<'static> {
    let name = Cow::Owned(name.to_owned());
    OffsetFetchResponseTopics { name, topic_id, ..OffsetFetchResponseTopics::DEFAULT }
}

fn absent(
    partition_index: PartitionIndex,
    error_code: ErrorCode,
) -> OffsetFetchResponsePartitions<'static> {
    OffsetFetchResponsePartitions {
        partition_index,
        error_code,
        committed_offset: -1,
        metadata: Some(Cow::Borrowed("")),
        ..OffsetFetchResponsePartitions::DEFAULT
    }
}

fn before_groups(
    partition: OffsetFetchResponsePartitions<'static>,
) -> OffsetFetchResponsePartition<'static> {
    OffsetFetchResponsePartition {
        partition_index: partition.partition_index,
        committed_offset: partition.committed_offset,
        committed_leader_epoch: partition.committed_leader_epoch,
        metadata: partition.metadata,
        error_code: partition.error_code,
        ..OffsetFetchResponsePartition::DEFAULT
    }
}
