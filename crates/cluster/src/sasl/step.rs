//! What a conversation wants next, to the outside and among the mechanisms.

use super::bearer;
use super::conversation::Conversation;
use super::error::SaslError;
use super::job::HashJob;
use super::scram;
use crate::secret::Secret;

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// This token must be sent, and the answer handed to [`Conversation::received`].
    Send(Secret, Conversation),
    /// This work must be done, and its result handed to [`Conversation::hashed`].
    Hash(HashJob, Conversation),
    /// A token must be provided to [`Conversation::provided`].
    NeedToken(Conversation),
    /// The broker believes us, and has shown what the mechanism makes it show.
    Done,
    /// It is over.
    Failed(SaslError),
}

/// What a mechanism wants next, and where it will then be.
pub(super) enum Move {
    Send(Secret, State),
    Hash(HashJob, State),
    NeedToken(State),
    Done,
}

/// Where a mechanism is.
pub(super) enum State {
    /// PLAIN has said all that it has to say.
    Plain,
    Scram(scram::Stage),
    Bearer(bearer::Stage),
}

/// Why a mechanism cannot go on.
pub(super) enum Fault {
    Broken(SaslError),
    /// The server says no, in these words.
    Refused(String),
}

impl Fault {
    /// The server broke the rules of the mechanism.
    pub(super) const fn misbehaved(what: &'static str) -> Self {
        Self::Broken(SaslError::Misbehaved(what))
    }

    /// Our own program did what it was not asked for, and no peer is to blame.
    pub(super) const fn out_of_turn(what: &'static str) -> Self {
        Self::Broken(SaslError::OutOfTurn(what))
    }

    /// Something of ours cannot be sent.
    pub(super) const fn unprepared(what: &'static str) -> Self {
        Self::Broken(SaslError::Unprepared(what))
    }
}
