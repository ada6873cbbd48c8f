//! What the state machine wants done.

use klamm_batching::Ticket;
use klamm_cluster::metadata::TopicRef;
use klamm_cluster::{Asking, CoordinatorKey, Destination as To};
use klamm_idempotence::{CtrlId, Destination, Done, Group, Input, Output, Part, Request, Send};
use klamm_wire::Now;

use super::Engine;
use crate::call::{GroupMember, Offset};
use crate::calls::{Answer, Calls, Kind};
use crate::open::Purpose;
use crate::parts::Parts;
use crate::topics::Topics;
use crate::translate::ctrl::{self, Names};

/// What the names in control requests stand for.
pub(super) struct NameBook<'a> {
    parts: &'a Parts,
    topics: &'a Topics,
    calls: &'a Calls,
}

impl Names for NameBook<'_> {
    fn partition(&self, part: Part) -> Option<(&str, i32)> {
        let partition = self.parts.get(part.0)?;
        Some((&self.topics.get(partition.topic)?.name, partition.index.0))
    }

    fn group(&self, group: Group) -> Option<&GroupMember> {
        self.calls.group(group)
    }

    fn offset(&self, group: Group, index: u32) -> Option<&Offset> {
        self.calls.offset(group, index)
    }
}

impl Engine {
    pub(super) fn names(&self) -> NameBook<'_> {
        NameBook { parts: &self.parts, topics: &self.topics, calls: &self.calls }
    }

    /// Does all that the state machine wants; whether there was anything.
    pub(super) fn act(&mut self, now: Now) -> bool {
        let mut moved = false;
        while let Some(output) = self.machine.poll() {
            moved = true;
            self.carry_out(now, output);
        }
        moved
    }

    fn carry_out(&mut self, now: Now, output: Output) {
        match output {
            Output::Complete { part, ticket, outcome } => {
                self.complete(part.0, Ticket(ticket.0), outcome);
            }
            // Headers are made when a batch is sent, under the stamp that it has then.
            Output::Restamp(_) => {}
            Output::Split(proof) => self.split(now, proof),
            Output::Send(send) => self.may_leave(send),
            Output::Ctrl { ctrl, to, request } => self.ask_coordinator(now, ctrl, to, request),
            Output::ForgetCoordinator(to) => {
                if let Some(key) = self.coordinator(to) {
                    self.cluster.forget_coordinator(&key);
                }
            }
            Output::Refresh(part) => {
                let topic = self.parts.get(part.0).map(|partition| partition.topic);
                // Batches that wait for a leader use their topic, however long that takes.
                topic.into_iter().for_each(|topic| self.use_topic(now, topic));
                self.cluster.refresh(now, topic);
            }
            Output::NeedConn(node) => self.cluster.connect(now, node),
            Output::CallDone { call, result } => self.call_done(now, call, result),
        }
    }

    fn may_leave(&mut self, send: Send) {
        let ticket = Ticket(send.ticket.0);
        self.pulls.look(send.part.0);
        // The end of a connection ends every attempt on it, those too of which nobody had heard.
        if !self.outbox.knows(klamm_cluster::ConnId(send.conn.0)) {
            return;
        }
        let Some(partition) = self.parts.get_mut(send.part.0) else { return };
        partition.begins(ticket);
        let deadline = partition.batch(ticket).map_or(self.desk.now.mono, |batch| batch.deadline);
        self.outbox.push(send, deadline);
    }

    fn ask_coordinator(&mut self, now: Now, ctrl: CtrlId, to: Destination, request: Request) {
        let payload = ctrl::payload(&request, &self.settings, &self.names());
        let to = match to {
            Destination::Any => Some(To::Any),
            Destination::TxnCoordinator | Destination::GroupCoordinator(_) => {
                self.coordinator(to).map(To::Coordinator)
            }
        };
        let Some((payload, to)) = payload.zip(to) else {
            return self.tell(now, Input::CtrlLost { ctrl, wrote_full_frame: false });
        };
        let deadline = now.mono.saturating_add(self.settings.machine.request_timeout);
        let id = self.cluster.ask(now, Asking { to, deadline, payload });
        self.requests.insert(id, Purpose::Ctrl(ctrl, request));
    }

    fn coordinator(&self, to: Destination) -> Option<CoordinatorKey> {
        match to {
            Destination::Any => None,
            Destination::TxnCoordinator => {
                self.settings.transactional_id.clone().map(CoordinatorKey::Transaction)
            }
            Destination::GroupCoordinator(group) => {
                let member = self.calls.group(group)?;
                Some(CoordinatorKey::Group(member.group.clone()))
            }
        }
    }

    /// Somebody uses a topic.
    pub(super) fn use_topic(&mut self, now: Now, topic: TopicRef) {
        let Some(entry) = self.topics.get(topic) else { return };
        if entry.gone.is_some() {
            let name = std::sync::Arc::clone(&entry.name);
            self.cluster.want_topic(now, &name);
        } else {
            self.cluster.touch_topic(now, topic);
        }
    }

    fn call_done(&mut self, now: Now, call: klamm_idempotence::CallId, result: Answer) {
        if let Ok(Done::Begun(tag)) = result {
            self.accumulator.set_writable(Some(klamm_batching::Tag(tag.0)));
        }
        let is_end = result == Ok(Done::Closed);
        let Some((kind, after)) = self.calls.done(now.mono, call, result) else { return };
        self.desk.meter.call_ended(kind, after);
        if kind == Kind::Close && is_end {
            self.end(now);
        }
    }
}
