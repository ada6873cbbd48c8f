//! `InitProducerId`: rows PID-* of the reliability page.

use std::collections::BTreeSet;

use super::*;

#[test]
fn a_thousand_producers_without_a_transactional_id_get_distinct_ids_at_epoch_zero() {
    let mut world = World::two();
    let init = |c: &mut Coordinator, rules: &TxnRules<'_>| {
        c.init_producer_id(None, 0, Identity::NONE, 5, rules).unwrap()
    };
    let given: BTreeSet<Identity> = (0..1_000).map(|_| world.ask(init)).collect();
    assert_eq!(given.len(), 1_000);
    assert!(given.iter().all(|identity| identity.pid >= 0 && identity.epoch == 0));
}

#[test]
fn an_empty_transactional_id_is_no_id() {
    let mut world = World::two();
    let init = |c: &mut Coordinator, rules: &TxnRules<'_>| {
        c.init_producer_id(Some(""), 60_000, Identity::NONE, 5, rules)
    };
    assert_eq!(world.ask(init), Err(ErrorCode::INVALID_REQUEST));
}

#[test]
fn a_timeout_of_nothing_or_above_the_maximum_is_refused() {
    for (timeout, accepted) in
        [(i32::MIN, false), (-1, false), (0, false), (1, true), (900_000, true), (900_001, false)]
    {
        let init = |c: &mut Coordinator, rules: &TxnRules<'_>| {
            c.init_producer_id(Some(TX), timeout, Identity::NONE, 5, rules).err()
        };
        let refused = (!accepted).then_some(ErrorCode::INVALID_TRANSACTION_TIMEOUT);
        assert_eq!(World::two().ask(init), refused, "{timeout}");
    }
}

#[test]
fn a_second_producer_of_an_id_gets_the_next_epoch_and_fences_the_first() {
    let mut world = World::one();
    let first = world.init().unwrap();
    let second = world.init().unwrap();
    assert_eq!(first.epoch, 0);
    assert_eq!(second, raised(first));
    assert_eq!(world.add(first, 0), ErrorCode::PRODUCER_FENCED);
    assert_eq!(world.add(second, 0), OK);
    assert_eq!(world.commit(first, 2), Err(ErrorCode::PRODUCER_FENCED));
}

#[test]
fn half_an_identity_is_an_invalid_request() {
    let mut world = World::two();
    let who = world.init().unwrap();
    for half in [Identity { epoch: -1, ..who }, Identity { pid: -1, ..who }] {
        assert_eq!(world.init_from(half), Err(ErrorCode::INVALID_REQUEST));
        let init = |c: &mut Coordinator, rules: &TxnRules<'_>| {
            c.init_producer_id(None, 60_000, half, 5, rules)
        };
        assert_eq!(world.ask(init), Err(ErrorCode::INVALID_REQUEST));
    }
}

#[test]
fn going_on_from_an_identity_may_be_repeated_until_another_producer_comes() {
    let mut world = World::one();
    let first = world.init().unwrap();
    let next = world.init_from(first).unwrap();
    assert_eq!(next, raised(first));
    assert_eq!(world.init_from(first), Ok(next));
    assert_eq!(world.init_from(first), Ok(next));
    let other = world.init().unwrap();
    assert_eq!(other, raised(next));
    assert_eq!(world.init_from(next), Err(ErrorCode::PRODUCER_FENCED));
}

#[test]
fn an_identity_that_the_coordinator_forgot_is_replaced() {
    let mut world = World::two();
    let forgotten = Identity { pid: 123_456, epoch: 9 };
    let given = world.init_from(forgotten).unwrap();
    assert_ne!(given.pid, forgotten.pid);
    assert_eq!(given.epoch, 0);
}

#[test]
fn the_timeout_is_that_of_the_last_init() {
    let mut world = World::two();
    world.init().unwrap();
    let init = |c: &mut Coordinator, rules: &TxnRules<'_>| {
        c.init_producer_id(Some(TX), 5_000, Identity::NONE, 5, rules).unwrap()
    };
    world.ask(init);
    assert_eq!(world.coordinator.describe(TX).unwrap().timeout_ms, 5_000);
}

