//! How a producer ends its transaction, and how a repeated request is recognised.

use klamm_wire::ErrorCode;

use super::Coordinator;
use super::tenure::{LAST_EPOCH, Tenure, TxnState, take_pid};
use crate::model::produce::{Generation, Identity};

impl Coordinator {
    /// Decides a transaction. Generation 2 answers with the identity for what comes next.
    ///
    /// # Errors
    /// `CONCURRENT_TRANSACTIONS` until the markers of this or another decision are written;
    /// `INVALID_TXN_STATE`, `PRODUCER_FENCED` or `INVALID_PRODUCER_ID_MAPPING` for good.
    pub fn end_txn(
        &mut self,
        generation: Generation,
        who: Identity,
        commit: bool,
    ) -> Result<Option<Identity>, ErrorCode> {
        match generation {
            Generation::Tv1 => self.end_tv1(who, commit).map(|()| None),
            Generation::Tv2 => self.end_tv2(who, commit).map(Some),
        }
    }

    //= B14 strict equality of the epoch, and the same decision again is a success
    fn end_tv1(&mut self, who: Identity, commit: bool) -> Result<(), ErrorCode> {
        let tenure = self.tenure.as_mut().ok_or(ErrorCode::INVALID_PRODUCER_ID_MAPPING)?;
        tenure.check(who)?;
        if tenure.state == TxnState::Ongoing {
            tenure.step(TxnState::prepare(commit));
            Ok(())
        } else if tenure.state.completed() == Some(commit) {
            Ok(())
        } else if tenure.state.prepared() == Some(commit) {
            Err(ErrorCode::CONCURRENT_TRANSACTIONS)
        } else {
            Err(ErrorCode::INVALID_TXN_STATE)
        }
    }

    //= B15 every end takes an epoch, and is known by it when it comes again
    fn end_tv2(&mut self, who: Identity, commit: bool) -> Result<Identity, ErrorCode> {
        let tenure = self.tenure.as_mut().ok_or(ErrorCode::INVALID_PRODUCER_ID_MAPPING)?;
        if tenure.state.prepared().is_some() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        match tenure.call(who)? {
            Call::Current if commit && tenure.state != TxnState::Ongoing => {
                Err(ErrorCode::INVALID_TXN_STATE)
            }
            Call::Current => Ok(tenure.decide(commit, &mut self.fresh_pid)),
            Call::Repeated if tenure.state.completed() == Some(commit) => Ok(tenure.who),
            //= B17 a commit, and the transaction was aborted
            Call::Repeated if commit && self.rules.fences_late_commits => {
                Err(ErrorCode::PRODUCER_FENCED)
            }
            Call::Repeated => Err(ErrorCode::INVALID_TXN_STATE),
        }
    }
}

/// What a request of generation 2 is.
enum Call {
    /// It asks for something, under the present identity.
    Current,
    /// It was answered before, by the step that led here.
    Repeated,
}

impl Tenure {
    /// Decides, and answers who the producer is from here on.
    //= B15 the last epoch is followed by a new producer id
    fn decide(&mut self, commit: bool, fresh_pid: &mut i64) -> Identity {
        self.next_pid = self.is_exhausted().then(|| take_pid(fresh_pid));
        self.last_epoch = Some(self.who.epoch);
        self.bump();
        self.step(TxnState::prepare(commit));
        self.next_pid.map_or(self.who, |pid| Identity { pid, epoch: 0 })
    }

    fn call(&self, who: Identity) -> Result<Call, ErrorCode> {
        let completed = self.state.completed().is_some();
        if completed && (self.took_an_epoch_from(who) || self.took_over_from(who)) {
            return Ok(Call::Repeated);
        }
        self.check(who).map(|()| Call::Current)
    }

    /// Whether the end of that identity's transaction took the present epoch.
    fn took_an_epoch_from(&self, who: Identity) -> bool {
        who.pid == self.who.pid && who.epoch.saturating_add(1) == self.who.epoch
    }

    /// Whether the end of that identity's transaction used up its producer id.
    fn took_over_from(&self, who: Identity) -> bool {
        self.previous_pid == Some(who.pid) && who.epoch == LAST_EPOCH
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cluster, Rules};

    const INVALID: ErrorCode = ErrorCode::INVALID_TXN_STATE;
    const CONCURRENT: ErrorCode = ErrorCode::CONCURRENT_TRANSACTIONS;
    const FENCED: ErrorCode = ErrorCode::PRODUCER_FENCED;

    /// A coordinator with an initialised producer.
    struct Bench {
        coordinator: Coordinator,
        generation: Generation,
        who: Identity,
    }

