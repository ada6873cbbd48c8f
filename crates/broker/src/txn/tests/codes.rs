//! What a verdict is called for older clients.

use super::super::produce_code;
use super::*;

#[test]
fn a_partition_that_was_not_added_is_abortable_since_produce_eleven() {
    let unverified = ErrorCode::TRANSACTION_ABORTABLE;
    for version in 3..=10 {
        assert_eq!(produce_code(unverified, version), ErrorCode::INVALID_TXN_STATE);
    }
    for version in 11..=13 {
        assert_eq!(produce_code(unverified, version), unverified);
    }
}

#[test]
fn trouble_with_the_coordinator_makes_no_producer_fetch_metadata() {
    for code in [
        ErrorCode::NETWORK_EXCEPTION,
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        ErrorCode::NOT_COORDINATOR,
    ] {
        for version in 3..=13 {
            assert_eq!(produce_code(code, version), ErrorCode::NOT_ENOUGH_REPLICAS);
        }
    }
}

#[test]
fn only_generation_two_is_told_that_a_transaction_is_still_ending() {
    let ending = ErrorCode::CONCURRENT_TRANSACTIONS;
    for version in 3..=11 {
        assert_eq!(produce_code(ending, version), ErrorCode::NOT_ENOUGH_REPLICAS);
    }
    for version in 12..=13 {
        assert_eq!(produce_code(ending, version), ending);
    }
}

#[test]
fn produce_knows_a_fenced_producer_by_its_epoch() {
    for version in 3..=13 {
        let code = produce_code(ErrorCode::PRODUCER_FENCED, version);
        assert_eq!(code, ErrorCode::INVALID_PRODUCER_EPOCH);
    }
}

#[test]
fn other_verdicts_reach_the_producer_as_they_are() {
    for code in [
        OK,
        ErrorCode::INVALID_PRODUCER_ID_MAPPING,
        ErrorCode::INVALID_REQUEST,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    ] {
        for version in 3..=13 {
            assert_eq!(produce_code(code, version), code);
        }
    }
}

#[test]
fn old_clients_know_a_fence_as_an_invalid_epoch() {
    let (old, new) = (ErrorCode::INVALID_PRODUCER_EPOCH, ErrorCode::PRODUCER_FENCED);
    let mut world = World::one();
    let stale = world.init().unwrap();
    world.init().unwrap();
    for (version, code) in [(0, old), (1, old), (2, new), (4, new)] {
        assert_eq!(world.commit(stale, version), Err(code));
        let add = |c: &mut Coordinator, rules: &TxnRules<'_>| {
            c.add_partitions(TX, stale, &[part(0)], version, rules)
        };
        assert_eq!(world.ask(add), code);
        let offsets = |c: &mut Coordinator, rules: &TxnRules<'_>| {
            c.add_offsets(TX, stale, &part(0), version, rules)
        };
        assert_eq!(world.ask(offsets), code);
    }
    for (version, code) in [(3, old), (4, new), (5, new)] {
        let from_another = stranger(stale);
        let init = |c: &mut Coordinator, rules: &TxnRules<'_>| {
            c.init_producer_id(Some(TX), 60_000, from_another, version, rules)
        };
        assert_eq!(world.ask(init), Err(code));
    }
}
