//! Outputs that wait to be taken, in the order in which they are worth taking.

use std::collections::VecDeque;

use crate::output::{Output, Send};

/// What `poll` drains: what is finished, then what must be written, then all requests and wishes.
///
/// A caller that frees memory on completion has it before it writes, and data goes before control.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Outbox {
    finished: VecDeque<Output>,
    sends: VecDeque<Send>,
    rest: VecDeque<Output>,
}

impl Outbox {
    pub(crate) fn push(&mut self, output: Output) {
        match output {
            Output::Complete { .. } | Output::Restamp(_) | Output::Split(_) => {
                self.finished.push_back(output);
            }
            Output::Send(send) => self.sends.push_back(send),
            Output::Ctrl { .. }
            | Output::ForgetCoordinator(_)
            | Output::Refresh(_)
            | Output::NeedConn(_)
            | Output::CallDone { .. } => self.rest.push_back(output),
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Output> {
        self.finished
            .pop_front()
            .or_else(|| self.sends.pop_front().map(Output::Send))
            .or_else(|| self.rest.pop_front())
    }
}
