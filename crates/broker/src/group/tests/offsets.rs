//! Offsets: committed, fetched, in transactions and out of them.

use klamm_protocol::offset_commit::request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use klamm_protocol::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use klamm_protocol::offset_fetch::OffsetFetchRequest;
use klamm_protocol::offset_fetch::request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use klamm_protocol::offset_fetch::response::OffsetFetchResponsePartitions;
use klamm_protocol::txn_offset_commit::TxnOffsetCommitRequest;
use klamm_protocol::txn_offset_commit::request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use klamm_wire::{Epoch, PartitionIndex, ProducerId};

use proptest::prelude::*;

use super::*;
use crate::{Defect, Defects};

fn commit_request(offsets: &[(&str, i32, i64)]) -> OffsetCommitRequest<'static> {
    let topic = |(name, partition, offset): &(&str, i32, i64)| OffsetCommitRequestTopic {
        name: Cow::Owned((*name).to_owned()),
        topic_id: Names.id(name).unwrap_or_default(),
        partitions: vec![OffsetCommitRequestPartition {
            partition_index: PartitionIndex(*partition),
            committed_offset: *offset,
            committed_leader_epoch: 4,
            committed_metadata: Some("m".into()),
            ..OffsetCommitRequestPartition::DEFAULT
        }],
        ..OffsetCommitRequestTopic::DEFAULT
    };
    OffsetCommitRequest {
        group_id: GROUP.into(),
        topics: offsets.iter().map(topic).collect(),
        ..OffsetCommitRequest::DEFAULT
    }
}

fn codes(answer: &OffsetCommitResponse<'_>) -> Vec<ErrorCode> {
    let partitions = answer.topics.iter().flat_map(|topic| &topic.partitions);
    partitions.map(|partition| partition.error_code).collect()
}

impl Desk {
    fn commit(&mut self, version: i16, offsets: &[(&str, i32, i64)]) -> Vec<ErrorCode> {
        let request = commit_request(offsets);
        codes(&self.groups.commit(self.now, version, &request, &Names, &exists))
    }

    /// A commit in the transaction of producer 1 at some epoch, into partition 0 of `t`.
    fn commit_later(&mut self, epoch: i16, offset: i64) -> ErrorCode {
        self.commit_as(1, epoch, offset)
    }

    fn commit_as(&mut self, producer: i64, epoch: i16, offset: i64) -> ErrorCode {
        let partition = TxnOffsetCommitRequestPartition {
            committed_offset: offset,
            ..TxnOffsetCommitRequestPartition::DEFAULT
        };
        let topic = TxnOffsetCommitRequestTopic {
            name: "t".into(),
            partitions: vec![partition],
            ..TxnOffsetCommitRequestTopic::DEFAULT
        };
        let request = TxnOffsetCommitRequest {
            group_id: GROUP.into(),
            producer_id: ProducerId(producer),
            producer_epoch: Epoch(epoch),
            topics: vec![topic],
            ..TxnOffsetCommitRequest::DEFAULT
        };
        let answer = self.groups.commit_in_transaction(self.now, 5, &request, &exists);
        answer.topics[0].partitions[0].error_code
    }

