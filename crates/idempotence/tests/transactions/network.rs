//! What is on its way between the producer, the broker and the coordinator.

use std::collections::VecDeque;

use klamm_idempotence::model::{
    Generation as Spoken, Identity as Who, Produce, Replica, Sender, Stamp, Verdict,
};
use klamm_idempotence::{
    Answer, AttemptId, ConnId, CtrlFacts, CtrlId, Identity, Input, Part, Request, Send,
};
use klamm_wire::{Epoch, ErrorCode, ProducerId};

use super::app::App;
use super::{Move, NODE, World};

/// A batch on its way, to a broker that will know what generation it is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Batch {
    attempt: AttemptId,
    part: Part,
    stamp: Stamp,
    content: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Conn {
    requests: VecDeque<Batch>,
    answers: VecDeque<(AttemptId, Part, Verdict)>,
    closed: bool,
}

/// A request to the coordinator, with the offset that it may carry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Ctrl {
    ctrl: CtrlId,
    request: Request,
    offset: u32,
    answer: Option<CtrlFacts>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Network {
    conns: Vec<Conn>,
    ctrl: Option<Ctrl>,
    copies: Vec<Ctrl>,
}

impl Network {
    pub(super) fn dial(&mut self) -> ConnId {
        self.conns.push(Conn::default());
        conn_at(self.conns.len() - 1)
    }

    pub(super) fn send(&mut self, send: &Send, app: &App) -> Option<()> {
        let conn =
            self.conns.get_mut(usize::try_from(send.conn.0).unwrap()).filter(|it| !it.closed)?;
        let stamp = send.stamp.expect("transactions are stamped");
        let who = model(stamp.identity());
        let stamp = Stamp { pid: who.pid, epoch: who.epoch, first: stamp.sequence().0.into() };
        let content = app.content(send.part, send.ticket);
        conn.requests.push_back(Batch { attempt: send.attempt, part: send.part, stamp, content });
        Some(())
    }

    pub(super) fn ask(&mut self, ctrl: CtrlId, request: Request, offset: u32) {
        assert!(self.ctrl.is_none(), "one at a time: {:?}, {request:?}", self.ctrl);
        self.ctrl = Some(Ctrl { ctrl, request, offset, answer: None });
    }

    /// What can happen here, what a world at peace does first at the front.
    pub(super) fn moves(&self, faults: bool) -> Vec<Move> {
        let mut moves = Vec::new();
        for (at, conn) in self.conns.iter().enumerate() {
            if !conn.requests.is_empty() {
                moves.push(Move::Serve(at));
            }
            if !conn.answers.is_empty() {
                moves.push(Move::Hear(at));
            }
            if faults && !conn.closed && !(conn.requests.is_empty() && conn.answers.is_empty()) {
                moves.push(Move::Cut(at));
            }
        }
        moves.extend((0..self.copies.len()).map(Move::Land));
        if let Some(ctrl) = &self.ctrl {
            let served = ctrl.answer.is_some();
            moves.push(if served { Move::HearCtrl } else { Move::ServeCtrl });
            moves.extend(faults.then_some(Move::LoseCtrl));
        }
        moves
    }

    pub(super) fn hear(&mut self, at: usize) -> Input {
        let (attempt, part, verdict) = self.conns[at].answers.pop_front().unwrap();
        let known = verdict.base_offset >= 0;
        let answer = Answer::Present {
            code: verdict.code,
            base_offset: known.then_some(verdict.base_offset),
            append_time: None,
            record_errors: Vec::new(),
        };
        Input::Answer { attempt, part, answer }
    }

    pub(super) fn cut(&mut self, at: usize) -> Vec<Input> {
        let conn = &mut self.conns[at];
        conn.closed = true;
        let answered = conn.answers.drain(..).map(|(attempt, ..)| attempt);
        let lost = answered.chain(conn.requests.iter().map(|batch| batch.attempt));
        let lost = lost.map(|attempt| Input::AttemptLost { attempt, wrote_full_frame: true });
        lost.chain([Input::ConnLost { conn: conn_at(at) }]).collect()
    }

