//! Producers without stamps, which promise less.

use klamm_idempotence::{Acks, Answer, Input, Mode, Settings, Window};
use klamm_wire::ErrorCode;

use crate::language::{Batch, Bench, PATIENCE, Told};

fn plain(acks: Acks) -> Bench {
    Bench::gated_with(Settings::new(Mode::Plain(acks)))
}

/// The request of the newest attempt of a batch was written.
fn flush(bench: &mut Bench, batch: Batch) {
    let attempt = bench.last_attempt(batch);
    bench.tell(Input::Flushed { attempt });
}

//= type=test R24
#[test]
fn plain_batches_carry_no_stamp_and_wait_for_no_first_success() {
    for acks in [Acks::None, Acks::Leader] {
        let mut bench = plain(acks);
        let all @ [a, _, c] = bench.batches();
        assert_eq!(bench.sends(), all);
        assert!(bench.sent.iter().all(|(_, send)| send.stamp.is_none()));
        assert!(bench.asked.is_empty(), "nobody needs a producer id");
        flush(&mut bench, a);
        bench.answer(c, ErrorCode::NONE);
        let acked = [Told::Acked, Told::Nothing];
        let told = [bench.told(a), bench.told(c)];
        assert_eq!(told, if acks == Acks::None { acked } else { [acked[1], acked[0]] });
    }
}

//= type=test R24
#[test]
fn without_a_wait_for_replicas_a_refusal_by_leadership_is_definite() {
    let codes = [ErrorCode::NOT_LEADER_OR_FOLLOWER, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION];
    for code in codes {
        let mut bench = plain(Acks::Leader);
        let [a] = bench.batches();
        bench.answer(a, code);
        bench.disconnect(1);
        bench.wait(PATIENCE);
        assert_eq!(bench.told(a), Told::NotWritten);
    }
}

//= type=test R24
#[test]
fn a_plain_retry_lets_others_pass_unless_one_is_all() {
    let mut bench = plain(Acks::Leader);
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::REQUEST_TIMED_OUT);
    let [c] = bench.batches();
    assert_eq!(bench.sends(), [a, b, c]);
    let window = Window::new(1).unwrap();
    let one = Settings { window, ..Settings::new(Mode::Plain(Acks::Leader)) };
    let mut bench = Bench::gated_with(one);
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::REQUEST_TIMED_OUT);
    bench.wait(1);
    assert_eq!(bench.sends(), [a, a]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.sends(), [b]);
}

//= type=test R24
#[test]
fn without_acknowledgements_a_written_request_is_one_and_no_answer_is_heard() {
    let mut bench = plain(Acks::None);
    let [a, b] = bench.batches();
    bench.hear(bench.last_attempt(a), Answer::Absent);
    bench.answer(a, ErrorCode::INVALID_RECORD);
    assert_eq!(bench.told(a), Told::Nothing);
    flush(&mut bench, a);
    assert_eq!((bench.told(a), bench.offset(a)), (Told::Acked, None));
    bench.attempt_lost(b, false);
    bench.disconnect(1);
    bench.wait(PATIENCE);
    assert_eq!(bench.told(b), Told::Unknown);
}
