//! Answers that come later: who waits for one, and what became of it.

use std::borrow::Cow;
use std::collections::VecDeque;

use klamm_protocol::join_group::JoinGroupResponse;
use klamm_protocol::sync_group::SyncGroupResponse;
use klamm_wire::ErrorCode;

/// Names an answer that comes later; whoever asks makes it, and never the same one twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Token(pub(crate) u64);

/// An answer that may have had to wait.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// To JoinGroup.
    Join(JoinGroupResponse<'static>),
    /// To SyncGroup.
    Sync(SyncGroupResponse<'static>),
}

/// A request without an answer. It cannot be copied, and answering consumes it: so there is one
/// answer.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Absent once the connection is gone. The group waits no less for that: Kafka does not notice
    /// either.
    token: Option<Token>,
    version: i16,
}

impl Waiting {
    pub(super) const fn new(token: Token, version: i16) -> Self {
        Self { token: Some(token), version }
    }

    pub(super) const fn version(&self) -> i16 {
        self.version
    }

    pub(super) fn forget(&mut self, token: Token) {
        self.token.take_if(|own| *own == token);
    }
}

/// Answers on their way out, oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbox(VecDeque<(Token, Answer)>);

impl Outbox {
    pub(super) fn pop(&mut self) -> Option<(Token, Answer)> {
        self.0.pop_front()
    }

    pub(super) fn forget(&mut self, token: Token) {
        self.0.retain(|(other, _)| *other != token);
    }

    /// Answers a join, in the form that its version can carry.
    pub(super) fn join(&mut self, waiting: Waiting, mut response: JoinGroupResponse<'static>) {
        let name = response.protocol_name.take().filter(|name| !name.is_empty());
        let nullable = waiting.version >= 7;
        response.protocol_name = if nullable { name } else { Some(name.unwrap_or_default()) };
        self.push(waiting, Answer::Join(response));
    }

    pub(super) fn refuse_join(&mut self, waiting: Waiting, member: &str, error_code: ErrorCode) {
        let member_id = Cow::Owned(member.to_owned());
        let response = JoinGroupResponse { error_code, member_id, ..JoinGroupResponse::DEFAULT };
        self.join(waiting, response);
    }

    pub(super) fn sync(&mut self, waiting: Waiting, response: SyncGroupResponse<'static>) {
        self.push(waiting, Answer::Sync(response));
    }

    pub(super) fn refuse_sync(&mut self, waiting: Waiting, error_code: ErrorCode) {
        self.sync(waiting, SyncGroupResponse { error_code, ..SyncGroupResponse::DEFAULT });
    }

    fn push(&mut self, Waiting { token, .. }: Waiting, answer: Answer) {
        self.0.extend(token.map(|token| (token, answer)));
    }
}
