//! Leaders that move, hang, are not ready, or are nowhere to be found.

use klamm_idempotence::{Input, Leader, Output};
use klamm_wire::{ErrorCode, NodeId};

use crate::language::{Bench, P, PATIENCE, Told};

//= type=test F8
#[test]
fn what_the_old_leader_refused_goes_to_the_new_one_head_first() {
    let mut bench = Bench::flowing();
    let all @ [a, b, c, d, e] = bench.batches();
    let stamps = bench.stamps(all);
    for batch in all {
        bench.answer(batch, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    }
    assert!(bench.wishes.contains(&Output::Refresh(P)));
    bench.sends();
    bench.leads(2);
    bench.connect(2);
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.sends(), [b, c, d, e]);
    assert_eq!((bench.stamps(all), bench.went_to(e)), (stamps, bench.conn(2)));
}

//= type=test F9
#[test]
fn not_leader_may_come_after_the_append_and_is_no_promise() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    bench.answer(b, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    bench.leads(2);
    bench.connect(2);
    bench.answer(a, ErrorCode::NONE);
    bench.answer(b, ErrorCode::NOT_ENOUGH_REPLICAS);
    bench.disconnect(2);
    bench.wait(PATIENCE);
    assert_eq!(bench.all_told([a, b]), [Told::Acked, Told::Unknown]);
}

//= type=test F10 R6
#[test]
fn before_the_first_success_a_refused_batch_has_none_behind_it() {
    let mut bench = Bench::gated();
    let [a, b, c] = bench.batches();
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    bench.wait(1);
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.sends(), [b, c]);
}

//= type=test F11
#[test]
fn a_batch_out_of_order_behind_a_refused_one_waits_for_it() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    let stamps = bench.stamps([a, b]);
    bench.answer(a, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    bench.answer(b, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    bench.sends();
    bench.wait(1);
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.sends(), bench.stamps([a, b])), (vec![b], stamps));
}

//= type=test F12
#[test]
fn a_hint_to_a_new_leader_saves_the_wait() {
    let mut bench = Bench::flowing();
    bench.connect(2);
    let [a] = bench.batches();
    let first = bench.last_attempt(a);
    bench.leads(2);
    bench.answer_to(first, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert_eq!((bench.sends(), bench.went_to(a)), (vec![a, a], bench.conn(2)));
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
}

//= type=test F12 R11
#[test]
fn metadata_that_names_a_new_leader_ends_a_wait() {
    let mut bench = Bench::flowing();
    bench.connect(2);
    let [a] = bench.batches();
    bench.answer(a, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert_eq!(bench.sends(), [a]);
    bench.leads(2);
    assert_eq!(bench.sends(), [a]);
}

//= type=test F15 R12
#[test]
fn a_leader_that_hangs_is_left_as_soon_as_another_one_is_known() {
    let mut bench = Bench::flowing();
    let all @ [a, b, c] = bench.batches();
    bench.sends();
    bench.connect(2);
    bench.leads(2);
    assert_eq!((bench.sends(), bench.went_to(a)), (vec![a], bench.conn(2)));
    for batch in [a, b, c] {
        bench.answer(batch, ErrorCode::NONE);
    }
    assert_eq!(bench.all_told(all), [Told::Acked; 3]);
}

//= type=test F17
#[test]
fn a_promoted_follower_recognises_all_that_was_in_doubt() {
    let mut bench = Bench::flowing();
    let all: [_; 5] = bench.batches();
    let stamps = bench.stamps(all);
    bench.disconnect(1);
    bench.leads(2);
    bench.connect(2);
    for batch in all {
        bench.answer(batch, ErrorCode::NONE);
    }
    assert_eq!((bench.all_told(all), bench.stamps(all)), ([Told::Acked; 5], stamps));
}

//= type=test F47
#[test]
fn a_broker_that_cannot_be_reached_costs_nothing_but_time() {
    let mut bench = Bench::idempotent();
    bench.leads(9);
    let [a] = bench.batches();
    assert!(bench.wishes.contains(&Output::NeedConn(NodeId(9))));
    bench.tell(Input::DialFailed { node: NodeId(9) });
    assert!(bench.wishes.contains(&Output::Refresh(P)));
    bench.wait(PATIENCE);
    assert_eq!((bench.told(a), bench.sends()), (Told::NotWritten, vec![]));
}

//= type=test F47
#[test]
fn a_connection_that_was_lost_is_asked_for_again() {
    let mut bench = Bench::idempotent();
    bench.leads(1);
    let [a] = bench.batches();
    bench.connect(1);
    for _ in 0..3 {
        bench.wishes_clear();
        bench.disconnect(1);
        bench.wait(2);
        assert_eq!(bench.wishes, [Output::NeedConn(NodeId(1))]);
        bench.connect(1);
    }
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
}

//= type=test F106
#[test]
fn a_retry_that_finds_no_connection_ends_at_its_deadline() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.disconnect(1);
    for _ in 0..PATIENCE {
        bench.tell(Input::DialFailed { node: NodeId(1) });
        bench.wait(1);
    }
    assert_eq!((bench.told(a), bench.sends()), (Told::Unknown, vec![a]));
}

//= type=test F48
#[test]
fn without_a_leader_batches_wait_until_their_deadline() {
    let mut bench = Bench::flowing();
    bench.metadata(P, Leader::Nobody);
    let a = bench.batch(P, 1, 5);
    let b = bench.batch(P, 1, PATIENCE);
    bench.wait(5);
    assert_eq!((bench.told(a), bench.sends()), (Told::NotWritten, vec![]));
    bench.leads(1);
    assert_eq!(bench.sends(), [b]);
}

//= type=test F49 R22
#[test]
fn a_topic_that_is_missing_for_a_while_comes_back_as_it_was() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.answer(a, ErrorCode::NONE);
    bench.metadata(P, Leader::Missing);
    bench.wait(50);
    let [b] = bench.batches();
    bench.leads(1);
    let (pid, epoch, sequence) = bench.stamp(a);
    assert_eq!(bench.stamp(b), (pid, epoch, sequence + 1));
}

//= type=test F49
#[test]
fn a_batch_in_doubt_survives_a_missing_topic() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let stamp = bench.stamp(a);
    bench.answer(a, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    bench.metadata(P, Leader::Missing);
    bench.wait(50);
    bench.leads(1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.told(a), bench.stamp(a)), (Told::Acked, stamp));
}