    fn fetched(
        &self,
        stable: bool,
        defects: &Defects,
    ) -> Vec<OffsetFetchResponsePartitions<'static>> {
        let topic = OffsetFetchRequestTopics {
            name: "t".into(),
            partition_indexes: vec![PartitionIndex(0)].into(),
            ..OffsetFetchRequestTopics::DEFAULT
        };
        let group = OffsetFetchRequestGroup {
            group_id: GROUP.into(),
            topics: Some(vec![topic]),
            ..OffsetFetchRequestGroup::DEFAULT
        };
        let request = OffsetFetchRequest {
            groups: vec![group],
            require_stable: stable,
            ..OffsetFetchRequest::DEFAULT
        };
        let mut answer = self.groups.fetch(9, &request, &Names, defects);
        answer.groups.remove(0).topics.remove(0).partitions
    }

    /// The offset of partition 0 of `t`, as someone sees it who wants no unstable one.
    fn offset(&self) -> Result<i64, ErrorCode> {
        let found = self.fetched(true, &Defects::default()).remove(0);
        if found.error_code.is_ok() { Ok(found.committed_offset) } else { Err(found.error_code) }
    }

    /// All offsets of the group, by topic and partition.
    fn all(&self, version: i16) -> Vec<(String, i32, i64)> {
        let group = OffsetFetchRequestGroup {
            group_id: GROUP.into(),
            topics: None,
            ..OffsetFetchRequestGroup::DEFAULT
        };
        let groups = vec![group];
        let request = OffsetFetchRequest { groups, ..OffsetFetchRequest::DEFAULT };
        let mut answer = self.groups.fetch(version, &request, &Names, &Defects::default());
        let topics = answer.groups.remove(0).topics.into_iter();
        let told = topics.flat_map(|topic| {
            let name = topic.name.to_string();
            topic.partitions.into_iter().map(move |partition| {
                (name.clone(), partition.partition_index.0, partition.committed_offset)
            })
        });
        told.collect()
    }
}

#[test]
fn what_was_committed_is_fetched() {
    let mut desk = Desk::new();
    assert_eq!(desk.offset(), Ok(-1));
    assert_eq!(desk.commit(9, &[("t", 0, 5), ("u", 3, 6)]), [ErrorCode::NONE; 2]);
    let found = desk.fetched(false, &Defects::default()).remove(0);
    assert_eq!((found.committed_offset, found.committed_leader_epoch), (5, 4));
    assert_eq!(found.metadata.as_deref(), Some("m"));
    let all = [("t".to_owned(), 0, 5), ("u".to_owned(), 3, 6)];
    assert_eq!(desk.all(9), all);
    assert_eq!(desk.all(10), all[..1], "a topic without an id cannot be named by it");
}

#[test]
fn partitions_that_do_not_exist_are_refused_one_by_one() {
    let mut desk = Desk::new();
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    assert_eq!(desk.commit(9, &[("t", 9, 5), ("w", 0, 5)]), [unknown; 2]);
    assert_eq!(desk.state(), "Dead", "nothing was asked of the group");
    assert_eq!(desk.commit(9, &[("t", 9, 5), ("t", 0, 5)]), [unknown, ErrorCode::NONE]);
    let unnamed = [ErrorCode::NONE, ErrorCode::UNKNOWN_TOPIC_ID];
    assert_eq!(desk.commit(10, &[("t", 0, 6), ("u", 0, 6)]), unnamed);
}

#[test]
fn metadata_has_a_limit_in_units_of_java() {
    let mut desk = Desk::with(GroupSettings { max_offset_metadata: 4, ..<_>::default() });
    let mut code = |metadata: &str| {
        let mut request = commit_request(&[("t", 0, 5)]);
        request.topics[0].partitions[0].committed_metadata = Some(metadata.to_owned().into());
        codes(&desk.groups.commit(desk.now, 9, &request, &Names, &exists)).remove(0)
    };
    assert_eq!(code("öööö"), ErrorCode::NONE);
    assert_eq!(code("𝄞𝄞"), ErrorCode::NONE);
    assert_eq!(code("𝄞𝄞𝄞"), ErrorCode::OFFSET_METADATA_TOO_LARGE);
}

#[test]
fn a_generation_of_a_group_that_is_gone_is_illegal_or_of_no_group() {
    let mut desk = Desk::new();
    let request = OffsetCommitRequest {
        generation_id_or_member_epoch: 3,
        member_id: "m".into(),
        ..commit_request(&[("t", 0, 5)])
    };
    let mut code = |version| {
        codes(&desk.groups.commit(desk.now, version, &request, &Names, &exists)).remove(0)
    };
    assert_eq!(code(8), ErrorCode::ILLEGAL_GENERATION);
    assert_eq!(code(9), ErrorCode::GROUP_ID_NOT_FOUND);
}

