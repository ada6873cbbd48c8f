//! How a producer gets its identity, and takes it from another.

use std::collections::BTreeSet;

use klamm_wire::ErrorCode;

use super::Coordinator;
use super::tenure::{LAST_EPOCH, Tenure, TxnState, take_pid};
use crate::model::produce::Identity;

impl Coordinator {
    /// Initialises a producer: one that has just been started (`None`), or one that goes on after
    /// an error and names its own identity.
    ///
    /// # Errors
    /// `CONCURRENT_TRANSACTIONS` while a transaction must be ended first, `PRODUCER_FENCED` for an
    /// identity that was overtaken.
    pub fn init_producer_id(&mut self, current: Option<Identity>) -> Result<Identity, ErrorCode> {
        let Some(tenure) = &mut self.tenure else {
            return Ok(self.tenure.insert(Tenure::first(take_pid(&mut self.fresh_pid))).who);
        };
        if tenure.state.prepared().is_some() {
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        if !current.is_none_or(|own| tenure.knows(own)) {
            return Err(ErrorCode::PRODUCER_FENCED);
        }
        //= B16 a transaction in the way is aborted, whatever epoch the caller names
        if tenure.state == TxnState::Ongoing {
            tenure.fence(self.generation);
            return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
        }
        tenure.next_identity(current.map(|own| own.epoch), &mut self.fresh_pid)
    }
}

impl Tenure {
    const fn first(pid: i64) -> Self {
        Self {
            who: Identity { pid, epoch: 0 },
            last_epoch: None,
            previous_pid: None,
            next_pid: None,
            state: TxnState::Empty,
            members: BTreeSet::new(),
        }
    }

    /// Whether the producer id is the present one, or the one that was just used up.
    fn knows(&self, own: Identity) -> bool {
        let used_up = self.previous_pid == Some(own.pid) && own.epoch >= LAST_EPOCH;
        own.pid == self.who.pid || used_up
    }

    /// The identity for a producer that starts, goes on, or repeats its request.
    //= B16 the present epoch is bumped, the last one is answered by the present one
    fn next_identity(
        &mut self,
        own: Option<i64>,
        fresh_pid: &mut i64,
    ) -> Result<Identity, ErrorCode> {
        let in_office = own.is_none_or(|own| own == self.who.epoch);
        match (in_office, self.is_exhausted()) {
            (true, true) => self.hand_over(take_pid(fresh_pid), TxnState::Empty),
            (true, false) => {
                self.bump();
                self.step(TxnState::Empty);
            }
            // A broker looks for the next epoch before it looks at the last one.
            (false, true) => return Err(ErrorCode::UNKNOWN_SERVER_ERROR),
            (false, false) if own != self.last_epoch => return Err(ErrorCode::PRODUCER_FENCED),
            (false, false) => {
                self.step(TxnState::Empty);
                return Ok(self.who);
            }
        }
        self.last_epoch = own;
        Ok(self.who)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cluster, Generation, Rules};

    const FENCED: Result<Identity, ErrorCode> = Err(ErrorCode::PRODUCER_FENCED);
    const CONCURRENT: Result<Identity, ErrorCode> = Err(ErrorCode::CONCURRENT_TRANSACTIONS);

    fn identity(pid: i64, epoch: i64) -> Identity {
        Identity { pid, epoch }
    }

    /// A coordinator and its first producer, with a transaction that is ongoing.
    fn ongoing(generation: Generation) -> (Coordinator, Identity) {
        let mut coordinator = Coordinator::new(Rules::SINCE_3_6, generation, 100);
        let who = coordinator.init_producer_id(None).expect("the first producer");
        coordinator.add_partitions(who, &[0]);
        (coordinator, who)
    }

    fn complete(coordinator: &mut Coordinator) {
        coordinator.complete(&mut Cluster::new(Rules::SINCE_3_6, &[]));
    }

    /// A coordinator whose producer has this epoch.
    fn at_epoch(generation: Generation, epoch: i64) -> (Coordinator, Identity) {
        let mut coordinator = Coordinator::new(Rules::SINCE_3_6, generation, 100);
        coordinator.init_producer_id(None).expect("the first producer");
        let tenure = coordinator.tenure.as_mut().expect("a tenure");
        tenure.who.epoch = epoch;
        let who = tenure.who;
        (coordinator, who)
    }

    #[test]
    fn the_first_producer_gets_a_fresh_id_and_the_second_the_next_epoch() {
        let mut coordinator = Coordinator::new(Rules::SINCE_3_6, Generation::Tv1, 100);
        assert_eq!(coordinator.init_producer_id(None), Ok(identity(100, 0)));
        assert_eq!(coordinator.init_producer_id(None), Ok(identity(100, 1)));
        assert_eq!(coordinator.state(), Some(TxnState::Empty));
    }

