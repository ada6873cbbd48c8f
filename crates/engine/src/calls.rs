//! The calls of the application that are not answered yet, and what they spoke of.
//!
//! The state machine knows a call, a group and an offset by number alone. What the numbers stand
//! for is kept here: the way back of each call, and for a group that commits with the transaction
//! its member and its offsets, for as long as a request about them may be under way.
//!
//! To be driven like this: [`Calls::begin`], then `Input::Call`; and [`Calls::done`] for each
//! `Output::CallDone`.

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_idempotence::{Ask, CallError, CallId, Done, Group};
use klamm_wire::Time;

use crate::call::{Call, GroupMember, Offset, Reply};

mod tally;
#[cfg(test)]
mod tests;

pub(crate) use tally::Tally;

/// What a call is answered.
pub(crate) type Answer = Result<Done, CallError>;

/// Which call it was, for whoever counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Flush,
    Close,
    InitTxn,
    BeginTxn,
    SendOffsets,
    Commit,
    Abort,
}

/// The calls that are not answered yet, and the groups of the transaction.
#[derive(Default)]
pub(crate) struct Calls {
    open: BTreeMap<CallId, Open>,
    parts: BTreeMap<Group, Part>,
    /// What flushes will be told.
    pub(crate) tally: Tally,
    /// The last number given to a call.
    call: u64,
    /// The last number given to a group.
    group: u32,
}

struct Open {
    kind: Kind,
    since: Time,
    reply: Reply<Answer>,
}

/// A group's part in the transaction.
struct Part {
    call: CallId,
    member: GroupMember,
    offsets: Vec<Offset>,
}

impl Calls {
    /// Notes a call, and puts it in the words of the state machine: the caller tells it so next.
    pub(crate) fn begin(&mut self, now: Time, call: Call, reply: Reply<Answer>) -> (CallId, Ask) {
        self.call = self.call.saturating_add(1);
        let id = CallId(self.call);
        let (kind, ask) = match call {
            Call::Flush => {
                self.tally.flush(id);
                (Kind::Flush, Ask::Flush)
            }
            Call::Close => (Kind::Close, Ask::Close),
            Call::InitTxn => (Kind::InitTxn, Ask::InitTxn),
            Call::BeginTxn => (Kind::BeginTxn, Ask::BeginTxn),
            Call::SendOffsets { group, offsets } => {
                (Kind::SendOffsets, self.keep(id, group, offsets))
            }
            Call::Commit => (Kind::Commit, Ask::Commit),
            Call::Abort => (Kind::Abort, Ask::Abort),
        };
        self.open.insert(id, Open { kind, since: now, reply });
        (id, ask)
    }

    /// Answers a call; with which it was, and how long it took. One that is not open is none of
    /// ours.
    pub(crate) fn done(
        &mut self,
        now: Time,
        call: CallId,
        result: Answer,
    ) -> Option<(Kind, Duration)> {
        let Open { kind, since, reply } = self.open.remove(&call)?;
        match result {
            Ok(Done::Begun(_)) => self.forget_ended(),
            Ok(Done::OffsetsSent) | Err(CallError::IllegalState) => self.forget(call),
            Err(_) if self.keeps_another(call) => self.forget(call),
            Ok(_) | Err(_) => {}
        }
        reply(self.tally.told(call, result));
        Some((kind, now.saturating_duration_since(since)))
    }

    /// Answers every open call the same: nobody else will.
    pub(crate) fn fail_all(&mut self, error: CallError) {
        for (_, open) in std::mem::take(&mut self.open) {
            (open.reply)(Err(error));
        }
    }

    /// The member of a group that commits.
    pub(crate) fn group(&self, group: Group) -> Option<&GroupMember> {
        self.parts.get(&group).map(|part| &part.member)
    }

    /// One of the offsets that it commits.
    pub(crate) fn offset(&self, group: Group, index: u32) -> Option<&Offset> {
        self.parts.get(&group)?.offsets.get(usize::try_from(index).ok()?)
    }

    fn keep(&mut self, call: CallId, member: GroupMember, offsets: Vec<Offset>) -> Ask {
        self.group = self.group.saturating_add(1);
        let group = Group(self.group);
        let count = u32::try_from(offsets.len()).unwrap_or(u32::MAX);
        self.parts.insert(group, Part { call, member, offsets });
        Ask::SendOffsets { group, offsets: count }
    }

    fn forget(&mut self, call: CallId) {
        self.parts.retain(|_, part| part.call != call);
    }

    /// Another transaction has begun, so that no request about this one's groups is heard.
    fn forget_ended(&mut self) {
        self.parts.retain(|_, part| self.open.contains_key(&part.call));
    }

    /// Whether a call about offsets has failed in this transaction before. Only the first one can
    /// have left a request behind: the state machine refuses the others at once.
    fn keeps_another(&self, call: CallId) -> bool {
        self.parts.values().any(|part| part.call != call && !self.open.contains_key(&part.call))
    }
}