#[test]
fn a_commit_is_a_sign_of_life() {
    let mut desk = Desk::of(&["a"]);
    let person = desk.people["a"].clone();
    for _ in 0..4 {
        desk.pass(SESSION / 2);
        let request = OffsetCommitRequest {
            generation_id_or_member_epoch: person.generation,
            member_id: person.id.clone().into(),
            ..commit_request(&[("t", 0, 5)])
        };
        let answer = desk.groups.commit(desk.now, 9, &request, &Names, &exists);
        assert_eq!(codes(&answer), [ErrorCode::NONE]);
    }
}

#[test]
fn offsets_of_a_transaction_count_when_it_commits() {
    let mut desk = Desk::new();
    desk.commit(9, &[("t", 0, 5)]);
    assert_eq!(desk.commit_later(0, 8), ErrorCode::NONE);
    assert_eq!(desk.offset(), Err(ErrorCode::UNSTABLE_OFFSET_COMMIT));
    assert_eq!(desk.fetched(false, &Defects::default())[0].committed_offset, 5);
    desk.groups.end_transaction(1, 0, true);
    assert_eq!(desk.offset(), Ok(8));
}

#[test]
fn offsets_of_an_aborted_transaction_never_were() {
    let mut desk = Desk::new();
    desk.commit(9, &[("t", 0, 5)]);
    desk.commit_later(0, 8);
    desk.groups.end_transaction(1, 0, false);
    assert_eq!(desk.offset(), Ok(5));
}

#[test]
fn a_commit_that_came_after_those_of_a_transaction_counts_more() {
    let mut desk = Desk::new();
    desk.commit_later(0, 8);
    desk.commit(9, &[("t", 0, 9)]);
    desk.groups.end_transaction(1, 0, true);
    assert_eq!(desk.offset(), Ok(9));
}

#[test]
fn a_producer_that_was_fenced_commits_and_ends_nothing() {
    let mut desk = Desk::new();
    desk.groups.end_transaction(1, 3, false);
    assert_eq!(desk.commit_later(2, 8), ErrorCode::INVALID_PRODUCER_EPOCH);
    assert_eq!(desk.commit_later(3, 9), ErrorCode::NONE);
    assert_eq!(desk.commit_later(4, 9), ErrorCode::NONE);
    assert_eq!(desk.commit_later(3, 9), ErrorCode::INVALID_PRODUCER_EPOCH);
    desk.groups.end_transaction(1, 2, true);
    assert_eq!(desk.offset(), Err(ErrorCode::UNSTABLE_OFFSET_COMMIT));
}

#[test]
fn a_cluster_that_leaks_shows_offsets_of_open_transactions() {
    let leaks = Defects::from_iter([Defect::LeaksPendingOffsets]);
    let mut desk = Desk::new();
    desk.commit(9, &[("t", 0, 5)]);
    desk.commit_later(0, 8);
    let found = desk.fetched(true, &leaks).remove(0);
    assert_eq!((found.error_code, found.committed_offset), (ErrorCode::NONE, 8));
}

#[test]
fn offsets_outlive_the_members_by_a_week() {
    let retention = GroupSettings::default().offsets_retention;
    let mut desk = Desk::of(&["a"]);
    assert!(desk.leave("a").is_ok());
    desk.commit(9, &[("t", 0, 5)]);
    desk.pass(retention / 2);
    assert_eq!(desk.offset(), Ok(5));
    desk.pass(retention / 2 + GroupSettings::default().retention_check);
    assert_eq!((desk.offset(), desk.state()), (Ok(-1), "Dead"));
}