    impl Bench {
        fn new(generation: Generation) -> Self {
            Self::with(Rules::SINCE_3_8, generation)
        }

        fn with(rules: Rules, generation: Generation) -> Self {
            let mut coordinator = Coordinator::new(rules, generation, 100);
            let who = coordinator.init_producer_id(None).expect("the first producer");
            Self { coordinator, generation, who }
        }

        fn ongoing(mut self) -> Self {
            self.coordinator.add_partitions(self.who, &[0]);
            self
        }

        fn at_epoch(mut self, epoch: i64) -> Self {
            self.who.epoch = epoch;
            self.coordinator.tenure.as_mut().expect("a tenure").who = self.who;
            self
        }

        /// Ends the transaction as the producer that began it, however often that was.
        fn end(&mut self, commit: bool) -> Result<Option<Identity>, ErrorCode> {
            self.coordinator.end_txn(self.generation, self.who, commit)
        }

        fn complete(&mut self) {
            self.coordinator.complete(&mut Cluster::new(Rules::SINCE_3_8, &[]));
        }

        fn later(&self, epochs: i64) -> Identity {
            Identity { epoch: self.who.epoch.saturating_add(epochs), ..self.who }
        }
    }

    //= type=test B14 the whole table
    #[test]
    fn generation_one_knows_a_repeated_end_by_its_decision() {
        for commit in [true, false] {
            let mut bench = Bench::new(Generation::Tv1);
            assert_eq!(bench.end(commit), Err(INVALID));
            let mut bench = bench.ongoing();
            assert_eq!(bench.end(commit), Ok(None));
            assert_eq!(bench.end(commit), Err(CONCURRENT));
            assert_eq!(bench.end(!commit), Err(INVALID));
            bench.complete();
            assert_eq!(bench.end(commit), Ok(None));
            assert_eq!(bench.end(!commit), Err(INVALID));
        }
    }

    //= type=test B14 strict equality
    #[test]
    fn generation_one_serves_the_present_epoch_only() {
        let mut bench = Bench::new(Generation::Tv1).at_epoch(5).ongoing();
        for (who, code) in [
            (bench.later(-1), FENCED),
            (bench.later(1), FENCED),
            (Identity { pid: 7, epoch: 5 }, ErrorCode::INVALID_PRODUCER_ID_MAPPING),
        ] {
            assert_eq!(bench.coordinator.end_txn(Generation::Tv1, who, true), Err(code));
        }
    }

    //= type=test B14 an old copy is as good as a new request
    #[test]
    fn generation_one_lets_an_old_copy_end_the_next_transaction() {
        let mut bench = Bench::new(Generation::Tv1).ongoing();
        bench.end(true).expect("a commit");
        bench.complete();
        let mut bench = bench.ongoing();
        assert_eq!(bench.end(true), Ok(None));
        assert_eq!(bench.coordinator.state(), Some(TxnState::PrepareCommit));
    }

    //= type=test B14 B16 the way out
    #[test]
    fn initialising_again_shuts_out_old_copies_in_generation_one() {
        let mut bench = Bench::new(Generation::Tv1).ongoing();
        bench.end(true).expect("a commit");
        bench.complete();
        let next = bench.coordinator.init_producer_id(Some(bench.who)).expect("an epoch");
        bench.coordinator.add_partitions(next, &[0]);
        assert_eq!(bench.end(true), Err(FENCED));
        assert_eq!(bench.coordinator.state(), Some(TxnState::Ongoing));
    }

    //= type=test B15 a retry is known by the epoch that was stored
    #[test]
    fn generation_two_knows_a_repeated_end_by_its_epoch() {
        for commit in [true, false] {
            let mut bench = Bench::new(Generation::Tv2).ongoing();
            let next = bench.later(1);
            assert_eq!(bench.end(commit), Ok(Some(next)));
            assert_eq!(bench.end(commit), Err(CONCURRENT));
            bench.complete();
            assert_eq!(bench.end(commit), Ok(Some(next)));
            assert_eq!(bench.end(!commit), Err(INVALID));
        }
    }

    //= type=test B15 an old copy
    #[test]
    fn generation_two_refuses_an_old_copy_in_the_next_transaction() {
        let mut bench = Bench::new(Generation::Tv2).ongoing();
        let next = bench.end(true).expect("a commit").expect("an identity");
        bench.complete();
        bench.coordinator.add_partitions(next, &[0]);
        assert_eq!(bench.end(true), Err(FENCED));
        assert_eq!(bench.coordinator.state(), Some(TxnState::Ongoing));
    }

