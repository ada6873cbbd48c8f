//! Inputs that bytes stand for: mostly such as follow from what the machine asked for.

use std::collections::BTreeMap;

use klamm_wire::{Epoch, ErrorCode, NodeId, ProducerId, Time, TopicId, Uuid};

use super::bytes::Bytes;
use crate::input::{Answer, Ask, CtrlFacts, Input, Leader};
use crate::model::answer_in_kind;
use crate::names::{AttemptId, CallId, ConnId, CtrlId, Group, Part, Piece, Ticket, TxnTag};
use crate::output::{Done, Output, Request};
use crate::settings::Generation;

/// How much of what was asked for is kept to be answered, late and twice as well.
const KEPT: usize = 12;
/// The greatest number of a partition, of a broker and of a connection.
const MOST: u8 = 3;

/// What the machine has asked for, and what it was told so far.
#[derive(Default)]
pub(super) struct Inputs {
    sent: Vec<(AttemptId, Part)>,
    asked: Vec<(CtrlId, Request)>,
    splits: Vec<(Part, Ticket, Piece)>,
    tickets: BTreeMap<Part, Ticket>,
    tag: Option<TxnTag>,
    calls: u64,
}

fn keep<T>(kept: &mut Vec<T>, one: T) {
    kept.insert(0, one);
    kept.truncate(KEPT);
}

impl Inputs {
    /// Keeps what an output asks for.
    pub(super) fn remember(&mut self, output: Output) {
        match output {
            Output::Send(send) => keep(&mut self.sent, (send.attempt, send.part)),
            Output::Ctrl { ctrl, request, .. } => keep(&mut self.asked, (ctrl, request)),
            Output::Split(proof) => {
                keep(&mut self.splits, (proof.part(), proof.ticket(), proof.piece()));
            }
            Output::CallDone { result: Ok(Done::Begun(tag)), .. } => self.tag = Some(tag),
            Output::CallDone { .. }
            | Output::Complete { .. }
            | Output::Restamp(_)
            | Output::ForgetCoordinator(_)
            | Output::Refresh(_)
            | Output::NeedConn(_) => {}
        }
    }

    /// The next input.
    pub(super) fn next(&mut self, now: Time, bytes: &mut Bytes<'_>) -> Input {
        match bytes.up_to(31) {
            0..=5 => self.announced(now, bytes),
            6..=9 => self.of_batch(bytes),
            10..=15 => self.of_attempt(bytes),
            16..=19 => self.of_ctrl(bytes),
            20..=22 => leader(bytes),
            23..=25 => connection(now, bytes),
            26..=29 => self.call(now, bytes),
            _ => Input::Tick,
        }
    }

    fn announced(&mut self, now: Time, bytes: &mut Bytes<'_>) -> Input {
        let part = part(bytes);
        let next = self.tickets.entry(part).or_default();
        let ticket = if bytes.seldom(16) { Ticket(u64::from(bytes.byte())) } else { *next };
        *next = Ticket(ticket.0.saturating_add(1)).max(*next);
        let deadline = now.saturating_add(bytes.wait());
        Input::Announced { part, ticket, deadline, tag: self.tag(bytes) }
    }

    fn tag(&self, bytes: &mut Bytes<'_>) -> Option<TxnTag> {
        if bytes.seldom(8) { Some(TxnTag(u64::from(bytes.up_to(3)))) } else { self.tag }
    }

    /// A ticket that was just announced, or about to be.
    fn ticket(&self, part: Part, bytes: &mut Bytes<'_>) -> Ticket {
        let next = self.tickets.get(&part).copied().unwrap_or_default();
        Ticket(next.0.saturating_sub(u64::from(bytes.up_to(5))))
    }

    fn of_batch(&self, bytes: &mut Bytes<'_>) -> Input {
        let part = part(bytes);
        let ticket = self.ticket(part, bytes);
        match bytes.up_to(15) {
            0 => Input::JobFailed { part, ticket },
            1 => Input::Cancel { part, ticket },
            2 => Input::PurgeQueued,
            3 => Input::SendRefused { tag: self.tag(bytes).unwrap_or_default() },
            4..=6 => {
                let made_up = (part, ticket, Piece { first: 0, records: 9 });
                let (part, ticket, piece) = bytes.choice(&self.splits).unwrap_or(made_up);
                let half = Some(u32::from(bytes.up_to(5))).filter(|half| *half < 5);
                Input::SplitDone { part, ticket, piece, first_half: half }
            }
            _ => {
                let records = u32::from(bytes.up_to(5));
                let records = if bytes.seldom(16) { u32::MAX } else { records };
                Input::Ready { part, ticket, records, size: 0 }
            }
        }
    }

