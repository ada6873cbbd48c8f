//! Who leads which partition, and the one door through which batches come.

use std::collections::BTreeMap;

use klamm_wire::ErrorCode;

use super::coordinator::{Coordinator, Member};
use super::log::PartitionLog;
use super::produce::{Produce, Sender, Verdict};
use super::rules::Rules;

/// A node's copy of a partition: where a request is addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Replica {
    /// The node.
    pub node: u32,
    /// The partition.
    pub part: u32,
}

/// Who leads a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leader {
    /// The node.
    pub node: u32,
    /// The generation of the leadership.
    pub epoch: u32,
}

/// A partition has one log, whoever leads it: what only a deposed leader wrote was never
/// acknowledged to anybody, and is cut off when it follows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Partition {
    leader: Leader,
    log: PartitionLog,
}

/// The partitions and their leaders.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cluster {
    rules: Rules,
    partitions: BTreeMap<u32, Partition>,
}

impl Cluster {
    /// Empty partitions with leaders of epoch 0.
    #[must_use]
    pub fn new(rules: Rules, leaders: &[Replica]) -> Self {
        let empty = |replica: &Replica| {
            let leader = Leader { node: replica.node, epoch: 0 };
            (replica.part, Partition { leader, log: PartitionLog::new() })
        };
        Self { rules, partitions: leaders.iter().map(empty).collect() }
    }

    /// The rules that every node follows.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Who leads the partition, `None` if there is no such partition.
    #[must_use]
    pub fn leader(&self, part: u32) -> Option<Leader> {
        self.partitions.get(&part).map(|partition| partition.leader)
    }

    /// The log of the partition.
    #[must_use]
    pub fn log(&self, part: u32) -> Option<&PartitionLog> {
        self.partitions.get(&part).map(|partition| &partition.log)
    }

    /// The log of the partition, for what happens to the node that leads it: a restart, state that
    /// expires, records that are lost.
    pub fn log_mut(&mut self, part: u32) -> Option<&mut PartitionLog> {
        self.partitions.get_mut(&part).map(|partition| &mut partition.log)
    }

    /// Another replica leads, one that has followed all along: it remembers what the old leader
    /// did.
    //= B9 a promoted follower that stayed up has the whole window
    pub fn move_leader(&mut self, part: u32, to: u32) {
        if let Some(partition) = self.partitions.get_mut(&part) {
            let epoch = partition.leader.epoch.saturating_add(1);
            partition.leader = Leader { node: to, epoch };
        }
    }

    /// A replica leads that has only the first `entries` entries.
    //= B8 an unclean election
    pub fn elect_uncleanly(&mut self, part: u32, to: u32, entries: usize) {
        self.move_leader(part, to);
        let rules = self.rules;
        if let Some(log) = self.log_mut(part) {
            log.truncate(entries, &rules);
        }
    }

    /// A batch for a partition, outside of any transaction.
    ///
    /// The answer may still be overridden: it is given after the append, when much can have gone
    /// wrong. A batch that says it is transactional is taken as verified.
    //= B3 the leader first, then the log
    pub fn produce(&mut self, to: Replica, produce: &Produce) -> Verdict {
        let rules = self.rules;
        match self.led_by(to) {
            Ok(log) => log.append(produce, &rules),
            Err(code) => Verdict::rejected(code),
        }
    }

    /// A batch for a partition, inside a transaction or not. The coordinator is asked unless the
    /// partition knows the transaction to be open.
    //= B3 the transaction is verified after the leader and before the log
    //= B19 the coordinator knows of the partition even if the append fails
    pub fn produce_in_transaction(
        &mut self,
        to: Replica,
        produce: &Produce,
        coordinator: &mut Coordinator,
    ) -> Verdict {
        match self.verify(to, produce, coordinator) {
            Ok(()) => self.produce(to, produce),
            Err(code) => Verdict::rejected(code),
        }
    }

    fn verify(
        &mut self,
        to: Replica,
        produce: &Produce,
        coordinator: &mut Coordinator,
    ) -> Result<(), ErrorCode> {
        let Sender::Transactional(stamp, generation) = produce.sender else { return Ok(()) };
        if self.led_by(to)?.has_open_transaction(stamp.identity()) {
            return Ok(());
        }
        coordinator.admit(generation, stamp.identity(), Member::Partition(to.part))
    }

