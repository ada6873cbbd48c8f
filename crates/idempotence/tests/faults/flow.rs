//! How much is on its way at a time, and where.

use klamm_idempotence::{CtrlId, Input, Mode, Settings, Window};
use klamm_wire::ErrorCode;

use crate::language::{Bench, P, PATIENCE, Q, Told};

//= type=test R4 I7
#[test]
fn the_window_counts_what_is_unresolved_in_a_partition() {
    let mut bench = Bench::flowing();
    let [a, b, c, d, e, f, g] = bench.batches();
    assert_eq!(bench.sends(), [a, b, c, d, e]);
    bench.answer(b, ErrorCode::NONE);
    assert_eq!(bench.sends(), [f]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.sends(), [g]);
}

//= type=test R5 I7
#[test]
fn batches_that_wait_or_expired_on_a_connection_are_in_the_window() {
    let mut bench = Bench::flowing();
    let given_up = [(); 5].map(|()| bench.batch(P, 1, 5));
    let [f] = bench.batches();
    bench.sends();
    bench.wait(5);
    assert_eq!((bench.all_told(given_up), bench.sends()), ([Told::Unknown; 5], vec![]));
    for batch in given_up {
        bench.answer(batch, ErrorCode::NONE);
    }
    assert_eq!(bench.sends(), [f]);
    bench.answer(f, ErrorCode::REQUEST_TIMED_OUT);
    let [g] = bench.batches();
    assert_eq!((bench.sends(), bench.told(g)), (vec![], Told::Nothing));
}

//= type=test R4 R6
#[test]
fn a_batch_is_asked_for_when_it_could_leave_at_once_and_not_before() {
    let mut bench = Bench::idempotent();
    bench.grants_ids = false;
    assert!(!bench.machine.may_send(P), "nobody leads");
    bench.leads(1);
    assert!(!bench.machine.may_send(P), "no connection");
    bench.connect(1);
    let a = bench.open_batch(P, PATIENCE);
    assert!(!bench.machine.may_send(P), "no producer id");
    bench.grant(CtrlId(1));
    assert!(bench.machine.may_send(P));
    bench.make(a, 1);
    assert!(!bench.machine.may_send(P), "one goes alone");
    bench.answer(a, ErrorCode::NONE);
    assert!(bench.machine.may_send(P));
    let [_, _, _, _, _] = bench.batches();
    assert!(!bench.machine.may_send(P), "the window is full");
}

//= type=test R6
#[test]
fn after_a_long_rest_the_first_batch_goes_alone() {
    let mut bench = Bench::flowing();
    bench.wait(299);
    let [a, b] = bench.batches();
    assert_eq!(bench.sends(), [a, b]);
    bench.answer(a, ErrorCode::NONE);
    bench.answer(b, ErrorCode::NONE);
    bench.wait(300);
    let [c, d] = bench.batches();
    assert_eq!(bench.sends(), [c]);
    bench.answer(c, ErrorCode::NONE);
    assert_eq!(bench.sends(), [d]);
}

//= type=test R6
#[test]
fn after_every_change_of_connection_the_first_batch_goes_alone() {
    let mut bench = Bench::flowing();
    bench.disconnect(1);
    bench.connect(1);
    let [a, b] = bench.batches();
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::NONE);
    bench.answer(b, ErrorCode::NONE);
    bench.leads(1);
    bench.sends();
    let [c, _] = bench.batches();
    assert_eq!(bench.sends(), [c]);
}

//= type=test R7 I8
#[test]
fn a_partition_stays_on_one_of_two_connections() {
    let mut bench = Bench::flowing();
    let first = bench.conn(1);
    let [a] = bench.batches();
    bench.connect(1);
    let [b, c] = bench.batches();
    assert_eq!([a, b, c].map(|batch| bench.went_to(batch)), [first; 3]);
    bench.tell(Input::ConnLost { conn: first });
    bench.wait(1);
    assert_eq!(bench.went_to(a), bench.conn(1));
}

//= type=test R9
#[test]
fn a_window_of_one_holds_up_no_other_partition() {
    let window = Window::new(1).unwrap();
    let mut bench = Bench::gated_with(Settings { window, ..Settings::new(Mode::Idempotent) });
    bench.leads_too(Q, 1);
    let [first] = bench.batches();
    bench.answer(first, ErrorCode::NONE);
    bench.sends();
    let [a, b] = bench.batches();
    let q = bench.batch(Q, 1, PATIENCE);
    assert_eq!(bench.sends(), [a, q]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.sends(), [b]);
}
