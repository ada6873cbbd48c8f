//! Producer ids, epochs and sequences at their limits.

use klamm_idempotence::{CtrlFacts, CtrlId, Fatal, Input, Mode, Reason, Settings};
use klamm_wire::{Epoch, ErrorCode, ProducerId};

use crate::language::{Bench, P, PATIENCE, Q, Told};

fn idempotent() -> Settings {
    Settings::new(Mode::Idempotent)
}

/// An answer to a request for a producer id.
fn identity(code: ErrorCode, pid: i64) -> CtrlFacts {
    CtrlFacts::ProducerId { code, pid: ProducerId(pid), epoch: Epoch(0) }
}

/// A producer whose first request for an id is open, with a batch that waits for it.
fn unidentified() -> Bench {
    let mut bench = Bench::gated();
    bench.grants_ids = false;
    bench
}

//= type=test F58
#[test]
fn a_retry_across_the_wrap_keeps_order_and_stamps() {
    let mut bench = Bench::gated_with(Settings { first_position: (1 << 31) - 4, ..idempotent() });
    let first = bench.batch(P, 1, PATIENCE);
    bench.answer(first, ErrorCode::NONE);
    let all @ [a, b, c] = [(); 3].map(|()| bench.batch(P, 2, PATIENCE));
    let stamps = bench.stamps(all);
    assert_eq!(stamps.map(|(_, _, sequence)| sequence), [i32::MAX - 2, i32::MAX, 1]);
    bench.disconnect(1);
    bench.connect(1);
    bench.sends();
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.sends(), bench.stamps(all)), (vec![a, b, c], stamps));
    bench.answer(b, ErrorCode::NONE);
    bench.answer(c, ErrorCode::NONE);
    assert_eq!(bench.all_told(all), [Told::Acked; 3]);
}

//= type=test F59
#[test]
fn used_up_epochs_end_in_a_new_id_to_which_partitions_move_one_by_one() {
    let mut bench = Bench::gated_with(Settings { epoch_limit: 1, ..idempotent() });
    bench.leads_too(Q, 1);
    let q = bench.batch(Q, 1, PATIENCE);
    bench.answer(q, ErrorCode::NONE);
    let [a] = bench.batches();
    for stamp in [(101, 0, 0), (101, 1, 0), (102, 0, 0), (102, 1, 0), (103, 0, 0)] {
        assert_eq!(bench.stamp(a), stamp);
        bench.answer(a, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        bench.wait(1);
    }
    bench.answer(a, ErrorCode::NONE);
    let q = bench.batch(Q, 1, PATIENCE);
    assert_eq!((bench.told(a), bench.stamp(q)), (Told::Acked, (101, 0, 1)));
}

//= type=test F59 R19
#[test]
fn an_id_with_half_of_its_epochs_is_left_while_nothing_is_in_doubt() {
    let mut bench = Bench::gated_with(Settings { epoch_limit: 3, ..idempotent() });
    let [a] = bench.batches();
    for _ in 0..2 {
        bench.answer(a, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        bench.wait(1);
    }
    bench.answer(a, ErrorCode::NONE);
    let [b] = bench.batches();
    assert_eq!(bench.stamps([a, b]), [(101, 2, 0), (102, 0, 0)]);
}

//= type=test F60
#[test]
fn without_a_producer_id_nothing_is_stamped_and_deadlines_run() {
    let mut bench = unidentified();
    let a = bench.batch(P, 1, 5);
    let [b, c] = bench.batches();
    bench.tell(Input::Cancel { part: P, ticket: b.ticket });
    bench.wait(5);
    assert_eq!(bench.all_told([a, b, c]), [Told::NotWritten, Told::NotWritten, Told::Nothing]);
    assert_eq!((bench.reason(b), bench.sends()), (Reason::Cancelled, vec![]));
    bench.grant(CtrlId(1));
    assert_eq!(bench.sends(), [c]);
}

//= type=test F60
#[test]
fn a_producer_id_is_asked_for_again_after_a_wait() {
    let mut bench = unidentified();
    let [a] = bench.batches();
    for ctrl in 1..=3 {
        assert_eq!(bench.asked.len(), usize::try_from(ctrl).unwrap());
        let facts = identity(ErrorCode::COORDINATOR_NOT_AVAILABLE, -1);
        bench.tell(Input::CtrlAnswer { ctrl: CtrlId(ctrl), facts });
        bench.wait(2);
    }
    bench.grant(CtrlId(4));
    assert_eq!(bench.sends(), [a]);
}

//= type=test F60
#[test]
fn a_lost_request_for_a_producer_id_wakes_nobody_without_work() {
    let mut bench = unidentified();
    let a = bench.batch(P, 1, 5);
    bench.wait(5);
    bench.tell(Input::CtrlLost { ctrl: CtrlId(1), wrote_full_frame: true });
    bench.wait(3600);
    assert_eq!((bench.told(a), bench.asked.len()), (Told::NotWritten, 1));
    let [b] = bench.batches();
    bench.grant(CtrlId(2));
    assert_eq!(bench.sends(), [b]);
}

#[test]
fn a_producer_id_that_is_refused_for_good_ends_the_producer() {
    let mut bench = unidentified();
    let [a] = bench.batches();
    let facts = identity(ErrorCode::CLUSTER_AUTHORIZATION_FAILED, -1);
    bench.tell(Input::CtrlAnswer { ctrl: CtrlId(1), facts });
    let fatal = Fatal::Refused(ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
    assert_eq!((bench.told(a), bench.reason(a)), (Told::NotWritten, Reason::ProducerClosed(fatal)));
}

//= type=test F61
#[test]
fn only_the_answer_to_the_open_request_names_the_producer() {
    let mut bench = unidentified();
    let [a, b] = bench.batches();
    bench.tell(Input::CtrlLost { ctrl: CtrlId(1), wrote_full_frame: true });
    bench.wait(1);
    bench.tell(Input::CtrlAnswer { ctrl: CtrlId(1), facts: identity(ErrorCode::NONE, 7) });
    assert_eq!(bench.sends(), []);
    bench.tell(Input::CtrlAnswer { ctrl: CtrlId(2), facts: identity(ErrorCode::NONE, 8) });
    bench.tell(Input::CtrlAnswer { ctrl: CtrlId(2), facts: identity(ErrorCode::NONE, 9) });
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.stamp(a).0, bench.stamp(b).0), (8, 8));
}

//= type=test F73 I6 R1
#[test]
fn stamps_of_a_partition_follow_each_other_without_a_gap() {
    let mut bench = Bench::gated();
    bench.leads_too(Q, 1);
    let mut next = [0, 0];
    for records in [1, 5, 2, 1000, 1] {
        for (part, next) in [P, Q].into_iter().zip(&mut next) {
            let batch = bench.batch(part, records, PATIENCE);
            assert_eq!(bench.stamp(batch), (101, 0, *next));
            bench.answer(batch, ErrorCode::NONE);
            *next += i32::try_from(records).unwrap();
        }
    }
}
