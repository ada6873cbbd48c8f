//! The coordinator of one transactional id.
//!
//! It answers in the name of a cluster of one [`Generation`], and each request of a client says
//! in which one it speaks. Codes are those of recent request versions: a producer that was
//! overtaken hears `PRODUCER_FENCED` from the coordinator and `INVALID_PRODUCER_EPOCH` from logs.

mod end;
mod init;
mod tenure;

use klamm_wire::ErrorCode;

use super::cluster::Cluster;
use super::offsets::Offsets;
use super::produce::{Generation, Identity};
use super::rules::{Rules, Unverified};
use tenure::Tenure;

pub use tenure::TxnState;

/// What takes part in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// A partition that is written to.
    Partition(u32),
    /// A consumer group whose offsets are committed.
    Group(u32),
}

/// The coordinator of one transactional id, with the offsets of its consumer groups.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Coordinator {
    rules: Rules,
    generation: Generation,
    /// The next producer id to give out. Coordinators that share a cluster start far apart.
    fresh_pid: i64,
    /// `None` until a producer is initialised, and after the transactional id has expired.
    tenure: Option<Tenure>,
    offsets: Offsets,
}

impl Coordinator {
    /// A coordinator that has never heard of its transactional id and gives out producer ids from
    /// `first_pid` on.
    #[must_use]
    pub fn new(rules: Rules, generation: Generation, first_pid: i64) -> Self {
        let offsets = Offsets::default();
        Self { rules, generation, fresh_pid: first_pid, tenure: None, offsets }
    }

    /// The generation that the cluster has agreed on.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// The cluster agrees on generation 2. Requests of generation 1 are served as before.
    pub const fn upgrade(&mut self) {
        self.generation = Generation::Tv2;
    }

    /// The cluster agrees on generation 1. Requests of generation 2 are served as before.
    pub const fn downgrade(&mut self) {
        self.generation = Generation::Tv1;
    }

    /// Where the transactional id stands, `None` if it is unknown.
    #[must_use]
    pub fn state(&self) -> Option<TxnState> {
        self.tenure.as_ref().map(|tenure| tenure.state)
    }

