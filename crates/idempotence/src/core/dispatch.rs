//! Each input goes to whom it concerns.

use klamm_wire::{ErrorCode, NodeId};

use super::Machine;
use crate::input::{Answer, CtrlFacts, Input};
use crate::names::{AttemptId, ConnId, CtrlId, Part};
use crate::output::{Acked, Reason};
use crate::partition::{Heard, Partition};
use crate::stamp::Identity;
use crate::transaction::Event;
use crate::verdict::produce::Ending;
use crate::writer::Writer;

impl Machine {
    pub(super) fn dispatch(&mut self, input: Input) {
        match input {
            Input::Announced { part, ticket, deadline, tag } => {
                self.turn(part, |partition, turn| {
                    partition.announce(ticket, deadline, tag, turn);
                });
            }
            Input::Ready { part, ticket, records, size: _ } => {
                self.turn(part, |partition, turn| partition.ready(ticket, records, turn));
            }
            Input::JobFailed { part, ticket } => {
                self.turn(part, |partition, turn| partition.job_failed(ticket, turn));
            }
            Input::SplitDone { part, ticket, piece, first_half } => {
                self.turn(part, |partition, turn| {
                    partition.split_done((ticket, piece), first_half, turn);
                });
            }
            Input::Cancel { part, ticket } => {
                self.turn(part, |partition, turn| partition.cancel(ticket, turn));
            }
            Input::PurgeQueued => {
                self.all_turns(|partition, turn| partition.purge(Reason::Cancelled, turn));
            }
            Input::SendRefused { tag } => {
                let reason = Reason::NotEncoded;
                self.transact(Event::SendFailed { tag, reason, fatal: None });
            }
            Input::Call { call, deadline, ask } => self.call(call, deadline, ask),
            Input::Tick => self.tick(),
            Input::Leader { part, topic, leader } => {
                self.turn(part, |partition, turn| partition.led_by(topic, leader, turn));
            }
            Input::ConnUp { conn, node } => self.conn_up(conn, node),
            Input::ConnLost { conn } => self.conn_lost(conn),
            Input::DialFailed { node } => self.dial_failed(node),
            Input::Throttled { conn, until } => self.links.silence(conn, until),
            Input::Features { generation } => self.transact(Event::Features(generation)),
            Input::Flushed { attempt } => self.flushed(attempt),
            Input::Answer { attempt, part, answer } => self.answered(attempt, part, answer),
            Input::AttemptLost { attempt, wrote_full_frame } => {
                self.attempt_lost(attempt, wrote_full_frame);
            }
            Input::CtrlAnswer { ctrl, facts } => self.ctrl_answered(ctrl, facts),
            Input::CtrlLost { ctrl, wrote_full_frame } => {
                let event = Event::Lost { ctrl, wrote_full_frame };
                self.ctrl_failed(ctrl, ErrorCode::NETWORK_EXCEPTION, event);
            }
            Input::CoordinatorRefused { ctrl, code } => {
                self.ctrl_failed(ctrl, code, Event::Refused { ctrl, code });
            }
        }
    }

    fn conn_up(&mut self, conn: ConnId, node: NodeId) {
        self.links.came_up(conn, node);
        self.wake_led_by(node);
    }

    fn conn_lost(&mut self, conn: ConnId) {
        self.links.went_down(conn);
        self.all_turns(|partition, turn| partition.conn_lost(conn, turn));
    }

    fn dial_failed(&mut self, node: NodeId) {
        self.links.dial_failed(node);
        self.all_turns(|partition, turn| partition.unreachable(node, turn));
    }

    fn wake_led_by(&mut self, node: NodeId) {
        let mut next = self.slots.first();
        while let Some(part) = next {
            let led = self.slots.get(part).is_some_and(|partition| partition.leads_to(node));
            if led {
                self.turn(part, |_, _| {});
            }
            next = self.slots.after(part);
        }
    }

    fn flushed(&mut self, attempt: AttemptId) {
        if let Some(part) = self.attempts.part_of(attempt) {
            self.turn(part, |partition, turn| partition.flushed(attempt, turn));
        }
    }

    fn attempt_lost(&mut self, attempt: AttemptId, wrote_full_frame: bool) {
        let ending = if wrote_full_frame { Ending::Lost } else { Ending::Cut };
        if let Some(part) = self.attempts.part_of(attempt) {
            let heard = Heard::without_answer(ending);
            self.turn(part, |partition, turn| partition.attempt_ended(attempt, heard, turn));
        }
    }

    /// An answer that names another partition than the attempt was for is not its answer.
    fn answered(&mut self, attempt: AttemptId, part: Part, answer: Answer) {
        if self.attempts.part_of(attempt) != Some(part) {
            return;
        }
        let heard = match answer {
            Answer::Absent => Heard::without_answer(Ending::Absent),
            Answer::Present { code, base_offset, append_time, record_errors } => Heard {
                ending: Ending::Code(code),
                acked: Acked { offset: base_offset, append_time },
                culprits: record_errors,
            },
        };
        self.turn(part, |partition, turn| partition.attempt_ended(attempt, heard, turn));
    }

    fn ctrl_answered(&mut self, ctrl: CtrlId, facts: CtrlFacts) {
        if matches!(self.writer, Writer::Transactional(_)) {
            return self.transact(Event::Answer { ctrl, facts });
        }
        let CtrlFacts::ProducerId { code, pid, epoch } = facts else {
            return self.identified(ctrl, Err(ErrorCode::UNKNOWN_SERVER_ERROR));
        };
        let answer = match code {
            ErrorCode::NONE if pid.0 >= 0 && epoch.0 >= 0 => Ok(Identity { pid, epoch }),
            ErrorCode::NONE => Err(ErrorCode::UNKNOWN_SERVER_ERROR),
            code => Err(code),
        };
        self.identified(ctrl, answer);
    }

    fn ctrl_failed(&mut self, ctrl: CtrlId, code: ErrorCode, event: Event) {
        if matches!(self.writer, Writer::Transactional(_)) {
            self.transact(event);
        } else {
            self.identified(ctrl, Err(code));
        }
    }

    fn identified(&mut self, ctrl: CtrlId, answer: Result<Identity, ErrorCode>) {
        let Writer::Idempotent(ids) = &mut self.writer else { return };
        match ids.answered((self.now, &self.settings), ctrl, answer) {
            Ok(()) => self.all_turns(|_, _| {}),
            Err(fatal) => self.die(fatal),
        }
    }

    fn tick(&mut self) {
        if self.ledger.gives_up(self.now) {
            self.give_up_all();
        } else {
            for part in self.slots.due(self.now) {
                self.turn(part, Partition::on_time);
            }
            if self.links.end_silences(self.now) {
                self.all_turns(|_, _| {});
            }
        }
        self.ledger.on_time(self.now, &mut self.out);
        self.transact(Event::Tick);
    }

    /// Closes with whatever is not finished: nothing of it is sent any more.
    fn give_up_all(&mut self) {
        self.all_turns(|partition, turn| {
            partition.on_time(turn);
            partition.fail_all(Reason::Closed, turn);
        });
        self.ledger.answer_close(&mut self.out);
    }
}
