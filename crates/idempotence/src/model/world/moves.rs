//! Everything that can happen next.

use klamm_wire::{ErrorCode, Time};

use super::network::{Reply, Request};
use super::{EXPIRY, World};
use crate::input::{Answer, Input};
use crate::model::{Replica, Verdict};
use crate::names::{ConnId, Part};

/// One thing that happens. Connections are named by their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// The broker at the end of a connection reads a request, and answers it as it should.
    Serve(usize),
    /// The same, with a fault.
    Fail(usize, Fault),
    /// The producer reads an answer.
    Hear(usize),
    /// A connection breaks, with all that was written to it.
    Cut(usize),
    /// A connection breaks in the middle of the last request.
    CutShort(usize),
    /// The producer gets metadata.
    Learn(u32),
    /// The producer is given its next batch.
    Offer,
    /// The wait for the next attempt, or for the end of a grace, is over.
    Wait,
    /// The next deadline passes.
    Expire,
    /// Another node leads a partition.
    Elect(u32),
    /// The leader of a partition restarts.
    Restart(u32),
    /// A partition forgets the producer.
    Forget(u32),
}

/// What a broker does instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// It answers that it does not lead, before it looks at the batch.
    NotReady,
    /// It appends, and then answers that it does not lead.
    Deposed,
    /// It appends, and then answers that the replicas were too slow.
    Slow,
    /// It has too few replicas to begin with.
    FewReplicas,
    /// It refuses the batch for what it is.
    Invalid,
    /// It refuses the batch for its size.
    TooLarge,
    /// It leaves the partition out of its answer, and out of its work.
    Omitted,
}

/// A world in which so much is broken is not followed any further.
const MOST_BROKEN: usize = 3;

const FAULTS: [Fault; 7] = [
    Fault::NotReady,
    Fault::Deposed,
    Fault::Slow,
    Fault::FewReplicas,
    Fault::Invalid,
    Fault::TooLarge,
    Fault::Omitted,
];

impl World {
    /// Everything that can happen.
    pub fn moves(&self, moves: &mut Vec<Move>) {
        if self.violations().len() > MOST_BROKEN {
            return;
        }
        for (at, conn) in self.network.conns().iter().enumerate() {
            if !conn.requests.is_empty() {
                moves.push(Move::Serve(at));
                moves.extend(
                    FAULTS.into_iter().filter(|f| self.allows(*f)).map(|f| Move::Fail(at, f)),
                );
            }
            if !conn.answers.is_empty() {
                moves.push(Move::Hear(at));
            }
            if conn.open
                && self.left.faults > 0
                && !(conn.requests.is_empty() && conn.answers.is_empty())
            {
                moves.push(Move::Cut(at));
                moves.extend((!conn.requests.is_empty()).then_some(Move::CutShort(at)));
            }
        }
        moves.extend(self.stale.iter().map(|part| Move::Learn(*part)));
        moves.extend((!self.waiting.is_empty()).then_some(Move::Offer));
        moves.extend(self.can_wait().then_some(Move::Wait));
        let next_expiry = self.next_expiry().filter(|_| self.left.expiries > 0);
        moves.extend(next_expiry.map(|_| Move::Expire));
        for part in self.history.parts() {
            moves.extend((self.left.moves > 0).then_some(Move::Elect(*part)));
            moves.extend((self.left.restarts > 0).then_some(Move::Restart(*part)));
            let quiet =
                self.left.losses > 0 && self.history.is_certain() && self.network.is_quiet();
            let reckless = self.left.reckless_losses > 0;
            moves.extend((quiet || reckless).then_some(Move::Forget(*part)));
        }
    }

    fn allows(&self, fault: Fault) -> bool {
        match fault {
            Fault::NotReady | Fault::Deposed => self.left.faults > 0,
            Fault::Slow | Fault::FewReplicas | Fault::Omitted => {
                self.left.faults > 0 && self.left.refusals > 0
            }
            Fault::Invalid => self.left.refusals > 0,
            Fault::TooLarge => self.left.too_large > 0,
        }
    }

    pub(super) fn can_wait(&self) -> bool {
        let deadline = |wake: Time| wake.0.checked_rem(EXPIRY) == Some(0);
        self.machine.next_wake().is_some_and(|wake| wake <= self.now || !deadline(wake))
    }

    /// The next deadline that can pass before everything else is over.
    fn next_expiry(&self) -> Option<Time> {
        let passed = self.now.0.checked_div(EXPIRY)?;
        let next = Time(passed.saturating_add(1).saturating_mul(EXPIRY));
        Some(next).filter(|next| *next <= self.last_expiry)
    }