    /// The identity that may act, `None` if the transactional id is unknown.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        self.tenure.as_ref().map(|tenure| tenure.who)
    }

    /// The members of the transaction.
    pub fn members(&self) -> impl Iterator<Item = Member> {
        self.tenure.iter().flat_map(|tenure| tenure.members.iter().copied())
    }

    /// The offsets of the consumer groups.
    #[must_use]
    pub const fn offsets(&self) -> &Offsets {
        &self.offsets
    }

    /// Adds partitions to the transaction, and begins it if there is none (generation 1). All of
    /// them get the same answer; a partition that may not be written to is the world's choice.
    pub fn add_partitions(&mut self, who: Identity, parts: &[u32]) -> Vec<(u32, ErrorCode)> {
        let members: Vec<Member> = parts.iter().copied().map(Member::Partition).collect();
        let code = code_of(self.add(who, &members));
        parts.iter().map(|part| (*part, code)).collect()
    }

    /// Adds a consumer group to the transaction, and begins it if there is none (generation 1).
    pub fn add_offsets(&mut self, who: Identity, group: u32) -> ErrorCode {
        code_of(self.add(who, &[Member::Group(group)]))
    }

    /// Commits a group's offset as part of the transaction: pending until the transaction is
    /// complete.
    pub fn commit_offsets(
        &mut self,
        generation: Generation,
        who: Identity,
        group: u32,
        value: u32,
    ) -> ErrorCode {
        let is_open = self.offsets.is_open(group, who);
        let member = Member::Group(group);
        let admitted = if is_open { Ok(()) } else { self.admit(generation, who, member) };
        admitted.map_or_else(|code| code, |()| self.offsets.write(group, who, value))
    }

    /// Whether a member may take a write of this identity that opens the transaction there.
    //= B18 what the coordinator says becomes a code of the write
    //= B19 generation 2 adds the member by writing to it
    pub fn admit(
        &mut self,
        generation: Generation,
        who: Identity,
        member: Member,
    ) -> Result<(), ErrorCode> {
        let answer = match generation {
            Generation::Tv1 => self.verify(who, member),
            Generation::Tv2 => self.add(who, &[member]),
        };
        answer.map_err(|code| match (code, generation) {
            (ErrorCode::PRODUCER_FENCED, _) => ErrorCode::INVALID_PRODUCER_EPOCH,
            (ErrorCode::CONCURRENT_TRANSACTIONS, Generation::Tv1) => ErrorCode::NOT_ENOUGH_REPLICAS,
            (code, _) => code,
        })
    }

    /// Writes the markers of a transaction that has been decided, to every member at once.
    /// Anything may happen between the decision and this, which does nothing if there is none.
    //= B13 the marker carries the epoch that the decision left
    pub fn complete(&mut self, cluster: &mut Cluster) {
        let Some(tenure) = &mut self.tenure else { return };
        let Some(commit) = tenure.state.prepared() else { return };
        for member in std::mem::take(&mut tenure.members) {
            match member {
                Member::Group(group) => self.offsets.end_transaction(group, tenure.who, commit),
                Member::Partition(part) => {
                    if let Some(log) = cluster.log_mut(part) {
                        log.end_transaction(tenure.who, commit);
                    }
                }
            }
        }
        tenure.conclude(commit);
    }

    /// The transaction has lasted too long: it will be aborted, under the next epoch.
    //= B17 the producer is fenced
    pub fn time_out(&mut self) {
        let ongoing = self.tenure.as_mut().filter(|tenure| tenure.state == TxnState::Ongoing);
        if let Some(tenure) = ongoing {
            tenure.fence(self.generation);
        }
    }

    /// The transactional id has not been used for long: it is forgotten, unless it has a
    /// transaction. The offsets remain.
    pub fn expire(&mut self) {
        self.tenure.take_if(|tenure| match tenure.state {
            TxnState::Empty | TxnState::CompleteCommit | TxnState::CompleteAbort => true,
            TxnState::Ongoing | TxnState::PrepareCommit | TxnState::PrepareAbort => false,
        });
    }

    fn add(&mut self, who: Identity, members: &[Member]) -> Result<(), ErrorCode> {
        let Some(tenure) = &mut self.tenure else {
            return Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        };
        if tenure.state.prepared().is_some() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        tenure.check(who)?;
        tenure.step(TxnState::Ongoing);
        tenure.members.extend(members);
        Ok(())
    }

    fn verify(&self, who: Identity, member: Member) -> Result<(), ErrorCode> {
        let unverified = match self.rules.unverified {
            Unverified::Accepted => return Ok(()),
            Unverified::InvalidTxnState => ErrorCode::INVALID_TXN_STATE,
            Unverified::Abortable => ErrorCode::TRANSACTION_ABORTABLE,
        };
        let tenure = self.tenure.as_ref().ok_or(ErrorCode::INVALID_PRODUCER_ID_MAPPING)?;
        tenure.check(who)?;
        if tenure.state.prepared().is_some() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        if tenure.members.contains(&member) { Ok(()) } else { Err(unverified) }
    }
}

