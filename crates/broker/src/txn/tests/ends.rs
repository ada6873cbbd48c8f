//! `EndTxn` and what belongs to a transaction: rows TXN-* of the reliability page.

use super::*;

#[test]
fn a_transaction_over_two_partitions_gets_one_marker_in_each() {
    for commit in [true, false] {
        let mut world = World::one();
        let who = world.ongoing();
        assert_eq!(world.add(who, 1), OK);
        assert_eq!(world.add(who, 1), OK);
        let end = |c: &mut Coordinator, rules: &TxnRules<'_>| c.end(TX, who, commit, 4, rules);
        assert_eq!(world.ask(end), Ok(None));
        let markers = world.write_markers();
        let places: Vec<_> = markers.iter().map(|write| write.partition.clone()).collect();
        assert_eq!(places, [part(0), part(1)]);
        assert!(markers.iter().all(|write| write.commit == commit && write.pid == who.pid));
    }
}

#[test]
fn generation_one_goes_on_with_the_same_epoch() {
    let mut world = World::two();
    let who = world.ongoing();
    assert_eq!(world.commit(who, 4), Ok(None));
    assert_eq!(world.write_markers()[0].epoch, who.epoch);
    assert_eq!(world.identity(), who);
    assert_eq!(world.add(who, 0), OK);
}

#[test]
fn generation_two_goes_on_with_the_next_epoch_and_marks_with_it() {
    let mut world = World::two();
    let who = world.ongoing();
    assert_eq!(world.commit(who, 5), Ok(Some(raised(who))));
    assert_eq!(world.write_markers()[0].epoch, who.epoch + 1);
    assert_eq!(world.add(who, 0), ErrorCode::PRODUCER_FENCED);
    assert_eq!(world.add(raised(who), 0), OK);
}

