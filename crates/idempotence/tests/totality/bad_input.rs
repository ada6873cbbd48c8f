//! Inputs that no caller should give: each changes nothing, or fails what it is about.

use std::time::Duration;

use klamm_idempotence::{
    Answer, Ask, AttemptId, CallError, CallId, ConnId, CtrlFacts, CtrlId, Failed, Fate, Input,
    Leader, Machine, Mode, Outcome, Output, Part, Piece, Reason, Settings, Ticket, TxnTag,
};
use klamm_wire::{Epoch, ErrorCode, NodeId, ProducerId, Time, TopicId};

const P: Part = Part(0);
const FIRST: Ticket = Ticket(0);
const LATER: Time = Time(100_000_000_000);

/// Says one thing, at time 0.
fn tell(machine: &mut Machine, input: Input) -> Vec<Output> {
    tell_at(machine, Time(0), input)
}

fn tell_at(machine: &mut Machine, now: Time, input: Input) -> Vec<Output> {
    machine.handle(now, input);
    std::iter::from_fn(|| machine.poll()).collect()
}

fn lead(machine: &mut Machine, part: Part) {
    let leader = Leader::At { node: NodeId(1), epoch: 1 };
    tell(machine, Input::Leader { part, topic: TopicId::ZERO, leader });
}

fn announce(machine: &mut Machine, part: Part, ticket: Ticket) -> Vec<Output> {
    tell(machine, Input::Announced { part, ticket, deadline: LATER, tag: None })
}

fn ready(machine: &mut Machine, ticket: Ticket, records: u32) -> Vec<Output> {
    tell(machine, Input::Ready { part: P, ticket, records, size: 1 })
}

fn answer(machine: &mut Machine, part: Part, code: ErrorCode) -> Vec<Output> {
    let answer = present(code);
    tell(machine, Input::Answer { attempt: AttemptId(1), part, answer })
}

fn present(code: ErrorCode) -> Answer {
    Answer::Present { code, base_offset: None, append_time: None, record_errors: Vec::new() }
}

/// An idempotent producer with its first batch open.
fn open() -> Machine {
    open_with(Settings::new(Mode::Idempotent))
}

fn open_with(settings: Settings) -> Machine {
    let mut machine = Machine::new(settings);
    lead(&mut machine, P);
    tell(&mut machine, Input::ConnUp { conn: ConnId(1), node: NodeId(1) });
    announce(&mut machine, P, FIRST);
    let facts =
        CtrlFacts::ProducerId { code: ErrorCode::NONE, pid: ProducerId(7), epoch: Epoch(0) };
    tell(&mut machine, Input::CtrlAnswer { ctrl: CtrlId(1), facts });
    machine
}

/// The same with four records on a connection, as attempt 1.
fn sent() -> Machine {
    sent_with(Settings::new(Mode::Idempotent))
}

fn sent_with(settings: Settings) -> Machine {
    let mut machine = open_with(settings);
    assert!(matches!(ready(&mut machine, FIRST, 4)[..], [Output::Send(_)]));
    machine
}

/// Says what must change nothing.
fn assert_ignored(machine: &mut Machine, input: Input) {
    let (before, said) = (machine.clone(), format!("{input:?}"));
    assert_eq!(tell(machine, input), [], "{said}");
    assert!(*machine == before, "{said}");
}

fn failed(ticket: Ticket, reason: Reason) -> Output {
    let failed = Failed { reason, fate: Fate::NotWritten, culprits: Vec::new() };
    Output::Complete { part: P, ticket, outcome: Outcome::Whole(Err(failed)) }
}

#[test]
fn words_about_an_unknown_batch_change_nothing() {
    let mut machine = sent();
    let (part, ticket, piece) = (P, Ticket(9), Piece::whole(4));
    assert_ignored(&mut machine, Input::Ready { part, ticket, records: 1, size: 1 });
    assert_ignored(&mut machine, Input::JobFailed { part, ticket });
    assert_ignored(&mut machine, Input::Cancel { part, ticket });
    assert_ignored(&mut machine, Input::SplitDone { part, ticket, piece, first_half: Some(1) });
}

#[test]
fn a_second_payload_for_a_batch_changes_nothing() {
    let mut machine = open();
    announce(&mut machine, P, Ticket(1));
    ready(&mut machine, Ticket(1), 2);
    let (part, ticket) = (P, Ticket(1));
    assert_ignored(&mut machine, Input::Ready { part, ticket, records: 3, size: 1 });
    assert_ignored(&mut machine, Input::JobFailed { part, ticket });
    ready(&mut machine, FIRST, 1);
    let ticket = FIRST;
    assert_ignored(&mut machine, Input::Ready { part, ticket, records: 3, size: 1 });
    assert_ignored(&mut machine, Input::JobFailed { part, ticket });
}