    /// Lets one thing happen. What cannot happen does not.
    pub fn step(&mut self, step: Move) {
        match step {
            Move::Serve(at) => self.serve(at, None),
            Move::Fail(at, fault) => self.serve(at, Some(fault)),
            Move::Hear(at) => self.hear(at),
            Move::Cut(at) => self.cut(at, true),
            Move::CutShort(at) => self.cut(at, false),
            Move::Learn(part) => self.tell_leader(part),
            Move::Offer => self.open(),
            Move::Wait => self.wait(),
            Move::Expire => {
                self.left.expiries = self.left.expiries.saturating_sub(1);
                self.history.doubt();
                self.now = self.next_expiry().unwrap_or(self.now);
                self.feed(Input::Tick);
            }
            Move::Elect(part) => {
                self.left.moves = self.left.moves.saturating_sub(1);
                let to = if self.cluster.leader(part).is_some_and(|leader| leader.node == 1) {
                    2
                } else {
                    1
                };
                self.cluster.move_leader(part, to);
                self.history.doubt();
                if !self.stale.contains(&part) {
                    self.stale.push(part);
                    self.stale.sort_unstable();
                }
            }
            Move::Restart(part) => {
                self.left.restarts = self.left.restarts.saturating_sub(1);
                self.history.doubt();
                if let Some(log) = self.cluster.log_mut(part) {
                    log.restart();
                }
            }
            Move::Forget(part) => {
                self.left.losses = self.left.losses.saturating_sub(1);
                self.left.reckless_losses = self.left.reckless_losses.saturating_sub(1);
                if let Some(log) = self.cluster.log_mut(part) {
                    log.expire_producers();
                }
            }
        }
        self.network.tidy();
    }

    pub(super) fn wait(&mut self) {
        if let Some(wake) = self.machine.next_wake() {
            self.now = self.now.max(wake);
            self.feed(Input::Tick);
            if self.machine.next_wake().is_some_and(|wake| wake <= self.now) {
                self.history.violate("I13 a wake that has come is over");
            }
        }
    }

    /// The broker reads one request.
    fn serve(&mut self, at: usize, fault: Option<Fault>) {
        let Some(conn) = self.network.get_mut(at) else { return };
        let (node, open) = (conn.node, conn.open);
        let Some(request) = conn.requests.pop_front() else { return };
        let verdict = self.answer_of(node, &request, fault);
        let absent = fault == Some(Fault::Omitted);
        self.history.served(&request, verdict, open);
        if let Some(conn) = self.network.get_mut(at).filter(|conn| conn.open) {
            conn.answers.push_back(Reply { absent, ..Reply::to(&request, verdict) });
        }
        self.history.judge_log(&self.cluster);
    }

    fn answer_of(&mut self, node: u32, request: &Request, fault: Option<Fault>) -> Verdict {
        let to = Replica { node, part: request.part };
        let spend = |left: &mut u8| *left = left.saturating_sub(1);
        match fault {
            None => {}
            Some(Fault::Invalid) => spend(&mut self.left.refusals),
            Some(Fault::TooLarge) => spend(&mut self.left.too_large),
            Some(_) => spend(&mut self.left.faults),
        }
        match fault {
            None => self.cluster.produce(to, &request.produce),
            Some(Fault::NotReady) => {
                self.history.doubt();
                Verdict::rejected(ErrorCode::NOT_LEADER_OR_FOLLOWER)
            }
            Some(Fault::FewReplicas) => Verdict::rejected(ErrorCode::NOT_ENOUGH_REPLICAS),
            Some(Fault::Invalid) => Verdict::rejected(ErrorCode::INVALID_RECORD),
            Some(Fault::TooLarge) => Verdict::rejected(ErrorCode::MESSAGE_TOO_LARGE),
            Some(Fault::Omitted) => {
                self.history.doubt();
                Verdict::rejected(ErrorCode::UNKNOWN_SERVER_ERROR)
            }
            Some(after @ (Fault::Deposed | Fault::Slow)) => {
                self.history.doubt();
                let verdict = self.cluster.produce(to, &request.produce);
                let code = if after == Fault::Deposed {
                    ErrorCode::NOT_LEADER_OR_FOLLOWER
                } else {
                    ErrorCode::REQUEST_TIMED_OUT
                };
                let appended = verdict.code == ErrorCode::NONE;
                if appended { verdict.overridden(code) } else { verdict }
            }
        }
    }

    /// The producer reads one answer.
    fn hear(&mut self, at: usize) {
        let Some(conn) = self.network.get_mut(at) else { return };
        let name = conn.name;
        let Some(reply) = conn.answers.pop_front() else { return };
        self.history.heard(&reply, name);
        let answer = if reply.absent {
            Answer::Absent
        } else {
            Answer::Present {
                code: reply.verdict.code,
                base_offset: Some(reply.verdict.base_offset),
                append_time: None,
                record_errors: Vec::new(),
            }
        };
        self.feed(Input::Answer { attempt: reply.attempt, part: Part(reply.part), answer });
    }

    /// The producer loses a connection. The broker reads what was written, sooner or later or
    /// never; a request that was cut short it cannot read.
    fn cut(&mut self, at: usize, whole: bool) {
        let Some(conn) = self.network.get_mut(at) else { return };
        conn.open = false;
        let name: ConnId = conn.name;
        self.left.faults = self.left.faults.saturating_sub(1);
        let short = if whole { None } else { conn.requests.pop_back() };
        let waiting = conn.answers.iter().map(|reply| (reply.attempt, reply.content));
        let unread = conn.requests.iter().map(|one| (one.attempt, one.produce.content));
        let lost: Vec<_> = waiting.chain(unread).collect();
        conn.answers.clear();
        if !lost.is_empty() {
            self.history.doubt();
        }
        for (attempt, content) in lost {
            self.history.lost(content, name, true);
            self.feed(Input::AttemptLost { attempt, wrote_full_frame: true });
        }
        if let Some(request) = short {
            self.history.lost(request.produce.content, name, false);
            self.feed(Input::AttemptLost { attempt: request.attempt, wrote_full_frame: false });
        }
        self.history.conn_gone(name);
        self.feed(Input::ConnLost { conn: name });
    }
}
