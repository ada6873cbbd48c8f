//! Inputs of every kind, with few names so that they meet.

use klamm_idempotence::{
    Answer, Ask, AttemptId, CallId, ConnId, CtrlFacts, CtrlId, Generation, Group, Input, Leader,
    Part, Piece, Ticket, TxnTag,
};
use klamm_wire::{Epoch, ErrorCode, NodeId, ProducerId, Time, TopicId, Uuid};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// The end of a run; before it all deadlines have passed.
pub(crate) const END: Time = Time(1_000_000_000_000_000);

/// A step of a run: when, and what.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) when: When,
    pub(crate) what: What,
}

/// When a step happens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// So many milliseconds after the one before.
    After(u64),
    /// At that time, which may be past.
    At(Time),
}

/// What happens in a step.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// The partition's next batch is announced, and mostly made.
    Work { part: Part, seconds: u64, records: Option<u32> },
    /// One of the newest attempts is answered.
    Reply { back: usize, answer: Answer },
    /// One of the newest attempts gets lost.
    Lose { back: usize, wrote_full_frame: bool },
    /// One of the newest attempts is written.
    Written { back: usize },
    /// The newest request is granted, or refused with that code.
    Control { code: ErrorCode },
    /// The newest split is carried out.
    Halve { first: u32 },
    /// Anything at all.
    Any(Input),
}

/// A run that begins with a cluster in order, and goes on as it likes.
pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let then = vec((when(), what()).prop_map(|(when, what)| Step { when, what }), 1..120);
    (generation(), then).prop_map(|(generation, then)| {
        let first = in_order(generation).map(What::Any);
        first.map(|what| Step { when: When::After(0), what }).chain(then).collect()
    })
}

fn in_order(generation: Generation) -> impl Iterator<Item = Input> {
    let leader = Leader::At { node: NodeId(0), epoch: 0 };
    let topic = TopicId(Uuid([1; 16]));
    let leads = (0..2).map(move |part| Input::Leader { part: Part(part), topic, leader });
    leads.chain([
        Input::Features { generation },
        Input::ConnUp { conn: ConnId(0), node: NodeId(0) },
        Input::Call { call: CallId(90), deadline: END, ask: Ask::InitTxn },
        Input::CtrlAnswer { ctrl: CtrlId(1), facts: identified(CtrlId(1), ErrorCode::NONE) },
        Input::Call { call: CallId(91), deadline: END, ask: Ask::BeginTxn },
    ])
}

/// A well-formed answer to a request for a producer id, which nobody else is given.
pub(crate) fn identified(ctrl: CtrlId, code: ErrorCode) -> CtrlFacts {
    let pid = i64::try_from(ctrl.0).unwrap_or_default();
    CtrlFacts::ProducerId { code, pid: ProducerId(pid), epoch: Epoch(0) }
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        10 => (0..300u64).prop_map(When::After),
        2 => (0..40_000u64).prop_map(When::After),
        1 => time().prop_map(When::At),
    ]
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        6 => (part(), 0..100u64, option::weighted(0.9, 1..5u32))
            .prop_map(|(part, seconds, records)| What::Work { part, seconds, records }),
        8 => (0..4usize, answer()).prop_map(|(back, answer)| What::Reply { back, answer }),
        1 => (0..4usize, any::<bool>())
            .prop_map(|(back, wrote_full_frame)| What::Lose { back, wrote_full_frame }),
        3 => (0..4usize).prop_map(|back| What::Written { back }),
        5 => prop_oneof![2 => Just(ErrorCode::NONE), 1 => code()]
            .prop_map(|code| What::Control { code }),
        2 => (1..4u32).prop_map(|first| What::Halve { first }),
        6 => any_input().prop_map(What::Any),
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => answers(),
        3 => cluster(),
        2 => batches(),
        2 => calls(),
        2 => controls(),
        1 => Just(Input::Tick),
    ]
}

fn batches() -> impl Strategy<Value = Input> {
    prop_oneof![
        (part(), ticket(), time(), tag()).prop_map(|(part, ticket, deadline, tag)| {
            Input::Announced { part, ticket, deadline, tag }
        }),
        (part(), ticket(), records(), any::<u32>())
            .prop_map(|(part, ticket, records, size)| Input::Ready { part, ticket, records, size }),
        (part(), ticket()).prop_map(|(part, ticket)| Input::JobFailed { part, ticket }),
        (part(), ticket(), piece(), option::of(0..5u32)).prop_map(
            |(part, ticket, piece, first_half)| {
                Input::SplitDone { part, ticket, piece, first_half }
            }
        ),
        (part(), ticket()).prop_map(|(part, ticket)| Input::Cancel { part, ticket }),
        Just(Input::PurgeQueued),
        (0..3u64).prop_map(|tag| Input::SendRefused { tag: TxnTag(tag) }),
    ]
}

fn calls() -> impl Strategy<Value = Input> {
    let ask = prop_oneof![
        20 => Just(Ask::Flush),
        1 => Just(Ask::Close),
        3 => Just(Ask::InitTxn),
        20 => Just(Ask::BeginTxn),
        3 => (0..3u32, 0..3u32)
            .prop_map(|(group, offsets)| Ask::SendOffsets { group: Group(group), offsets }),
        4 => Just(Ask::Commit),
        3 => Just(Ask::Abort),
    ];
    (0..9u64, time(), ask).prop_map(|(call, deadline, ask)| Input::Call {
        call: CallId(call),
        deadline,
        ask,
    })
}

