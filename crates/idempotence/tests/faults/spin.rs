//! Brokers that never give in are not asked without end.

use klamm_idempotence::{Mode, Settings};
use klamm_wire::{ErrorCode, Time};

use crate::language::{Batch, Bench, P, Told};

const REFUSALS: [ErrorCode; 4] = [
    ErrorCode::NOT_LEADER_OR_FOLLOWER,
    ErrorCode::REQUEST_TIMED_OUT,
    ErrorCode::NOT_ENOUGH_REPLICAS,
    ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER,
];

/// Longer than any wait between two attempts, so that the longest is what counts.
const LONG: u64 = 600;

/// Answers every attempt of some batches at once for so many seconds, each with its code.
fn refuse_for(bench: &mut Bench, seconds: u64, refusals: &[(Batch, ErrorCode)]) {
    for _ in 0..seconds * 100 {
        for (batch, code) in refusals {
            bench.answer(*batch, *code);
        }
        bench.wait_for(std::time::Duration::from_millis(10));
    }
}

/// No batch was sent more often than once, and once more for each back-off that has gone by.
fn assert_no_spin(bench: &Bench, batch: Batch) {
    let backoff = Settings::new(Mode::Idempotent).backoff;
    let times: Vec<Time> = bench.sending_times(batch);
    let elapsed = times.last().unwrap().saturating_duration_since(times[0]);
    let most = 1 + elapsed.as_nanos() / backoff.as_nanos();
    assert!(times.len() as u128 <= most, "{} sends in {elapsed:?}", times.len());
}

//= type=test I13
#[test]
fn a_refused_batch_is_sent_once_per_back_off() {
    for code in REFUSALS {
        let mut bench = Bench::flowing();
        let a = bench.batch(P, 1, LONG);
        refuse_for(&mut bench, 30, &[(a, code)]);
        assert_no_spin(&bench, a);
        assert!((30..=35).contains(&bench.sendings(a).len()), "{}", bench.sendings(a).len());
    }
}

//= type=test I13
#[test]
fn a_batch_out_of_order_is_not_sent_before_its_head_moves() {
    for code in [ErrorCode::NOT_LEADER_OR_FOLLOWER, ErrorCode::REQUEST_TIMED_OUT] {
        let mut bench = Bench::flowing();
        let a = bench.batch(P, 1, LONG);
        let b = bench.batch(P, 1, LONG);
        let out_of_order = ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
        refuse_for(&mut bench, 30, &[(b, out_of_order), (a, code)]);
        assert_no_spin(&bench, a);
        assert_eq!(bench.sendings(b).len(), 1);
        bench.wait(1);
        bench.answer(a, ErrorCode::NONE);
        bench.answer(b, ErrorCode::NONE);
        assert_eq!(bench.all_told([a, b]), [Told::Acked; 2]);
    }
}

//= type=test I13
#[test]
fn a_full_window_of_refused_batches_spends_few_requests_and_epochs() {
    for code in REFUSALS {
        let mut bench = Bench::flowing();
        let all = [(); 5].map(|()| bench.batch(P, 1, LONG));
        refuse_for(&mut bench, 30, &all.map(|batch| (batch, code)));
        for batch in all {
            assert_no_spin(&bench, batch);
        }
        assert!(bench.stamp(all[0]).1 <= 40, "one epoch per back-off at the most");
    }
}
