//! Batches that a broker will not have: some may be made smaller, some only fail.

use klamm_idempotence::{Ask, Done, Outcome, Piece, Reason};
use klamm_wire::ErrorCode;

use crate::language::{Bench, P, PATIENCE, Told, present};

const OUT_OF_ORDER: ErrorCode = ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
const TOO_LARGE: ErrorCode = ErrorCode::MESSAGE_TOO_LARGE;

const fn piece(first: u32, records: u32) -> Piece {
    Piece { first, records }
}

//= type=test F23
#[test]
fn behind_a_refused_batch_only_the_unwritten_are_stamped_anew() {
    let mut bench = Bench::flowing();
    let [a, b, c] = bench.batches();
    let [first, ..] = bench.stamps([a, b, c]);
    bench.answer(a, ErrorCode::INVALID_RECORD);
    bench.answer(b, OUT_OF_ORDER);
    assert_eq!(bench.all_told([a, b, c]), [Told::NotWritten, Told::Nothing, Told::Nothing]);
    assert_eq!(bench.stamps([b]), [(first.0, first.1, first.2 + 1)], "c is out still");
    bench.answer(c, OUT_OF_ORDER);
    bench.answer(b, ErrorCode::NONE);
    bench.answer(c, ErrorCode::NONE);
    assert_eq!(bench.all_told([b, c]), [Told::Acked; 2]);
    assert_eq!(bench.stamps([b, c]), [(first.0, first.1 + 1, 0), (first.0, first.1 + 1, 1)]);
}

//= type=test F23 I3
#[test]
fn a_batch_that_was_overtaken_is_not_written_behind_the_younger_one() {
    let mut bench = Bench::flowing();
    let [a, b, c] = bench.batches();
    bench.answer(a, ErrorCode::INVALID_RECORD);
    bench.answer(b, OUT_OF_ORDER);
    bench.answer(c, ErrorCode::REQUEST_TIMED_OUT);
    bench.wait(1);
    bench.answer(c, ErrorCode::NONE);
    assert_eq!(bench.all_told([b, c]), [Told::NotWritten, Told::Acked]);
    assert_eq!(bench.reason(b), Reason::Overtaken);
}

//= type=test F23 R10
#[test]
fn all_followers_of_a_refused_batch_keep_their_order() {
    let mut bench = Bench::flowing();
    let [a, b, c] = bench.batches();
    bench.sends();
    bench.answer(a, ErrorCode::TOPIC_AUTHORIZATION_FAILED);
    bench.answer(b, OUT_OF_ORDER);
    bench.answer(c, OUT_OF_ORDER);
    bench.answer(b, ErrorCode::NONE);
    bench.answer(c, ErrorCode::NONE);
    assert_eq!((bench.sends(), bench.all_told([b, c])), (vec![b, c], [Told::Acked; 2]));
    assert_eq!((bench.stamp(b).2, bench.stamp(c).2), (0, 1));
}

//= type=test F24
#[test]
fn a_refusal_after_a_doubtful_attempt_does_not_unsay_the_doubt() {
    for code in [ErrorCode::TOPIC_AUTHORIZATION_FAILED, ErrorCode::INVALID_TIMESTAMP, TOO_LARGE] {
        let mut bench = Bench::flowing();
        let [a] = bench.batches();
        bench.answer(a, ErrorCode::REQUEST_TIMED_OUT);
        bench.wait(1);
        bench.answer(a, code);
        assert_eq!((bench.told(a), bench.reason(a)), (Told::Unknown, Reason::Refused(code)));
    }
}

//= type=test F25 R15
#[test]
fn a_batch_too_large_goes_in_halves_under_its_own_range() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 4, PATIENCE);
    let (pid, epoch, sequence) = bench.stamp(a);
    bench.answer(a, TOO_LARGE);
    assert_eq!(bench.splits, [(a, piece(0, 4))]);
    bench.halve(a, piece(0, 4), 1);
    assert_eq!(bench.stamp(a), (pid, epoch, sequence));
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.told(a), bench.stamp(a)), (Told::Nothing, (pid, epoch, sequence + 1)));
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
    let [b] = bench.batches();
    assert_eq!(bench.stamp(b), (pid, epoch, sequence + 4));
}