    //= type=test B16 the present epoch, the last one, any other
    #[test]
    fn a_producer_that_goes_on_may_repeat_its_request() {
        let mut coordinator = Coordinator::new(Rules::SINCE_3_6, Generation::Tv1, 100);
        let own = coordinator.init_producer_id(None).expect("the first producer");
        assert_eq!(coordinator.init_producer_id(Some(own)), Ok(identity(100, 1)));
        assert_eq!(coordinator.init_producer_id(Some(own)), Ok(identity(100, 1)));
        assert_eq!(coordinator.init_producer_id(Some(identity(100, 1))), Ok(identity(100, 2)));
        assert_eq!(coordinator.init_producer_id(Some(own)), FENCED);
        assert_eq!(coordinator.init_producer_id(Some(identity(7, 2))), FENCED);
    }

    //= type=test B16 somebody newer came
    #[test]
    fn a_new_instance_fences_the_one_before_it() {
        let mut coordinator = Coordinator::new(Rules::SINCE_3_6, Generation::Tv1, 100);
        let old = coordinator.init_producer_id(None).expect("the first producer");
        coordinator.init_producer_id(None).expect("the second producer");
        assert_eq!(coordinator.init_producer_id(Some(old)), FENCED);
    }

    //= type=test B16 generation 1
    #[test]
    fn generation_one_fences_who_initialises_over_its_own_transaction() {
        let (mut coordinator, own) = ongoing(Generation::Tv1);
        assert_eq!(coordinator.init_producer_id(Some(own)), CONCURRENT);
        assert_eq!(coordinator.state(), Some(TxnState::PrepareAbort));
        assert_eq!(coordinator.init_producer_id(Some(own)), CONCURRENT);
        complete(&mut coordinator);
        assert_eq!(coordinator.init_producer_id(Some(own)), FENCED);
    }

    //= type=test B16 generation 2
    #[test]
    fn generation_two_lets_it_go_on() {
        let (mut coordinator, own) = ongoing(Generation::Tv2);
        assert_eq!(coordinator.init_producer_id(Some(own)), CONCURRENT);
        complete(&mut coordinator);
        assert_eq!(coordinator.init_producer_id(Some(own)), Ok(identity(100, 1)));
    }

    //= type=test B16 a new instance over a transaction
    #[test]
    fn a_new_instance_aborts_what_is_ongoing() {
        for generation in [Generation::Tv1, Generation::Tv2] {
            let (mut coordinator, _) = ongoing(generation);
            assert_eq!(coordinator.init_producer_id(None), CONCURRENT);
            complete(&mut coordinator);
            assert_eq!(coordinator.state(), Some(TxnState::CompleteAbort));
            assert_eq!(coordinator.init_producer_id(None), Ok(identity(100, 2)));
        }
    }

    //= type=test B15 the last epoch
    #[test]
    fn the_last_epoch_is_followed_by_a_new_producer_id() {
        let (mut coordinator, own) = at_epoch(Generation::Tv1, LAST_EPOCH);
        assert_eq!(coordinator.init_producer_id(Some(own)), Ok(identity(101, 0)));
        assert_eq!(coordinator.init_producer_id(Some(own)), Ok(identity(101, 0)));
        let (mut coordinator, own) = at_epoch(Generation::Tv1, LAST_EPOCH);
        assert_eq!(coordinator.init_producer_id(None), Ok(identity(101, 0)));
        assert_eq!(coordinator.init_producer_id(Some(own)), FENCED);
    }

    //= type=test B15 B16 the epoch beyond the last
    #[test]
    fn fencing_finds_an_epoch_even_after_the_last() {
        let (mut coordinator, own) = at_epoch(Generation::Tv2, LAST_EPOCH);
        coordinator.add_partitions(own, &[0]);
        assert_eq!(coordinator.init_producer_id(None), CONCURRENT);
        assert_eq!(coordinator.identity(), Some(identity(100, LAST_EPOCH + 1)));
        complete(&mut coordinator);
        let stumbled = Err(ErrorCode::UNKNOWN_SERVER_ERROR);
        assert_eq!(coordinator.init_producer_id(Some(own)), stumbled);
        assert_eq!(coordinator.init_producer_id(None), Ok(identity(101, 0)));
    }

    #[test]
    fn a_rotation_is_recognised_once_only() {
        let (mut coordinator, own) = at_epoch(Generation::Tv1, LAST_EPOCH);
        coordinator.init_producer_id(Some(own)).expect("a new producer id");
        coordinator.init_producer_id(Some(own)).expect("the same again");
        assert_eq!(coordinator.init_producer_id(Some(own)), FENCED);
    }
}
