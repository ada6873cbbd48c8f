//! Calls at the wrong time.

use super::*;

const ILLEGAL: Option<Result<Done, CallError>> = Some(Err(CallError::IllegalState));
const ALL: [Ask; 5] = [Ask::InitTxn, Ask::BeginTxn, OFFSETS, Ask::Commit, Ask::Abort];

/// None of these calls does anything but fail.
fn refuses(bench: &mut Bench, asks: &[Ask]) {
    let before = bench.txn.clone();
    for ask in asks {
        assert_eq!(bench.ask(*ask), ILLEGAL, "{ask:?} in {before:?}");
        assert_eq!(bench.txn, before);
        assert!(bench.is_silent());
    }
}

fn all_but(legal: &[Ask]) -> Vec<Ask> {
    ALL.into_iter().filter(|ask| !legal.contains(ask)).collect()
}

//= type=test F104
#[test]
fn a_call_at_the_wrong_time_changes_nothing() {
    for generation in BOTH {
        refuses(&mut Bench::new(generation), &all_but(&[Ask::InitTxn]));
        refuses(&mut Bench::ready(generation), &all_but(&[Ask::BeginTxn]));
        let open = [OFFSETS, Ask::Commit, Ask::Abort];
        refuses(&mut Bench::in_transaction(generation), &all_but(&open));
        refuses(&mut Bench::committing(generation), &ALL);
        let mut failed = Bench::written(generation);
        failed.fail_send(ErrorCode::INVALID_RECORD);
        refuses(&mut failed, &all_but(&open));
    }
}

//= type=test F104
#[test]
fn a_call_beside_one_that_is_at_work_changes_nothing() {
    let pending = [Ask::InitTxn, OFFSETS, Ask::Commit, Ask::Abort];
    for (generation, ask) in BOTH.into_iter().flat_map(|it| pending.map(|ask| (it, ask))) {
        let new = ask == Ask::InitTxn;
        let mut bench = if new { Bench::new(generation) } else { Bench::written(generation) };
        bench.call(ask);
        assert_eq!(bench.told(), None);
        bench.asked.clear();
        // Whoever waits for offsets may be gone: an abort does not wait for them.
        let refused = if ask == OFFSETS { all_but(&[Ask::Abort]) } else { ALL.to_vec() };
        refuses(&mut bench, &refused);
    }
}

//= type=test F104
#[test]
fn after_a_call_that_timed_out_only_the_same_is_legal() {
    for (generation, ask) in BOTH.into_iter().flat_map(|it| [(it, Ask::Commit), (it, Ask::Abort)]) {
        let mut bench = Bench::written(generation);
        bench.load(1, 1);
        bench.call(ask);
        bench.pass(PATIENCE);
        assert_eq!(bench.told(), Some(Err(CallError::TimedOut)));
        bench.load(0, 0);
        refuses(&mut bench, &all_but(&[ask]));
        bench.call(ask);
        assert_eq!(bench.request(), end(ask == Ask::Commit, 0, generation));
        refuses(&mut bench, &ALL);
    }
}

#[test]
fn a_deadline_wakes_and_so_does_a_request_that_rests() {
    let mut bench = Bench::written(Generation::V1);
    assert_eq!(bench.txn.next_wake(), None);
    bench.call(Ask::Commit);
    let deadline = bench.now.saturating_add(PATIENCE);
    assert_eq!(bench.txn.next_wake(), Some(deadline));
    bench.lose(true);
    let wake = bench.txn.next_wake().unwrap();
    assert!(bench.now < wake && wake < deadline);
    bench.asked.clear();
    bench.now = wake;
    bench.tell(Event::Tick);
    bench.request();
    assert_eq!(bench.txn.next_wake(), Some(deadline));
}

#[test]
fn an_answer_is_seen_before_a_deadline_of_the_same_instant() {
    let mut bench = Bench::committing(Generation::V1);
    bench.now = bench.now.saturating_add(PATIENCE);
    bench.answer(ended(OK));
    assert_eq!(bench.told(), Some(Ok(Done::Committed)));
}