    pub(super) fn hear_ctrl(&mut self) -> Input {
        let ctrl = self.ctrl.take().unwrap();
        Input::CtrlAnswer { ctrl: ctrl.ctrl, facts: ctrl.answer.unwrap() }
    }

    /// A request that was not read when its answer was given up may be read later.
    pub(super) fn lose_ctrl(&mut self) -> Input {
        let ctrl = self.ctrl.take().unwrap();
        let name = ctrl.ctrl;
        self.copies.extend(ctrl.answer.is_none().then_some(ctrl));
        Input::CtrlLost { ctrl: name, wrote_full_frame: true }
    }
}

impl World {
    pub(super) fn serve(&mut self, at: usize) {
        let batch = self.network.conns[at].requests.pop_front().unwrap();
        let to = Replica { node: NODE, part: batch.part.0 };
        let sender = Sender::Transactional(batch.stamp, self.spoken);
        let produce = Produce { sender, records: 1, content: batch.content };
        let verdict = self.cluster.produce_in_transaction(to, &produce, &mut self.coordinator);
        let conn = &mut self.network.conns[at];
        if !conn.closed {
            conn.answers.push_back((batch.attempt, batch.part, verdict));
        }
    }

    pub(super) fn serve_ctrl(&mut self) {
        let ctrl = self.network.ctrl.clone().unwrap();
        let facts = self.obey(&ctrl);
        if let Some(ctrl) = &mut self.network.ctrl {
            ctrl.answer = Some(facts);
        }
    }

    pub(super) fn land(&mut self, at: usize) {
        let copy = self.network.copies.remove(at);
        self.obey(&copy);
    }

    fn obey(&mut self, ctrl: &Ctrl) -> CtrlFacts {
        let coordinator = &mut self.coordinator;
        match &ctrl.request {
            Request::InitProducerId { current } => {
                let answer = coordinator.init_producer_id(current.map(model));
                let (pid, epoch) = answer.map_or((ProducerId::NONE, Epoch::NONE), wire);
                CtrlFacts::ProducerId { code: code(answer.err()), pid, epoch }
            }
            Request::AddPartitions { identity, parts } => {
                let parts: Vec<u32> = parts.iter().map(|part| part.0).collect();
                let codes = coordinator.add_partitions(model(*identity), &parts);
                let parts = codes.into_iter().map(|(part, code)| (Part(part), code)).collect();
                CtrlFacts::PartitionsAdded { code: ErrorCode::NONE, parts }
            }
            Request::AddOffsets { identity, group } => {
                CtrlFacts::OffsetsAdded { code: coordinator.add_offsets(model(*identity), group.0) }
            }
            Request::CommitOffsets { identity, group, offsets, adds } => {
                let spoken = if *adds { Spoken::Tv2 } else { Spoken::Tv1 };
                let who = model(*identity);
                let code = coordinator.commit_offsets(spoken, who, group.0, ctrl.offset);
                let offsets = offsets.iter().map(|offset| (*offset, code)).collect();
                CtrlFacts::OffsetsCommitted { offsets }
            }
            Request::EndTxn { identity, commit, raises_epoch } => {
                let spoken = if *raises_epoch { Spoken::Tv2 } else { Spoken::Tv1 };
                let answer = coordinator.end_txn(spoken, model(*identity), *commit);
                let next = answer.ok().flatten().map(wire);
                CtrlFacts::TxnEnded { code: code(answer.err()), next }
            }
        }
    }
}

fn conn_at(place: usize) -> ConnId {
    ConnId(place.try_into().unwrap())
}

fn code(error: Option<ErrorCode>) -> ErrorCode {
    error.unwrap_or(ErrorCode::NONE)
}

fn model(identity: Identity) -> Who {
    Who { pid: identity.pid.0, epoch: identity.epoch.0.into() }
}

fn wire(who: Who) -> (ProducerId, Epoch) {
    (ProducerId(who.pid), Epoch(who.epoch.try_into().unwrap()))
}