#[test]
fn an_open_transaction_is_aborted_before_a_new_producer_begins() {
    for (mut world, last_is_kept) in [(World::one(), false), (World::two(), true)] {
        let who = world.ongoing();
        assert_eq!(world.init_from(who), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
        assert_eq!(world.init_from(who), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
        let markers = world.write_markers();
        assert_eq!(markers.len(), 1);
        assert!(!markers[0].commit && markers[0].epoch == who.epoch + 1);
        // Generation one forgets whose transaction it was: that producer has fenced itself.
        let again = world.init_from(who);
        if last_is_kept {
            assert_eq!(again, Ok(raised(who)));
        } else {
            assert_eq!(again, Err(ErrorCode::PRODUCER_FENCED));
            assert_eq!(world.init(), Ok(raised(raised(who))));
        }
    }
}

#[test]
fn the_last_epoch_is_followed_by_a_new_producer_id() {
    for mut world in [World::one(), World::two()] {
        world.init().unwrap();
        let last = world.age(32_766);
        let fresh = world.init_from(last).unwrap();
        assert_ne!(fresh.pid, last.pid);
        assert_eq!(fresh.epoch, 0);
        assert_eq!(world.init_from(last), Ok(fresh));
        world.init().unwrap();
        assert_eq!(world.init_from(last), Err(ErrorCode::PRODUCER_FENCED));
    }
}

#[test]
fn the_epoch_before_the_last_reaches_it() {
    let mut world = World::one();
    world.init().unwrap();
    let who = world.age(32_765);
    assert_eq!(world.init(), Ok(raised(who)));
    assert_eq!(world.init().unwrap().epoch, 0);
}

#[test]
fn an_old_epoch_of_an_exhausted_id_is_an_unknown_error() {
    let mut world = World::one();
    world.init().unwrap();
    let last = world.age(32_766);
    assert_eq!(world.init_from(before(last)), Err(ErrorCode::UNKNOWN_SERVER_ERROR));
}

#[test]
fn an_open_transaction_at_the_last_epoch_is_fenced_with_a_new_producer_id() {
    let mut world = World::two();
    world.ongoing();
    let last = world.age(32_766);
    assert_eq!(world.init_from(last), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
    world.write_markers();
    let fresh = world.identity();
    assert!(fresh.pid != last.pid && fresh.epoch == 0);
    assert_eq!(world.init_from(last), Ok(fresh));
}

#[test]
fn a_fence_at_the_last_epoch_is_a_dead_end_for_its_producer_in_generation_one() {
    let mut world = World::one();
    world.ongoing();
    let last = world.age(32_766);
    assert_eq!(world.init_from(last), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
    world.write_markers();
    assert_eq!(world.identity(), raised(last));
    assert_eq!(world.init_from(last), Err(ErrorCode::UNKNOWN_SERVER_ERROR));
    assert_eq!(world.abort(last, 5), Ok(Some(raised(last))));
    assert_ne!(world.init().unwrap().pid, last.pid);
}

#[test]
fn an_open_transaction_is_fenced_by_any_epoch_of_its_producer() {
    let mut world = World::two();
    world.init().unwrap();
    let who = world.ongoing();
    assert_eq!(world.init_from(before(who)), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
    assert_eq!(world.state(), "PrepareAbort");
}

#[test]
fn the_producer_id_before_is_known_by_its_last_epoch_alone() {
    let mut world = World::two();
    world.init().unwrap();
    let last = world.age(32_766);
    world.init_from(last).unwrap();
    let early = Identity { epoch: 0, ..last };
    assert_eq!(world.init_from(early), Err(ErrorCode::PRODUCER_FENCED));
}

#[test]
fn a_new_producer_id_for_another_producer_fences_the_last_one() {
    let mut world = World::two();
    world.init().unwrap();
    let last = world.age(32_766);
    world.init().unwrap();
    assert_eq!(world.init_from(last), Err(ErrorCode::PRODUCER_FENCED));
}

#[test]
fn a_fence_forgets_the_last_epoch_in_generation_one() {
    let mut world = World::one();
    let first = world.init().unwrap();
    let who = world.init_from(first).unwrap();
    world.add(who, 0);
    assert_eq!(world.init(), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
    world.write_markers();
    assert_eq!(world.init_from(first), Err(ErrorCode::PRODUCER_FENCED));
}
