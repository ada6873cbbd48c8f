//! OffsetCommit and TxnOffsetCommit: who may commit, and what is kept of it.

use std::borrow::Cow;

use klamm_protocol::offset_commit::request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use klamm_protocol::offset_commit::response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use klamm_protocol::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use klamm_protocol::txn_offset_commit::request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use klamm_protocol::txn_offset_commit::response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use klamm_protocol::txn_offset_commit::{TxnOffsetCommitRequest, TxnOffsetCommitResponse};
use klamm_wire::{ErrorCode, Now};

use super::machine::{Group, State};
use super::offsets::Committed;
use super::{Groups, TopicNames, retention_wish};

/// Whether the cluster has a partition, by its topic's name.
pub(crate) type Exists<'a> = &'a dyn Fn(&str, i32) -> bool;

/// In whose name offsets are committed.
pub(super) struct Committer<'a> {
    group: &'a str,
    member: &'a str,
    instance: Option<&'a str>,
    generation: i32,
    transactional: bool,
}

impl Group {
    /// Whether offsets may be committed in this name.
    fn may_commit(&self, who: &Committer<'_>) -> Result<(), ErrorCode> {
        let is_empty = self.state == State::Empty;
        if who.generation < 0 && is_empty {
            // Somebody who keeps offsets here and has nothing to do with members.
            return Ok(());
        }
        let is_named = who.generation >= 0 || !who.member.is_empty() || who.instance.is_some();
        if is_named {
            self.roster.check(who.member, who.instance)?;
            if who.generation != self.generation {
                return Err(ErrorCode::ILLEGAL_GENERATION);
            }
        } else if !who.transactional && !is_empty {
            return Err(ErrorCode::UNKNOWN_MEMBER_ID);
        }
        if !who.transactional && self.state == State::Completing {
            return Err(ErrorCode::REBALANCE_IN_PROGRESS);
        }
        Ok(())
    }
}