    fn of_attempt(&self, bytes: &mut Bytes<'_>) -> Input {
        let made_up = (AttemptId(u64::from(bytes.byte())), Part(0));
        let (attempt, part) = bytes.choice(&self.sent).unwrap_or(made_up);
        match bytes.up_to(15) {
            0 => Input::Flushed { attempt },
            1 => Input::AttemptLost { attempt, wrote_full_frame: bytes.seldom(2) },
            2 => Input::Answer { attempt, part, answer: Answer::Absent },
            3 => Input::Answer { attempt, part: self::part(bytes), answer: answer(bytes) },
            _ => Input::Answer { attempt, part, answer: answer(bytes) },
        }
    }

    fn of_ctrl(&self, bytes: &mut Bytes<'_>) -> Input {
        let at = usize::from(bytes.byte()).checked_rem(self.asked.len()).unwrap_or_default();
        let Some((ctrl, request)) = self.asked.get(at) else {
            let generation = if bytes.seldom(2) { Generation::V1 } else { Generation::V2 };
            return Input::Features { generation };
        };
        let ctrl = *ctrl;
        match bytes.up_to(15) {
            0 => Input::CtrlLost { ctrl, wrote_full_frame: bytes.seldom(2) },
            1 => Input::CoordinatorRefused { ctrl, code: code(bytes) },
            2 => Input::CtrlAnswer { ctrl, facts: CtrlFacts::Garbled },
            3 => Input::CtrlAnswer { ctrl, facts: CtrlFacts::OffsetsAdded { code: code(bytes) } },
            _ => Input::CtrlAnswer { ctrl, facts: facts(request, bytes) },
        }
    }

    fn call(&mut self, now: Time, bytes: &mut Bytes<'_>) -> Input {
        self.calls = self.calls.saturating_add(1);
        let group = Group(u32::from(bytes.up_to(1)));
        let ask = match bytes.up_to(31) {
            0 => Ask::Close,
            1..=5 => Ask::Flush,
            6..=12 => Ask::InitTxn,
            13..=18 => Ask::BeginTxn,
            19..=22 => Ask::SendOffsets { group, offsets: u32::from(bytes.up_to(3)) },
            23..=27 => Ask::Commit,
            _ => Ask::Abort,
        };
        let deadline = now.saturating_add(bytes.wait());
        Input::Call { call: CallId(self.calls), deadline, ask }
    }
}

fn part(bytes: &mut Bytes<'_>) -> Part {
    Part(u32::from(bytes.up_to(MOST)))
}

fn node(bytes: &mut Bytes<'_>) -> NodeId {
    NodeId(i32::from(bytes.up_to(MOST)))
}

/// Every code there is and some that are not, success for the most part.
fn code(bytes: &mut Bytes<'_>) -> ErrorCode {
    match bytes.byte() {
        low @ 0..=139 => ErrorCode(i16::from(low).saturating_sub(1)),
        _ => ErrorCode::NONE,
    }
}

fn answer(bytes: &mut Bytes<'_>) -> Answer {
    let code = code(bytes);
    let base_offset = Some(i64::from(bytes.byte())).filter(|offset| *offset > 0);
    let culprits = if bytes.seldom(8) { vec![u32::from(bytes.byte())] } else { Vec::new() };
    Answer::Present { code, base_offset, append_time: None, record_errors: culprits }
}

fn leader(bytes: &mut Bytes<'_>) -> Input {
    let part = part(bytes);
    let topic = if bytes.seldom(16) { TopicId(Uuid([1; 16])) } else { TopicId::ZERO };
    let leader = match bytes.up_to(15) {
        0 => Leader::Nobody,
        1 => Leader::Missing,
        2 => Leader::Gone,
        _ => Leader::At { node: node(bytes), epoch: i32::from(bytes.up_to(3)) },
    };
    Input::Leader { part, topic, leader }
}

fn connection(now: Time, bytes: &mut Bytes<'_>) -> Input {
    let conn = ConnId(u64::from(bytes.up_to(MOST)));
    match bytes.up_to(7) {
        0 => Input::ConnLost { conn },
        1 => Input::DialFailed { node: node(bytes) },
        2 => Input::Throttled { conn, until: now.saturating_add(bytes.wait()) },
        _ => Input::ConnUp { conn, node: node(bytes) },
    }
}

/// An answer to a request.
fn facts(request: &Request, bytes: &mut Bytes<'_>) -> CtrlFacts {
    let code = code(bytes);
    let pid = ProducerId(i64::from(bytes.up_to(2)));
    let epoch = Epoch(i16::from(bytes.up_to(3)));
    let facts = answer_in_kind(request, code, (pid, epoch));
    if matches!(request, Request::EndTxn { .. }) && bytes.seldom(4) {
        return CtrlFacts::TxnEnded { code, next: None };
    }
    facts
}