fn cluster() -> impl Strategy<Value = Input> {
    let leader = prop_oneof![
        12 => (node(), 0..3i32).prop_map(|(node, epoch)| Leader::At { node, epoch }),
        1 => Just(Leader::Nobody),
        1 => Just(Leader::Missing),
        1 => Just(Leader::Gone),
    ];
    let topic = prop_oneof![20 => Just(1u8), 1 => Just(0u8), 1 => Just(2u8)];
    prop_oneof![
        5 => (part(), topic, leader).prop_map(|(part, topic, leader)| {
            Input::Leader { part, topic: TopicId(Uuid([topic; 16])), leader }
        }),
        4 => (conn(), node()).prop_map(|(conn, node)| Input::ConnUp { conn, node }),
        2 => conn().prop_map(|conn| Input::ConnLost { conn }),
        1 => node().prop_map(|node| Input::DialFailed { node }),
        1 => (conn(), time()).prop_map(|(conn, until)| Input::Throttled { conn, until }),
        1 => generation().prop_map(|generation| Input::Features { generation }),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let present = (code(), option::of(-1..5i64), vec(0..5u32, 0..3)).prop_map(
        |(code, base_offset, record_errors)| Answer::Present {
            code,
            base_offset,
            append_time: base_offset,
            record_errors,
        },
    );
    prop_oneof![9 => present, 1 => Just(Answer::Absent)]
}

fn answers() -> impl Strategy<Value = Input> {
    prop_oneof![
        8 => (attempt(), part(), answer())
            .prop_map(|(attempt, part, answer)| Input::Answer { attempt, part, answer }),
        1 => attempt().prop_map(|attempt| Input::Flushed { attempt }),
        1 => (attempt(), any::<bool>()).prop_map(|(attempt, wrote_full_frame)| {
            Input::AttemptLost { attempt, wrote_full_frame }
        }),
    ]
}

fn controls() -> impl Strategy<Value = Input> {
    prop_oneof![
        8 => (ctrl(), facts()).prop_map(|(ctrl, facts)| Input::CtrlAnswer { ctrl, facts }),
        1 => (ctrl(), any::<bool>()).prop_map(|(ctrl, wrote_full_frame)| {
            Input::CtrlLost { ctrl, wrote_full_frame }
        }),
        1 => (ctrl(), code()).prop_map(|(ctrl, code)| Input::CoordinatorRefused { ctrl, code }),
    ]
}

fn facts() -> impl Strategy<Value = CtrlFacts> {
    // No two producers are given the same id, and no producer is given an id twice.
    let identity = || (any::<i64>(), prop_oneof![-1..3i16, Just(32766), Just(i16::MAX)]);
    prop_oneof![
        6 => (code(), identity()).prop_map(|(code, (pid, epoch))| CtrlFacts::ProducerId {
            code,
            pid: ProducerId(pid),
            epoch: Epoch(epoch),
        }),
        2 => (code(), vec((part(), code()), 0..4))
            .prop_map(|(code, parts)| CtrlFacts::PartitionsAdded { code, parts }),
        1 => code().prop_map(|code| CtrlFacts::OffsetsAdded { code }),
        1 => vec((0..3u32, code()), 0..3)
            .prop_map(|offsets| CtrlFacts::OffsetsCommitted { offsets }),
        2 => (code(), option::of(identity())).prop_map(|(code, next)| CtrlFacts::TxnEnded {
            code,
            next: next.map(|(pid, epoch)| (ProducerId(pid), Epoch(epoch))),
        }),
        1 => Just(CtrlFacts::Garbled),
    ]
}

fn code() -> impl Strategy<Value = ErrorCode> {
    let known: Vec<ErrorCode> = ErrorCode::all().collect();
    prop_oneof![
        12 => Just(ErrorCode::NONE),
        2 => Just(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER),
        2 => Just(ErrorCode::MESSAGE_TOO_LARGE),
        6 => proptest::sample::select(known),
        1 => any::<i16>().prop_map(ErrorCode),
    ]
}

/// Seconds and minutes, in no order.
fn time() -> impl Strategy<Value = Time> {
    prop_oneof![
        8 => (0..100_000u64).prop_map(|millis| Time(millis * 1_000_000)),
        1 => Just(Time(0)),
        1 => Just(Time(END.0 - 1)),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![15 => (0..2u32).prop_map(Part), 1 => Just(Part(u32::MAX))]
}

fn ticket() -> impl Strategy<Value = Ticket> {
    prop_oneof![20 => (0..12u64).prop_map(Ticket), 1 => any::<u64>().prop_map(Ticket)]
}

fn records() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0..5u32, 1 => Just(1 << 31), 1 => Just(u32::MAX)]
}

fn piece() -> impl Strategy<Value = Piece> {
    (0..4u32, 0..5u32).prop_map(|(first, records)| Piece { first, records })
}

fn tag() -> impl Strategy<Value = Option<TxnTag>> {
    prop_oneof![Just(None), (0..4u64).prop_map(|tag| Some(TxnTag(tag)))]
}

fn attempt() -> impl Strategy<Value = AttemptId> {
    (0..16u64).prop_map(AttemptId)
}

fn conn() -> impl Strategy<Value = ConnId> {
    (0..3u64).prop_map(ConnId)
}

fn node() -> impl Strategy<Value = NodeId> {
    (0..2i32).prop_map(NodeId)
}

fn ctrl() -> impl Strategy<Value = CtrlId> {
    (0..9u64).prop_map(CtrlId)
}

fn generation() -> impl Strategy<Value = Generation> {
    prop_oneof![Just(Generation::V1), Just(Generation::V2)]
}
