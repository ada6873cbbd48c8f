//! Calls of the application.

use klamm_wire::Time;

use super::Machine;
use crate::input::Ask;
use crate::names::CallId;
use crate::output::{CallError, Output};
use crate::transaction::Event;
use crate::writer::Writer;

impl Machine {
    pub(super) fn call(&mut self, call: CallId, deadline: Time, ask: Ask) {
        if let Some(fatal) = self.dead.filter(|_| ask != Ask::Close) {
            return self.out.push(Output::CallDone { call, result: Err(CallError::Fatal(fatal)) });
        }
        match ask {
            Ask::Flush => self.ledger.flush(call, deadline, &mut self.out),
            Ask::Close => {
                if self.ledger.close(call, deadline, &mut self.out) {
                    self.transact(Event::Close);
                }
            }
            Ask::InitTxn | Ask::BeginTxn | Ask::SendOffsets { .. } | Ask::Commit | Ask::Abort => {
                self.transaction_call(call, deadline, ask);
            }
        }
    }

    fn transaction_call(&mut self, call: CallId, deadline: Time, ask: Ask) {
        let result = if !self.ledger.takes_work() {
            Err(CallError::Closed)
        } else if matches!(self.writer, Writer::Transactional(_)) {
            return self.transact(Event::Call { call, deadline, ask });
        } else {
            Err(CallError::IllegalState)
        };
        self.out.push(Output::CallDone { call, result });
    }
}