impl Groups {
    /// Answers OffsetCommit. Partitions that do not exist are refused one by one; if any is left,
    /// the group decides for all of them.
    pub(crate) fn commit(
        &mut self,
        now: Now,
        version: i16,
        request: &OffsetCommitRequest<'_>,
        names: &dyn TopicNames,
        exists: Exists<'_>,
    ) -> OffsetCommitResponse<'static> {
        let named = |topic: &OffsetCommitRequestTopic<'_>| match version {
            ..=9 => Some(topic.name.to_string()),
            _ => names.name(topic.topic_id).map(str::to_owned),
        };
        let topics: Vec<_> = request.topics.iter().map(|topic| (named(topic), topic)).collect();
        let known = |name: &str, one: &OffsetCommitRequestPartition<'_>| {
            exists(name, one.partition_index.0)
        };
        let any = topics.iter().any(|(name, topic)| {
            name.as_ref().is_some_and(|name| topic.partitions.iter().any(|one| known(name, one)))
        });
        let verdict = if any { self.judge_commit(now, version, request) } else { Ok(()) };
        let mut response = OffsetCommitResponse::DEFAULT;
        for (name, topic) in topics {
            let judge = |one: &OffsetCommitRequestPartition<'_>| match &name {
                None => Err(ErrorCode::UNKNOWN_TOPIC_ID),
                Some(name) if !known(name, one) => Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
                Some(name) => verdict.map(|()| (&*request.group_id, &**name)),
            };
            let mut answered = OffsetCommitResponseTopic {
                name: Cow::Owned(name.clone().unwrap_or_default()),
                topic_id: topic.topic_id,
                ..OffsetCommitResponseTopic::DEFAULT
            };
            for one in &topic.partitions {
                let mut kept = committed(now, one);
                kept.retention = retention_wish(request.retention_time_ms);
                let stored = judge(one).and_then(|(group, topic)| {
                    self.fits(&kept)?;
                    self.offsets.put((group, topic, one.partition_index.0), kept);
                    Ok(())
                });
                answered.partitions.push(OffsetCommitResponsePartition {
                    partition_index: one.partition_index,
                    error_code: stored.err().unwrap_or(ErrorCode::NONE),
                    ..OffsetCommitResponsePartition::DEFAULT
                });
            }
            response.topics.push(answered);
        }
        response
    }

    /// A commit is a sign of life, except while the group waits for assignments.
    fn judge_commit(
        &mut self,
        now: Now,
        version: i16,
        request: &OffsetCommitRequest<'_>,
    ) -> Result<(), ErrorCode> {
        let who = Committer {
            group: &request.group_id,
            member: &request.member_id,
            instance: request.group_instance_id.as_deref(),
            generation: request.generation_id_or_member_epoch,
            transactional: false,
        };
        let gone = if version >= 9 {
            ErrorCode::GROUP_ID_NOT_FOUND
        } else {
            ErrorCode::ILLEGAL_GENERATION
        };
        self.judge(now, &who, gone)?;
        self.with(now, who.group, |group, turn| {
            if matches!(group.state, State::Stable | State::Preparing { .. }) {
                group.renew(turn, who.member);
            }
        });
        Ok(())
    }

    /// Whoever names no generation may begin a group that only keeps offsets.
    fn judge(&mut self, now: Now, who: &Committer<'_>, gone: ErrorCode) -> Result<(), ErrorCode> {
        if who.generation < 0 {
            self.open(now, who.group)?.may_commit(who)
        } else {
            self.groups.get(who.group).ok_or(gone)?.may_commit(who)
        }
    }

    fn fits(&self, committed: &Committed) -> Result<(), ErrorCode> {
        let units = committed.metadata.encode_utf16().count();
        let too_large = units > self.settings.max_offset_metadata;
        if too_large { Err(ErrorCode::OFFSET_METADATA_TOO_LARGE) } else { Ok(()) }
    }

    /// Answers TxnOffsetCommit: the offsets count when their transaction commits. Whether the
    /// producer has such a transaction is for its own coordinator to say, beforehand.
    pub(crate) fn commit_in_transaction(
        &mut self,
        now: Now,
        _version: i16,
        request: &TxnOffsetCommitRequest<'_>,
        exists: Exists<'_>,
    ) -> TxnOffsetCommitResponse<'static> {
        let known = |topic: &TxnOffsetCommitRequestTopic<'_>,
                     one: &TxnOffsetCommitRequestPartition<'_>| {
            exists(&topic.name, one.partition_index.0)
        };
        let any = request.topics.iter().any(|topic| {
            let mut partitions = topic.partitions.iter();
            partitions.any(|one| known(topic, one))
        });
        let verdict = if any { self.judge_transactional(now, request) } else { Ok(()) };
        let mut response = TxnOffsetCommitResponse::DEFAULT;
        for topic in &request.topics {
            let mut answered = TxnOffsetCommitResponseTopic {
                name: Cow::Owned(topic.name.to_string()),
                ..TxnOffsetCommitResponseTopic::DEFAULT
            };
            for one in &topic.partitions {
                let stored = match verdict {
                    _ if !known(topic, one) => Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
                    Ok(()) => self.store_pending(now, request, &topic.name, one),
                    Err(code) => Err(code),
                };
                answered.partitions.push(TxnOffsetCommitResponsePartition {
                    partition_index: one.partition_index,
                    error_code: stored.err().unwrap_or(ErrorCode::NONE),
                    ..TxnOffsetCommitResponsePartition::DEFAULT
                });
            }
            response.topics.push(answered);
        }
        response
    }

    /// Who may commit is asked first, and the producer's epoch when the offsets are written.
    fn judge_transactional(
        &mut self,
        now: Now,
        request: &TxnOffsetCommitRequest<'_>,
    ) -> Result<(), ErrorCode> {
        let who = Committer {
            group: &request.group_id,
            member: &request.member_id,
            instance: request.group_instance_id.as_deref(),
            generation: request.generation_id,
            transactional: true,
        };
        if who.group.is_empty() {
            return Err(ErrorCode::INVALID_GROUP_ID);
        }
        self.judge(now, &who, ErrorCode::ILLEGAL_GENERATION)?;
        let producer = request.producer_id.0;
        let full = self.offsets.open_transactions() >= self.settings.max_groups;
        if full && !self.offsets.has_pending(producer) {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        let current = self.offsets.admit(producer, request.producer_epoch.0);
        if current { Ok(()) } else { Err(ErrorCode::INVALID_PRODUCER_EPOCH) }
    }

    fn store_pending(
        &mut self,
        now: Now,
        request: &TxnOffsetCommitRequest<'_>,
        topic: &str,
        one: &TxnOffsetCommitRequestPartition<'_>,
    ) -> Result<(), ErrorCode> {
        let (offset, epoch) = (one.committed_offset, one.committed_leader_epoch);
        let kept = Committed::new(now.mono, offset, epoch, one.committed_metadata.as_deref());
        self.fits(&kept)?;
        let place = (&*request.group_id, topic, one.partition_index.0);
        self.offsets.put_pending(request.producer_id.0, place, kept);
        Ok(())
    }
}

fn committed(now: Now, one: &OffsetCommitRequestPartition<'_>) -> Committed {
    let (offset, epoch) = (one.committed_offset, one.committed_leader_epoch);
    Committed::new(now.mono, offset, epoch, one.committed_metadata.as_deref())
}