#[test]
fn a_topic_that_was_deleted_takes_its_offsets_with_it() {
    let mut desk = Desk::new();
    desk.commit(9, &[("t", 0, 5), ("u", 0, 6)]);
    desk.commit_later(0, 8);
    desk.groups.forget_topic("t");
    assert_eq!(desk.all(9), [("u".to_owned(), 0, 6)]);
    desk.groups.end_transaction(1, 0, true);
    assert_eq!(desk.offset(), Ok(-1));
}

#[test]
fn what_a_transaction_is_about_to_overwrite_is_not_forgotten() {
    let settings = GroupSettings::default();
    let mut desk = Desk::new();
    desk.commit(9, &[("t", 0, 5), ("t", 1, 6)]);
    desk.commit_later(0, 8);
    desk.pass(settings.offsets_retention + settings.retention_check);
    assert_eq!(desk.all(9), [("t".to_owned(), 0, 5)]);
    desk.groups.end_transaction(1, 0, false);
    desk.pass(settings.retention_check);
    assert_eq!(desk.state(), "Dead");
}

/// A commit, one in the transaction of a producer, or the end of one.
#[derive(Debug, Clone)]
enum Write {
    Now,
    Later(i64),
    End(i64, bool),
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        Just(Write::Now),
        (1..4_i64).prop_map(Write::Later),
        (1..4_i64, any::<bool>()).prop_map(|(producer, commit)| Write::End(producer, commit)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..<_>::default() })]

    /// The offset is the number of the write, so that the greatest one must be seen.
    #[test]
    fn the_newest_write_that_counts_is_what_is_fetched(
        writes in prop::collection::vec(write(), 1..40),
    ) {
        let mut desk = Desk::new();
        let (mut counts, mut open) = (-1, BTreeMap::<i64, i64>::new());
        for (number, write) in (0_i64..).zip(writes) {
            match write {
                Write::Now => {
                    desk.commit(9, &[("t", 0, number)]);
                    counts = number;
                }
                Write::Later(producer) => {
                    desk.commit_as(producer, 0, number);
                    open.insert(producer, number);
                }
                Write::End(producer, commit) => {
                    desk.groups.end_transaction(producer, 0, commit);
                    let ended = open.remove(&producer).filter(|_| commit);
                    counts = counts.max(ended.unwrap_or(-1));
                }
            }
            let unstable = Err(ErrorCode::UNSTABLE_OFFSET_COMMIT);
            let seen = if open.is_empty() { Ok(counts) } else { unstable };
            prop_assert_eq!(desk.offset(), seen);
            prop_assert_eq!(desk.fetched(false, &Defects::default())[0].committed_offset, counts);
        }
    }
}

#[test]
fn an_old_version_may_wish_for_a_shorter_memory() {
    let mut desk = Desk::new();
    let request =
        OffsetCommitRequest { retention_time_ms: 1_000, ..commit_request(&[("t", 0, 5)]) };
    desk.groups.commit(desk.now, 4, &request, &Names, &exists);
    desk.pass(GroupSettings::default().retention_check);
    assert_eq!(desk.offset(), Ok(-1));
}

#[test]
fn the_older_shapes_of_a_fetch_tell_the_same() {
    let mut desk = Desk::new();
    desk.commit(9, &[("t", 1, 5)]);
    let topic = OffsetFetchRequestTopic {
        name: "t".into(),
        partition_indexes: vec![PartitionIndex(0), PartitionIndex(1)].into(),
        ..OffsetFetchRequestTopic::DEFAULT
    };
    for topics in [Some(vec![topic]), None] {
        let listed = topics.is_some();
        let group_id = GROUP.into();
        let request = OffsetFetchRequest { group_id, topics, ..OffsetFetchRequest::DEFAULT };
        let answer = desk.groups.fetch(7, &request, &Names, &Defects::default());
        let partitions = answer.topics[0].partitions.iter();
        let offsets: Vec<_> = partitions.map(|partition| partition.committed_offset).collect();
        assert_eq!(offsets, if listed { vec![-1, 5] } else { vec![5] });
    }
}
