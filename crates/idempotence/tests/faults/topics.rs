//! Topics that are made anew, grow, or shrink.

use klamm_idempotence::{Leader, Mode, Output, Reason, Settings};
use klamm_wire::ErrorCode;

use crate::language::{Bench, P, PATIENCE, Q, Told};

//= type=test F53 R21
#[test]
fn a_topic_made_anew_is_another_log_for_all_that_waits() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS);
    let [c] = bench.batches();
    let (pid, epoch, _) = bench.stamp(a);
    bench.topic += 1;
    bench.leads(1);
    let told = [Told::NotWritten, Told::Unknown, Told::NotWritten];
    assert_eq!((bench.all_told([a, b, c]), bench.reason(c)), (told, Reason::TopicRecreated));
    bench.sends();
    let [d, e] = bench.batches();
    assert_eq!((bench.sends(), bench.stamp(d)), (vec![d], (pid, epoch + 1, 0)));
    bench.answer(d, ErrorCode::NONE);
    assert_eq!(bench.sends(), [e]);
}

//= type=test F53 R21
#[test]
fn a_caller_who_follows_keeps_what_has_no_stamp() {
    let follow = Settings { follow_recreated: true, ..Settings::new(Mode::Idempotent) };
    let mut bench = Bench::gated_with(follow);
    let [a, b] = bench.batches();
    bench.topic += 1;
    bench.leads(1);
    assert_eq!(bench.all_told([a, b]), [Told::Unknown, Told::Nothing]);
    bench.answer(b, ErrorCode::NONE);
    assert_eq!((bench.told(b), bench.stamp(b).1, bench.stamp(b).2), (Told::Acked, 1, 0));
}

//= type=test F54
#[test]
fn an_unknown_topic_id_asks_metadata_which_tells_of_the_new_topic() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.answer(a, ErrorCode::UNKNOWN_TOPIC_ID);
    assert!(bench.wishes.contains(&Output::Refresh(P)));
    assert_eq!(bench.told(a), Told::Nothing);
    bench.topic += 1;
    bench.leads(1);
    assert_eq!((bench.told(a), bench.reason(a)), (Told::Unknown, Reason::TopicRecreated));
}

//= type=test F56 R23
#[test]
fn a_new_partition_proves_itself_and_leaves_the_others_alone() {
    let mut bench = Bench::flowing();
    bench.leads_too(Q, 1);
    let a = bench.batch(Q, 1, PATIENCE);
    let b = bench.batch(Q, 1, PATIENCE);
    let [c, d] = bench.batches();
    assert_eq!(bench.sends(), [a, c, d]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.sends(), bench.stamp(a).2, bench.stamp(c).2), (vec![b], 0, 1));
}

//= type=test R23
#[test]
fn a_partition_that_is_gone_fails_what_was_meant_for_it() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let b = bench.open_batch(P, PATIENCE);
    bench.metadata(P, Leader::Gone);
    assert_eq!(bench.all_told([a, b]), [Told::Unknown, Told::NotWritten]);
    assert_eq!((bench.reason(a), bench.reason(b)), (Reason::TopicMissing, Reason::TopicMissing));
}