#[test]
fn words_about_an_unknown_attempt_change_nothing() {
    let mut machine = sent();
    for attempt in [AttemptId(0), AttemptId(2), AttemptId(u64::MAX)] {
        assert_ignored(&mut machine, Input::Flushed { attempt });
        assert_ignored(&mut machine, Input::AttemptLost { attempt, wrote_full_frame: true });
        assert_ignored(&mut machine, Input::Answer { attempt, part: P, answer: Answer::Absent });
    }
}

#[test]
fn a_second_answer_and_one_for_another_partition_change_nothing() {
    let mut machine = sent();
    lead(&mut machine, Part(1));
    let before = machine.clone();
    assert_eq!(answer(&mut machine, Part(1), ErrorCode::NONE), []);
    assert!(machine == before);
    assert_eq!(answer(&mut machine, P, ErrorCode::NONE).len(), 1);
    let before = machine.clone();
    assert_eq!(answer(&mut machine, P, ErrorCode::INVALID_RECORD), []);
    assert!(machine == before);
}

#[test]
fn words_about_unknown_connections_and_requests_change_nothing() {
    let mut machine = sent();
    let (conn, ctrl, code) = (ConnId(9), CtrlId(9), ErrorCode::NOT_COORDINATOR);
    assert_ignored(&mut machine, Input::ConnLost { conn });
    assert_ignored(&mut machine, Input::Throttled { conn, until: LATER });
    assert_ignored(&mut machine, Input::CtrlAnswer { ctrl, facts: CtrlFacts::Garbled });
    assert_ignored(&mut machine, Input::CtrlLost { ctrl, wrote_full_frame: true });
    assert_ignored(&mut machine, Input::CoordinatorRefused { ctrl, code });
}

#[test]
fn a_connection_that_comes_up_twice_is_one() {
    let mut machine = sent();
    let (conn, node) = (ConnId(1), NodeId(1));
    assert_ignored(&mut machine, Input::ConnUp { conn, node });
    assert_ignored(&mut machine, Input::ConnUp { conn, node: NodeId(2) });
    tell(&mut machine, Input::ConnLost { conn });
    assert_ignored(&mut machine, Input::ConnLost { conn });
}

#[test]
fn a_transactional_call_without_transactions_is_refused_and_changes_nothing() {
    let mut machine = sent();
    for ask in [Ask::InitTxn, Ask::BeginTxn, Ask::Commit, Ask::Abort] {
        let before = machine.clone();
        let call = CallId(5);
        let outputs = tell(&mut machine, Input::Call { call, deadline: LATER, ask });
        assert_eq!(outputs, [Output::CallDone { call, result: Err(CallError::IllegalState) }]);
        assert!(machine == before);
    }
    assert_ignored(&mut machine, Input::SendRefused { tag: TxnTag(1) });
}

#[test]
fn a_second_close_is_refused_and_changes_nothing() {
    let mut machine = sent();
    let close = |call| Input::Call { call: CallId(call), deadline: LATER, ask: Ask::Close };
    assert_eq!(tell(&mut machine, close(1)), []);
    let before = machine.clone();
    let refused = Output::CallDone { call: CallId(2), result: Err(CallError::IllegalState) };
    assert_eq!(tell(&mut machine, close(2)), [refused]);
    assert!(machine == before);
}

#[test]
fn no_records_and_too_many_fail_their_batch_alone() {
    for records in [0, 1 << 31, u32::MAX] {
        let mut machine = open();
        announce(&mut machine, P, Ticket(1));
        assert_eq!(ready(&mut machine, FIRST, records), [failed(FIRST, Reason::Misused)]);
        assert!(matches!(ready(&mut machine, Ticket(1), 1)[..], [Output::Send(_)]));
    }
    assert!(matches!(ready(&mut open(), FIRST, (1 << 31) - 1)[..], [Output::Send(_)]));
}

#[test]
fn a_deadline_in_the_past_is_never_sent() {
    let mut machine = open();
    let ticket = Ticket(1);
    tell(&mut machine, Input::Cancel { part: P, ticket: FIRST });
    let announced = Input::Announced { part: P, ticket, deadline: LATER, tag: None };
    let after = LATER.saturating_add(Duration::from_secs(1));
    tell_at(&mut machine, after, announced);
    let made = Input::Ready { part: P, ticket, records: 1, size: 1 };
    assert_eq!(tell_at(&mut machine, after, made), []);
    assert_eq!(machine.next_wake(), Some(LATER));
    let expired = failed(ticket, Reason::DeadlinePassed);
    assert_eq!(tell_at(&mut machine, after, Input::Tick), [expired]);
}