    fn led_by(&mut self, replica: Replica) -> Result<&mut PartitionLog, ErrorCode> {
        match self.partitions.get_mut(&replica.part) {
            None => Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
            Some(partition) if partition.leader.node != replica.node => {
                Err(ErrorCode::NOT_LEADER_OR_FOLLOWER)
            }
            Some(partition) => Ok(&mut partition.log),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Generation, Identity, Stamp, read_uncommitted};

    const HERE: Replica = Replica { node: 1, part: 0 };
    const THERE: Replica = Replica { node: 2, part: 0 };

    fn batch(first: i64) -> Produce {
        let sender = Sender::Idempotent(Stamp { pid: 1, epoch: 0, first });
        let content = u32::try_from(first).expect("a small sequence");
        Produce { sender, records: 1, content }
    }

    /// A partition led by node 1, with as many batches.
    fn led_here(batches: i64) -> Cluster {
        let mut cluster = Cluster::new(Rules::SINCE_3_8, &[HERE]);
        for first in 0..batches {
            assert_eq!(cluster.produce(HERE, &batch(first)).code, ErrorCode::NONE);
        }
        cluster
    }

    //= type=test B3 the leader before the log
    #[test]
    fn only_the_leader_appends_or_recognises() {
        let mut cluster = led_here(1);
        let before = cluster.clone();
        let elsewhere = Verdict::rejected(ErrorCode::NOT_LEADER_OR_FOLLOWER);
        assert_eq!(cluster.produce(THERE, &batch(0)), elsewhere);
        assert_eq!(cluster.produce(THERE, &batch(1)), elsewhere);
        let nowhere = Replica { node: 1, part: 7 };
        let code = cluster.produce(nowhere, &batch(0)).code;
        assert_eq!(code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        assert_eq!(cluster, before);
    }

    //= type=test B3 B11 an error after the append, or to a retry
    #[test]
    fn a_batch_that_was_answered_by_an_error_may_be_in_the_log() {
        let mut cluster = led_here(0);
        let answer = cluster.produce(HERE, &batch(0)).overridden(ErrorCode::REQUEST_TIMED_OUT);
        assert_eq!(answer.base_offset, 0);
        assert_eq!(cluster.log(0).map(read_uncommitted), Some(vec![0]));
        cluster.move_leader(0, 2);
        let retried = cluster.produce(HERE, &batch(0));
        assert_eq!(retried, Verdict::rejected(ErrorCode::NOT_LEADER_OR_FOLLOWER));
        assert_eq!(cluster.produce(THERE, &batch(0)), Verdict::appended(0));
    }

    //= type=test B9 a promoted follower
    #[test]
    fn a_follower_that_stayed_up_recognises_five_batches() {
        let mut cluster = led_here(5);
        cluster.move_leader(0, 2);
        assert_eq!(cluster.leader(0), Some(Leader { node: 2, epoch: 1 }));
        for first in 0..5 {
            assert_eq!(cluster.produce(THERE, &batch(first)), Verdict::appended(first));
        }
    }

    //= type=test B8 B20 an unclean election
    #[test]
    fn an_unclean_election_loses_records_and_their_memory() {
        let mut cluster = led_here(3);
        cluster.elect_uncleanly(0, 2, 1);
        assert_eq!(cluster.log(0).map(read_uncommitted), Some(vec![0]));
        let code = cluster.produce(THERE, &batch(2)).code;
        assert_eq!(code, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        assert_eq!(cluster.produce(THERE, &batch(1)), Verdict::appended(1));
    }

    //= type=test B3 B18 the leader is asked before the coordinator, and that before the log
    #[test]
    fn verification_stands_between_the_leader_and_the_log() {
        let mut cluster = led_here(0);
        let mut coordinator = Coordinator::new(Rules::SINCE_3_8, Generation::Tv2, 1);
        let who = coordinator.init_producer_id(None).expect("the first producer");
        let before = coordinator.clone();
        let stamp = Stamp { pid: who.pid, epoch: who.epoch, first: 0 };
        let sender = Sender::Transactional(stamp, Generation::Tv2);
        let sent = Produce { sender, records: 1, content: 0 };
        let verdict = cluster.produce_in_transaction(THERE, &sent, &mut coordinator);
        assert_eq!(verdict.code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
        assert_eq!(coordinator, before);
        cluster.produce_in_transaction(HERE, &sent, &mut coordinator);
        assert_eq!(cluster.log(0).map(|log| log.has_open_transaction(who)), Some(true));
        coordinator.end_txn(Generation::Tv2, who, true).expect("a commit");
        coordinator.complete(&mut cluster);
        let zombie = cluster.produce_in_transaction(HERE, &sent, &mut coordinator);
        assert_eq!(zombie.code, ErrorCode::INVALID_PRODUCER_EPOCH);
    }

    //= type=test B18 a transaction that is open in the log
    #[test]
    fn a_partition_with_the_open_transaction_asks_nobody() {
        let mut cluster = led_here(0);
        let stamp = |first| Stamp { pid: 1, epoch: 0, first };
        let sent = |first| Produce {
            sender: Sender::Transactional(stamp(first), Generation::Tv1),
            ..batch(first)
        };
        cluster.produce(HERE, &sent(0));
        let mut stranger = Coordinator::new(Rules::SINCE_3_8, Generation::Tv1, 100);
        let verdict = cluster.produce_in_transaction(HERE, &sent(1), &mut stranger);
        assert_eq!(verdict, Verdict::appended(1));
        let who = Identity { pid: 1, epoch: 0 };
        assert!(cluster.log(0).is_some_and(|log| log.has_open_transaction(who)));
    }
}