#[test]
fn an_end_that_is_repeated_is_answered_by_the_state_in_generation_one() {
    let mut world = World::one();
    let who = world.ongoing();
    world.commit(who, 3).unwrap();
    assert_eq!(world.commit(who, 3), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
    world.write_markers();
    assert_eq!(world.commit(who, 3), Ok(None));
    assert_eq!(world.abort(who, 3), Err(ErrorCode::INVALID_TXN_STATE));
}

#[test]
fn an_end_that_is_repeated_at_the_old_epoch_gets_the_new_identity_in_generation_two() {
    for commit in [true, false] {
        let mut world = World::two();
        let who = world.ongoing();
        let end = |c: &mut Coordinator, rules: &TxnRules<'_>| c.end(TX, who, commit, 5, rules);
        let next = world.ask(end).unwrap();
        assert_eq!(world.ask(end), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
        world.write_markers();
        assert_eq!(world.ask(end), Ok(next));
        let other = |c: &mut Coordinator, rules: &TxnRules<'_>| c.end(TX, who, !commit, 5, rules);
        assert_eq!(world.ask(other), Err(ErrorCode::INVALID_TXN_STATE));
    }
}

#[test]
fn nothing_to_commit_is_an_invalid_state_and_nothing_to_abort_only_in_generation_one() {
    let mut world = World::two();
    let who = world.init().unwrap();
    for version in [4, 5] {
        assert_eq!(world.commit(who, version), Err(ErrorCode::INVALID_TXN_STATE));
    }
    assert_eq!(world.abort(who, 4), Err(ErrorCode::INVALID_TXN_STATE));
    let next = world.abort(who, 5).unwrap().unwrap();
    assert_eq!(next, raised(who));
    assert_eq!(world.write_markers(), []);
    assert_eq!(world.state(), "CompleteAbort");
    assert_eq!(world.abort(who, 5), Ok(Some(next)));
    assert_eq!(world.abort(next, 5), Ok(Some(raised(next))));
}

#[test]
fn a_copy_of_an_end_hits_the_next_transaction_only_in_generation_one() {
    for (version, code) in [(4, OK), (5, ErrorCode::PRODUCER_FENCED)] {
        let mut world = World::two();
        let who = world.ongoing();
        let next = world.commit(who, version).unwrap().unwrap_or(who);
        world.write_markers();
        assert_eq!(world.add(next, 1), OK);
        assert_eq!(world.commit(who, version).err().unwrap_or(OK), code);
        let state = if version == 4 { "PrepareCommit" } else { "Ongoing" };
        assert_eq!(world.state(), state);
    }
}

#[test]
fn the_last_epoch_ends_with_a_new_producer_id_in_generation_two() {
    let mut world = World::two();
    world.ongoing();
    let last = world.age(32_766);
    let fresh = world.commit(last, 5).unwrap().unwrap();
    assert_ne!(fresh.pid, last.pid);
    assert_eq!(fresh.epoch, 0);
    // The producer may be quicker than the markers, with an identity that is not the present one.
    assert_eq!(world.add(fresh, 0), ErrorCode::CONCURRENT_TRANSACTIONS);
    assert_eq!(world.abort(fresh, 5), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
    let marker = world.write_markers().remove(0);
    assert_eq!((marker.pid, marker.epoch), (last.pid, i16::MAX));
    assert_eq!(world.commit(last, 5), Ok(Some(fresh)));
    assert_eq!(world.abort(last, 5), Err(ErrorCode::INVALID_TXN_STATE));
    assert_eq!(world.commit(last, 4), Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING));
    assert_eq!(world.add(fresh, 0), OK);
    assert_eq!(world.commit(last, 5), Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING));
}

#[test]
fn an_empty_transactional_id_can_do_nothing() {
    let mut world = World::two();
    let who = world.init().unwrap();
    let refused = ErrorCode::INVALID_REQUEST;
    assert_eq!(world.ask(|c, rules| c.end("", who, true, 5, rules)), Err(refused));
    assert_eq!(world.ask(|c, rules| c.end("", who, true, 4, rules)), Err(refused));
    assert_eq!(world.ask(|c, rules| c.verify("", who, &part(0), rules)), refused);
    assert_eq!(world.ask(|c, rules| c.add_implicitly("", who, &part(0), rules)), refused);
    assert_eq!(world.ask(|c, rules| c.add_offsets("", who, &part(0), 3, rules)), refused);
}

#[test]
fn a_partition_is_verified_while_its_transaction_is_open() {
    let mut world = World::one();
    let who = world.ongoing();
    assert_eq!(world.verify(who, 0), OK);
    assert_eq!(world.verify(who, 1), ErrorCode::TRANSACTION_ABORTABLE);
    world.abort(who, 4).unwrap();
    assert_eq!(world.verify(who, 0), ErrorCode::CONCURRENT_TRANSACTIONS);
    world.write_markers();
    assert_eq!(world.verify(who, 0), ErrorCode::TRANSACTION_ABORTABLE);
}

#[test]
fn offsets_and_implicit_partitions_get_markers_too() {
    let mut world = World::two();
    let who = world.init().unwrap();
    let offsets = TopicPartition { topic: "__consumer_offsets".to_owned(), partition: 17 };
    assert_eq!(world.ask(|c, rules| c.add_offsets(TX, who, &offsets, 3, rules)), OK);
    assert_eq!(world.ask(|c, rules| c.add_implicitly(TX, who, &part(4), rules)), OK);
    world.commit(who, 5).unwrap();
    let places: Vec<_> = world.write_markers().into_iter().map(|write| write.partition).collect();
    assert_eq!(places, [offsets, part(4)]);
}

#[test]
fn a_transaction_without_partitions_completes_at_once() {
    let mut world = World::one();
    let who = world.init().unwrap();
    assert_eq!(world.ask(|c, rules| c.add_partitions(TX, who, &[], 3, rules)), OK);
    assert_eq!(world.state(), "Ongoing");
    world.commit(who, 4).unwrap();
    assert_eq!(world.state(), "CompleteCommit");
}

#[test]
fn the_last_epoch_is_a_repeated_end_only_after_a_rotation() {
    let mut world = World::two();
    let who = world.ongoing();
    world.commit(who, 5).unwrap();
    world.write_markers();
    let last = Identity { epoch: 32_766, ..who };
    assert_eq!(world.commit(last, 5), Err(ErrorCode::PRODUCER_FENCED));
}

#[test]
fn a_transaction_begins_with_its_first_partition_or_with_its_end() {
    let mut world = World::two();
    let start = |world: &World| world.coordinator.describe(TX).unwrap().start_time_ms;
    let mut who = world.init().unwrap();
    assert_eq!(start(&world), -1);
    world.pass(Duration::from_millis(5));
    who = world.abort(who, 5).unwrap().unwrap();
    assert_eq!(start(&world), 1_000_005);
    world.pass(Duration::from_millis(5));
    world.add(who, 0);
    world.pass(Duration::from_millis(5));
    world.commit(who, 5).unwrap();
    world.write_markers();
    assert_eq!(start(&world), 1_000_010);
    world.init().unwrap();
    assert_eq!(start(&world), -1);
}