//= type=test F26
#[test]
fn a_single_record_too_large_fails_at_once() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    bench.answer(a, TOO_LARGE);
    assert_eq!((bench.told(a), bench.reason(a)), (Told::NotWritten, Reason::Refused(TOO_LARGE)));
    assert!(bench.splits.is_empty());
    bench.answer(b, OUT_OF_ORDER);
    bench.wait(1);
    bench.answer(b, ErrorCode::NONE);
    assert_eq!(bench.told(b), Told::Acked);
}

//= type=test F27
#[test]
fn a_half_too_large_is_halved_again_down_to_one_record() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 3, PATIENCE);
    bench.answer(a, TOO_LARGE);
    bench.halve(a, piece(0, 3), 2);
    bench.answer(a, TOO_LARGE);
    bench.halve(a, piece(0, 2), 1);
    bench.answer(a, TOO_LARGE);
    assert_eq!(bench.splits, [(a, piece(0, 3)), (a, piece(0, 2))]);
    for _ in 0..2 {
        bench.wait(1);
        bench.answer(a, ErrorCode::NONE);
    }
    assert_eq!(bench.told(a), Told::Mixed);
    let Outcome::Pieces(pieces) = &bench.outcomes[&a] else { panic!("it was split") };
    let fates: Vec<_> = pieces.iter().map(|(piece, told)| (piece.first, told.is_ok())).collect();
    assert_eq!(fates, [(0, false), (1, true), (2, true)]);
}

//= type=test F28 R15
#[test]
fn what_may_be_written_is_never_split() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 4, PATIENCE);
    bench.answer(a, ErrorCode::REQUEST_TIMED_OUT);
    for _ in 0..4 {
        bench.wait(2);
        bench.answer(a, TOO_LARGE);
    }
    assert!(bench.splits.is_empty());
    assert_eq!((bench.told(a), bench.sendings(a).len()), (Told::Unknown, 5));
}

//= type=test F29
#[test]
fn a_flush_waits_for_every_piece_of_a_batch() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 2, PATIENCE);
    let flush = bench.call(Ask::Flush, PATIENCE);
    bench.answer(a, TOO_LARGE);
    bench.halve(a, piece(0, 2), 1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.calls.get(&flush), None);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.calls.get(&flush), Some(&Ok(Done::Flushed { acked: 1, failed: 0 })));
}

//= type=test F29 R16
#[test]
fn pieces_go_one_at_a_time_and_nothing_overtakes_them() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 4, PATIENCE);
    let [b] = bench.batches();
    bench.answer(b, OUT_OF_ORDER);
    bench.answer(a, TOO_LARGE);
    bench.sends();
    bench.halve(a, piece(0, 4), 2);
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.sends(), [b]);
}

//= type=test F30 R17
#[test]
fn the_records_at_fault_are_named_and_none_is_written() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 5, PATIENCE);
    bench.hear(bench.last_attempt(a), present(ErrorCode::INVALID_RECORD, None, vec![1, 3]));
    assert_eq!((bench.told(a), bench.failed(a).culprits.clone()), (Told::NotWritten, vec![1, 3]));
}

//= type=test F30 R17
#[test]
fn the_records_at_fault_in_a_piece_are_those_of_the_batch() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 4, PATIENCE);
    bench.answer(a, TOO_LARGE);
    bench.halve(a, piece(0, 4), 3);
    bench.answer(a, ErrorCode::NONE);
    bench.hear(bench.last_attempt(a), present(ErrorCode::INVALID_RECORD, None, vec![0, 1, 9]));
    let Outcome::Pieces(pieces) = &bench.outcomes[&a] else { panic!("it was split") };
    let (failed, told) = &pieces[1];
    assert_eq!(*failed, piece(3, 1));
    assert_eq!(told.as_ref().unwrap_err().culprits, [3]);
}
