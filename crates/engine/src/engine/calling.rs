//! Calls of the application, and what they mean for batches.

use klamm_batching::Tag;
use klamm_idempotence::{CallError, Done, Input, TxnTag};
use klamm_wire::{Now, Time};

use super::Engine;
use crate::call::{Call, Reply};
use crate::calls::Answer;

/// What a transactional producer may write to while there is no transaction: nothing, as the state
/// machine's own numbers are never 0.
pub(super) const NO_TRANSACTION: Tag = Tag(0);

impl Engine {
    /// Makes a call, after everything that was appended before it is announced.
    pub(super) fn make_call(&mut self, now: Now, call: Call, deadline: Time, reply: Reply<Answer>) {
        if self.desk.is_closed {
            let is_close = matches!(call, Call::Close);
            return reply(if is_close { Ok(Done::Closed) } else { Err(CallError::Closed) });
        }
        let hurries = match &call {
            Call::Close => {
                self.accumulator.close();
                true
            }
            Call::Commit => {
                self.accumulator.set_writable(Some(NO_TRANSACTION));
                true
            }
            Call::Abort => {
                self.accumulator.set_writable(Some(NO_TRANSACTION));
                false
            }
            Call::Flush => true,
            Call::InitTxn | Call::BeginTxn | Call::SendOffsets { .. } => false,
        };
        let ends_one = matches!(call, Call::Commit | Call::Abort);
        self.read_slots(now);
        if hurries {
            self.pulls.hurry();
        }
        let (call, ask) = self.calls.begin(now.mono, call, reply);
        self.tell(now, Input::Call { call, deadline, ask });
        if ends_one && let Some(tag) = self.machine.writable_tag() {
            // A call that was refused has ended nothing.
            self.accumulator.set_writable(Some(Tag(tag.0)));
        }
    }

    /// A record of a transaction was not taken in, so that the transaction must not be committed.
    pub(super) fn spoil(&mut self, now: Now, tag: Tag) {
        self.tell(now, Input::SendRefused { tag: TxnTag(tag.0) });
    }
}
