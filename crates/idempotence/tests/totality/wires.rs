//! What is on connections, as far as an observer can tell.

use std::collections::BTreeMap;

use klamm_idempotence::{AttemptId, Input, Output, Request, Send};

/// Attempts without an end.
#[derive(Default)]
pub(crate) struct Wires {
    out: BTreeMap<AttemptId, Send>,
}

impl Wires {
    pub(crate) fn out(&self) -> Vec<Send> {
        self.out.values().copied().collect()
    }

    /// Attempts end by an answer, by their loss, or with their connection.
    pub(crate) fn note_input(&mut self, input: &Input) {
        if let Input::Answer { attempt, part, .. } = input {
            self.out.retain(|open, send| open != attempt || send.part != *part);
        } else if let Input::AttemptLost { attempt, .. } = input {
            self.out.remove(attempt);
        } else if let Input::ConnLost { conn } = input {
            self.out.retain(|_, send| send.conn != *conn);
        }
    }

    /// The end of a transaction is never asked for with an attempt out.
    pub(crate) fn check_output(&mut self, output: &Output) {
        if let Output::Send(send) = output {
            self.out.insert(send.attempt, *send);
        } else if let Output::Ctrl { request: Request::EndTxn { .. }, .. } = output {
            assert!(self.out.is_empty(), "{output:?} with {:?}", self.out);
        }
    }
}
