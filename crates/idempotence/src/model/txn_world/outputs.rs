//! What the machine wants done, done; and the application's answer to what it is told.

use std::collections::VecDeque;

use klamm_wire::Time;

use super::errands::Errand;
use super::{LATER, PATIENCE, SHORTLY, TxnWorld};
use crate::input::Input;
use crate::model::world::network::Request as Batch;
use crate::model::{Generation, Produce, Sender, Stamp};
use crate::names::{CallId, ConnId, CtrlId, TxnTag};
use crate::output::{CallError, Done, Output, Request, Send};
use crate::settings::Generation as Spoken;

/// Inputs that may follow from one event.
const MOST_INPUTS: u32 = 100;

impl TxnWorld {
    /// Gives the machine an input, and carries out what follows until nothing does.
    pub(super) fn feed(&mut self, input: Option<Input>) {
        let mut inputs: VecDeque<Input> = input.into_iter().collect();
        let mut fed = 0u32;
        while let Some(input) = inputs.pop_front() {
            fed = fed.saturating_add(1);
            if fed > MOST_INPUTS {
                return self.history.violate("I13 one event leads to another without an end");
            }
            self.machine.handle(self.now, input);
            while let Some(output) = self.machine.poll() {
                inputs.extend(self.carry_out(output));
            }
        }
        if !self.history.has_open_batches() {
            self.ways.batches_until = None;
        }
    }

    /// Carries out one output: what it leads to at once.
    fn carry_out(&mut self, output: Output) -> Vec<Input> {
        match output {
            Output::Complete { part, ticket, outcome } => {
                self.history.completed(part.0, ticket.0, &outcome);
                Vec::new()
            }
            Output::Restamp(_) => {
                self.history.violate("I5 a batch of a transaction is stamped anew");
                Vec::new()
            }
            Output::Send(send) => self.send(&send).into_iter().collect(),
            Output::Ctrl { ctrl, request, .. } => {
                self.ask(ctrl, request);
                Vec::new()
            }
            Output::NeedConn(node) => {
                let conn: ConnId = self.network.dial(u32::try_from(node.0).unwrap_or_default());
                vec![Input::ConnUp { conn, node }]
            }
            Output::CallDone { call, result } => self.answered(call, result),
            Output::Split(_) | Output::ForgetCoordinator(_) | Output::Refresh(_) => Vec::new(),
        }
    }

    /// A batch is written; to a connection that is gone none of it.
    fn send(&mut self, send: &Send) -> Option<Input> {
        let Send { attempt, part, ticket, conn, stamp, generation, .. } = *send;
        let (stamp, generation) = (stamp?, spoken(generation?));
        let stamp = Stamp {
            pid: stamp.identity().pid.0,
            epoch: i64::from(stamp.identity().epoch.0),
            first: i64::from(stamp.sequence().0),
        };
        let content = self.history.content(part.0, ticket.0);
        self.history.sent(&self.app, (part.0, content), stamp, generation);
        let sender = Sender::Transactional(stamp, generation);
        let produce = Produce { sender, records: 1, content };
        match self.network.named(conn) {
            Some(conn) => {
                conn.requests.push_back(Batch { attempt, part: part.0, produce });
                None
            }
            None => {
                self.history.batch_ended(content);
                Some(Input::AttemptLost { attempt, wrote_full_frame: false })
            }
        }
    }

    /// A request to the coordinator is written.
    fn ask(&mut self, ctrl: CtrlId, request: Request) {
        self.history.asked(&self.app, &request);
        if !self.errands.is_quiet() {
            self.history.violate("I12 one request to a coordinator at a time");
        }
        self.errands.asked = Some(Errand { ctrl, request, txn: self.app.txn });
    }

    /// The application hears the end of its call, and goes on.
    fn answered(&mut self, call: CallId, result: Result<Done, CallError>) -> Vec<Input> {
        if !self.app.close(call) {
            self.history.violate("I9 a call is answered twice, or was never made");
            return Vec::new();
        }
        self.history.told(&self.app, result, &self.coordinator);
        if !self.app.hear(result, &self.script) {
            self.history.violate("I9 a call is answered by what cannot be its answer");
            return Vec::new();
        }
        let mut inputs = match result {
            Ok(Done::Begun(tag)) => self.batches(tag),
            Ok(_) | Err(_) => Vec::new(),
        };
        inputs.extend(self.next_call());
        inputs
    }

    /// The call that the application makes next, if it makes one by itself.
    pub(super) fn next_call(&mut self) -> Option<Input> {
        let ask = self.app.ask()?;
        let deadline = self.now.saturating_add(PATIENCE);
        Some(Input::Call { call: self.app.open(deadline), deadline, ask })
    }

    /// The batches of the transaction that has begun.
    fn batches(&mut self, tag: TxnTag) -> Vec<Input> {
        let deadline = self.now.saturating_add(self.time_of_batches());
        let mut inputs = Vec::new();
        for (part, ticket) in self.history.begin(self.app.txn) {
            let tag = Some(tag);
            inputs.push(Input::Announced { part, ticket, deadline, tag });
            inputs.push(Input::Ready { part, ticket, records: 1, size: 1 });
        }
        self.ways.batches_until = Some(deadline);
        inputs
    }

    const fn time_of_batches(&self) -> std::time::Duration {
        if self.left.expiries > 0 { SHORTLY } else { LATER }
    }

    /// Lets time pass up to an instant.
    pub(super) fn pass_until(&mut self, until: Option<Time>) {
        if let Some(until) = until {
            self.now = self.now.max(until);
            self.feed(Some(Input::Tick));
        }
    }
}

/// A generation in the words of the model broker.
const fn spoken(generation: Spoken) -> Generation {
    match generation {
        Spoken::V1 => Generation::Tv1,
        Spoken::V2 => Generation::Tv2,
    }
}