fn code_of(answer: Result<(), ErrorCode>) -> ErrorCode {
    answer.err().unwrap_or(ErrorCode::NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Produce, Reach, Replica, Sender, Stamp, read_committed};

    const AT: Replica = Replica { node: 1, part: 0 };
    const GROUP: u32 = 9;

    /// A partition, a coordinator of the generation, and a producer that was just initialised.
    fn begun(rules: Rules, generation: Generation) -> (Cluster, Coordinator, Identity) {
        let mut coordinator = Coordinator::new(rules, generation, 100);
        let who = coordinator.init_producer_id(None).expect("the first producer");
        (Cluster::new(rules, &[AT]), coordinator, who)
    }

    fn batch(who: Identity, generation: Generation, first: i64, content: u32) -> Produce {
        let stamp = Stamp { pid: who.pid, epoch: who.epoch, first };
        Produce { sender: Sender::Transactional(stamp, generation), records: 1, content }
    }

    fn visible(cluster: &Cluster) -> Vec<u32> {
        read_committed(cluster.log(0).expect("the partition"), Reach::LastStableOffset)
    }

    //= type=test B13 generation 1
    #[test]
    fn sequences_continue_over_the_transactions_of_generation_one() {
        let (mut cluster, mut coordinator, who) = begun(Rules::SINCE_3_6, Generation::Tv1);
        for (first, content) in [(0, 10), (1, 11)] {
            coordinator.add_partitions(who, &[0]);
            let sent = batch(who, Generation::Tv1, first, content);
            let verdict = cluster.produce_in_transaction(AT, &sent, &mut coordinator);
            assert_eq!(verdict.code, ErrorCode::NONE);
            coordinator.end_txn(Generation::Tv1, who, true).expect("a commit");
            coordinator.complete(&mut cluster);
        }
        assert_eq!(visible(&cluster), [10, 11]);
    }

    //= type=test B13 generation 2
    #[test]
    fn sequences_start_over_in_every_transaction_of_generation_two() {
        let (mut cluster, mut coordinator, who) = begun(Rules::SINCE_3_8, Generation::Tv2);
        let first = batch(who, Generation::Tv2, 0, 10);
        cluster.produce_in_transaction(AT, &first, &mut coordinator);
        let next = coordinator.end_txn(Generation::Tv2, who, true).expect("a commit");
        let next = next.expect("an identity");
        assert_eq!(next, Identity { pid: who.pid, epoch: who.epoch + 1 });
        coordinator.complete(&mut cluster);
        let continued = batch(next, Generation::Tv2, 1, 11);
        let verdict = cluster.produce_in_transaction(AT, &continued, &mut coordinator);
        assert_eq!(verdict.code, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        let restarted = batch(next, Generation::Tv2, 0, 11);
        let verdict = cluster.produce_in_transaction(AT, &restarted, &mut coordinator);
        assert_eq!(verdict.code, ErrorCode::NONE);
    }

    //= type=test B18 what is not in the transaction
    #[test]
    fn an_unverified_partition_is_refused_as_the_release_does() {
        let by_release = [
            (Rules::BEFORE_3_6, ErrorCode::NONE),
            (Rules::SINCE_3_6, ErrorCode::INVALID_TXN_STATE),
            (Rules::SINCE_3_8, ErrorCode::TRANSACTION_ABORTABLE),
        ];
        for (rules, code) in by_release {
            let (mut cluster, mut coordinator, who) = begun(rules, Generation::Tv1);
            let sent = batch(who, Generation::Tv1, 0, 10);
            let verdict = cluster.produce_in_transaction(AT, &sent, &mut coordinator);
            assert_eq!(verdict.code, code);
        }
    }

    //= type=test B18 codes of the coordinator on a produce
    #[test]
    fn verification_speaks_in_codes_of_the_log() {
        let (_, mut coordinator, who) = begun(Rules::SINCE_3_8, Generation::Tv1);
        let part = Member::Partition(0);
        let zombie = Identity { epoch: who.epoch - 1, ..who };
        let stranger = Identity { pid: 7, ..who };
        let mut admit = |who| coordinator.admit(Generation::Tv1, who, part);
        assert_eq!(admit(zombie), Err(ErrorCode::INVALID_PRODUCER_EPOCH));
        assert_eq!(admit(stranger), Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING));
        coordinator.add_partitions(who, &[0]);
        assert_eq!(coordinator.admit(Generation::Tv1, who, part), Ok(()));
        coordinator.end_txn(Generation::Tv1, who, true).expect("a commit");
        let meanwhile = coordinator.admit(Generation::Tv1, who, part);
        assert_eq!(meanwhile, Err(ErrorCode::NOT_ENOUGH_REPLICAS));
    }

    //= type=test B18 generation 2 right after a commit
    #[test]
    fn generation_two_says_that_the_last_transaction_is_not_complete() {
        let (mut cluster, mut coordinator, who) = begun(Rules::SINCE_3_8, Generation::Tv2);
        let sent = batch(who, Generation::Tv2, 0, 10);
        cluster.produce_in_transaction(AT, &sent, &mut coordinator);
        let next = coordinator.end_txn(Generation::Tv2, who, true).expect("a commit");
        let sent = batch(next.expect("an identity"), Generation::Tv2, 0, 11);
        let early = cluster.produce_in_transaction(AT, &sent, &mut coordinator);
        assert_eq!(early.code, ErrorCode::CONCURRENT_TRANSACTIONS);
        coordinator.complete(&mut cluster);
        let later = cluster.produce_in_transaction(AT, &sent, &mut coordinator);
        assert_eq!(later.code, ErrorCode::NONE);
    }

    //= type=test B19 the partition is added by the attempt
    #[test]
    fn a_failed_append_still_begins_a_transaction_of_generation_two() {
        let (mut cluster, mut coordinator, who) = begun(Rules::SINCE_3_8, Generation::Tv2);
        let gap = batch(who, Generation::Tv2, 5, 10);
        let verdict = cluster.produce_in_transaction(AT, &gap, &mut coordinator);
        assert_eq!(verdict.code, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        assert_eq!(coordinator.state(), Some(TxnState::Ongoing));
        assert!(coordinator.members().eq([Member::Partition(0)]));
    }

    #[test]
    fn records_and_offsets_become_visible_together() {
        let (mut cluster, mut coordinator, who) = begun(Rules::SINCE_3_6, Generation::Tv1);
        coordinator.add_partitions(who, &[0]);
        assert_eq!(coordinator.add_offsets(who, GROUP), ErrorCode::NONE);
        let sent = batch(who, Generation::Tv1, 0, 10);
        cluster.produce_in_transaction(AT, &sent, &mut coordinator);
        let code = coordinator.commit_offsets(Generation::Tv1, who, GROUP, 40);
        assert_eq!(code, ErrorCode::NONE);
        coordinator.end_txn(Generation::Tv1, who, true).expect("a commit");
        assert!(visible(&cluster).is_empty());
        assert_eq!(coordinator.offsets().committed(GROUP), None);
        coordinator.complete(&mut cluster);
        assert_eq!(visible(&cluster), [10]);
        assert_eq!(coordinator.offsets().committed(GROUP), Some(40));
    }

    //= type=test B18 B19 offsets are verified, or added, as partitions are
    #[test]
    fn offsets_need_their_group_in_the_transaction() {
        let (_, mut coordinator, who) = begun(Rules::SINCE_3_6, Generation::Tv1);
        let code = coordinator.commit_offsets(Generation::Tv1, who, GROUP, 40);
        assert_eq!(code, ErrorCode::INVALID_TXN_STATE);
        let code = coordinator.commit_offsets(Generation::Tv2, who, GROUP, 40);
        assert_eq!(code, ErrorCode::NONE);
        assert!(coordinator.members().eq([Member::Group(GROUP)]));
    }

    #[test]
    fn nobody_knows_a_producer_before_its_initialisation_or_after_expiry() {
        let (_, mut coordinator, who) = begun(Rules::SINCE_3_6, Generation::Tv1);
        coordinator.expire();
        assert_eq!(coordinator.identity(), None);
        let codes = coordinator.add_partitions(who, &[0, 1]);
        let unknown = ErrorCode::INVALID_PRODUCER_ID_MAPPING;
        assert_eq!(codes, [(0, unknown), (1, unknown)]);
        let fresh = Identity { pid: who.pid + 1, epoch: 0 };
        assert_eq!(coordinator.init_producer_id(Some(who)), Ok(fresh));
    }

    #[test]
    fn an_ongoing_transaction_keeps_its_transactional_id_alive() {
        let (_, mut coordinator, who) = begun(Rules::SINCE_3_6, Generation::Tv1);
        coordinator.add_partitions(who, &[0]);
        coordinator.expire();
        assert_eq!(coordinator.state(), Some(TxnState::Ongoing));
    }
}