#[test]
fn a_ticket_announced_again_changes_nothing() {
    let mut machine = open();
    let (part, deadline, tag) = (P, LATER, None);
    assert_ignored(&mut machine, Input::Announced { part, ticket: FIRST, deadline, tag });
    announce(&mut machine, P, Ticket(5));
    let ticket = Ticket(3);
    assert_ignored(&mut machine, Input::Announced { part, ticket, deadline, tag });
}

#[test]
fn the_last_ticket_of_all_is_finished_at_most_once() {
    let mut machine = open();
    tell(&mut machine, Input::Call { call: CallId(1), deadline: LATER, ask: Ask::Close });
    let mut completed = 0;
    for _ in 0..3 {
        completed += announce(&mut machine, P, Ticket(u64::MAX)).len();
    }
    assert!(completed <= 1, "completed {completed} times");
}

#[test]
fn halves_that_nobody_asked_for_change_nothing() {
    let mut machine = sent();
    let (part, ticket) = (P, FIRST);
    for records in [0, 3, 4, 5, u32::MAX] {
        let piece = Piece::whole(records);
        assert_ignored(&mut machine, Input::SplitDone { part, ticket, piece, first_half: Some(1) });
    }
    answer(&mut machine, P, ErrorCode::MESSAGE_TOO_LARGE);
    let piece = Piece { first: 1, records: 4 };
    assert_ignored(&mut machine, Input::SplitDone { part, ticket, piece, first_half: Some(1) });
}

#[test]
fn halves_that_cannot_be_fail_the_batch() {
    for first_half in [None, Some(0), Some(4), Some(5), Some(u32::MAX)] {
        let mut machine = sent();
        let split = answer(&mut machine, P, ErrorCode::MESSAGE_TOO_LARGE);
        assert!(matches!(split[..], [Output::Split(_)]));
        let (ticket, piece) = (FIRST, Piece::whole(4));
        let done = Input::SplitDone { part: P, ticket, piece, first_half };
        assert_eq!(tell(&mut machine, done), [failed(FIRST, Reason::NotSplit)]);
    }
}

#[test]
fn the_last_partition_number_is_one_like_any_other() {
    let mut machine = open();
    let part = Part(u32::MAX);
    lead(&mut machine, part);
    announce(&mut machine, part, FIRST);
    let made = Input::Ready { part, ticket: FIRST, records: 1, size: u32::MAX };
    assert!(matches!(tell(&mut machine, made)[..], [Output::Send(_)]));
    let done = answer(&mut machine, part, ErrorCode::NONE);
    assert!(matches!(done[..], [Output::Complete { .. }]));
}

#[test]
fn words_about_partitions_that_nobody_named_come_to_nothing() {
    let mut machine = open();
    let (part, ticket) = (Part(77), FIRST);
    let made = Input::Ready { part, ticket, records: 1, size: 1 };
    for input in [made, Input::JobFailed { part, ticket }, Input::Cancel { part, ticket }] {
        assert_eq!(tell(&mut machine, input), []);
    }
    assert!(!machine.may_send(part) && !machine.may_send(Part(78)));
}

#[test]
fn time_at_its_end_neither_wraps_nor_spins() {
    let mut machine = sent();
    let end = Time(u64::MAX);
    assert_eq!(tell_at(&mut machine, end, Input::Tick).len(), 1);
    assert_eq!(machine.next_wake(), None);
    assert_eq!(tell(&mut machine, Input::Tick), []);
}

/// How long a machine with that seed waits after each of five refusals, and all that it says.
fn waits(seed: u64) -> (Vec<Duration>, Vec<Output>) {
    let mut machine = sent_with(Settings { seed, ..Settings::new(Mode::Idempotent) });
    let (mut waits, mut outputs) = (Vec::new(), Vec::new());
    for attempt in 1..=5 {
        let now = Time(attempt * 3_000_000_000);
        let (attempt, answer) = (AttemptId(attempt), present(ErrorCode::NOT_ENOUGH_REPLICAS));
        outputs.extend(tell_at(&mut machine, now, Input::Answer { attempt, part: P, answer }));
        let wake = machine.next_wake().unwrap();
        waits.push(wake.saturating_duration_since(now));
        let rested = now.saturating_add(Duration::from_secs(2));
        outputs.extend(tell_at(&mut machine, rested, Input::Tick));
    }
    (waits, outputs)
}

//= type=test I20
#[test]
fn the_seed_moves_waits_by_a_fifth_and_nothing_else() {
    let (exact, outputs) = waits(0);
    let others: Vec<_> = (1..50).map(waits).collect();
    assert!(others.iter().all(|(_, said)| *said == outputs));
    assert!(others.iter().any(|(waited, _)| *waited != others[0].0));
    for (waited, exact) in others.iter().flat_map(|(waits, _)| waits.iter().zip(&exact)) {
        assert!((*exact * 4 / 5..=*exact * 6 / 5).contains(waited), "{waited:?} for {exact:?}");
    }
}