    //= type=test B15 without a transaction
    #[test]
    fn generation_two_aborts_nothing_at_the_price_of_an_epoch() {
        let mut bench = Bench::new(Generation::Tv2);
        assert_eq!(bench.end(true), Err(INVALID));
        assert_eq!(bench.end(false), Ok(Some(bench.later(1))));
        bench.complete();
        let after = bench.later(1);
        let mut end = |commit| bench.coordinator.end_txn(Generation::Tv2, after, commit);
        assert_eq!(end(true), Err(INVALID));
        assert_eq!(end(false), Ok(Some(Identity { epoch: after.epoch + 1, ..after })));
    }

    //= type=test B15 the overflow pair
    #[test]
    fn generation_two_takes_a_new_producer_id_after_the_last_epoch() {
        let mut bench = Bench::new(Generation::Tv2).at_epoch(LAST_EPOCH).ongoing();
        let fresh = Identity { pid: 101, epoch: 0 };
        assert_eq!(bench.end(true), Ok(Some(fresh)));
        assert_eq!(bench.coordinator.identity(), Some(bench.later(1)));
        assert_eq!(bench.end(true), Err(CONCURRENT));
        bench.complete();
        assert_eq!(bench.end(true), Ok(Some(fresh)));
        assert_eq!(bench.end(false), Err(INVALID));
        bench.coordinator.add_partitions(fresh, &[0]);
        assert_eq!(bench.end(true), Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING));
    }

    //= type=test B17 generation 1
    #[test]
    fn a_timeout_fences_the_producer_of_generation_one_for_good() {
        let mut bench = Bench::new(Generation::Tv1).ongoing();
        bench.coordinator.time_out();
        bench.complete();
        assert_eq!(bench.end(true), Err(FENCED));
        assert_eq!(bench.end(false), Err(FENCED));
        assert_eq!(bench.coordinator.init_producer_id(Some(bench.who)), Err(FENCED));
    }

    //= type=test B17 generation 2
    #[test]
    fn a_timeout_lets_the_producer_of_generation_two_abort() {
        for (rules, late_commit) in [(Rules::SINCE_3_8, INVALID), (Rules::SINCE_4_5, FENCED)] {
            let mut bench = Bench::with(rules, Generation::Tv2).ongoing();
            bench.coordinator.time_out();
            assert_eq!(bench.end(false), Err(CONCURRENT));
            bench.complete();
            assert_eq!(bench.end(true), Err(late_commit));
            assert_eq!(bench.end(false), Ok(Some(bench.later(1))));
        }
    }

    //= type=test B17 an abort is never late
    #[test]
    fn a_late_abort_of_what_was_committed_is_not_fenced() {
        let mut bench = Bench::with(Rules::SINCE_4_5, Generation::Tv2).ongoing();
        bench.end(true).expect("a commit");
        bench.complete();
        assert_eq!(bench.end(false), Err(INVALID));
    }

    //= type=test B15 B16 the epoch before is still known
    #[test]
    fn a_producer_may_initialise_after_an_end_it_never_heard_about() {
        let mut bench = Bench::new(Generation::Tv2).ongoing();
        bench.end(true).expect("a commit");
        bench.complete();
        let next = bench.coordinator.init_producer_id(Some(bench.who));
        assert_eq!(next, Ok(bench.later(1)));
    }

    //= type=test B17 the epoch beyond the last
    #[test]
    fn timeouts_never_lead_beyond_the_epoch_for_fencing() {
        let mut bench = Bench::new(Generation::Tv2).at_epoch(LAST_EPOCH + 1).ongoing();
        bench.coordinator.time_out();
        assert_eq!(bench.coordinator.identity(), Some(bench.who));
    }

    //= type=test B17 only what is ongoing
    #[test]
    fn only_an_ongoing_transaction_times_out() {
        let mut bench = Bench::new(Generation::Tv2);
        let idle = bench.coordinator.clone();
        bench.coordinator.time_out();
        assert_eq!(bench.coordinator, idle);
    }

    #[test]
    fn a_transaction_may_end_in_the_generation_it_began_in() {
        let mut bench = Bench::new(Generation::Tv1).ongoing();
        bench.coordinator.upgrade();
        assert_eq!(bench.end(true), Ok(None));
        bench.complete();
        let next = bench.coordinator.init_producer_id(Some(bench.who));
        assert_eq!(next, Ok(bench.later(1)));
        bench.generation = Generation::Tv2;
        bench.who = bench.later(1);
        bench.coordinator.downgrade();
        assert_eq!(bench.end(false), Ok(Some(bench.later(1))));
    }
}
