//! The conversation of any mechanism: each call consumes it and says what comes next.

use std::fmt;

use klamm_wire::ErrorCode;

use super::credentials::{Credentials, Mechanism, Token, TokenError};
use super::error::SaslError;
use super::job::Salted;
use super::nonce::Nonce;
use super::step::{Fault, Move, State, Step};
use super::{bearer, plain, prep, scram, words};
use crate::secret::Secret;

/// A conversation that is not at its end.
pub struct Conversation {
    who: Who,
    state: State,
}

/// What stays the same from the first step to the last.
struct Who {
    mechanism: Mechanism,
    username: Option<String>,
    /// The password or token, as far as it is known.
    secret: Secret,
    /// What may help a user whose password is refused.
    hint: Option<&'static str>,
}

impl Conversation {
    /// Begins: the first thing to do.
    pub fn begin(credentials: &Credentials, nonce: Nonce) -> Step {
        let who = Who::of(credentials);
        let first = match credentials {
            Credentials::Plain { username, password } => plain::begin(username, password),
            Credentials::Scram { hash, username, password } => {
                scram::begin(*hash, username, password, nonce)
            }
            Credentials::OAuthBearer => Ok(bearer::begin()),
        };
        who.step(first)
    }

    /// The broker accepted the last token and answered with one of its own, which may be empty.
    pub fn received(self, token: &[u8]) -> Step {
        let Self { who, state } = self;
        let next = match state {
            // The broker has accepted, and PLAIN gives its answer no meaning.
            State::Plain => Ok(Move::Done),
            State::Scram(stage) => stage.received(token, &who.secret),
            State::Bearer(stage) => stage.received(token, &who.secret),
        };
        who.step(next)
    }

    /// A password was hashed; only a conversation that said [`Step::Hash`] wants to know.
    pub fn hashed(self, salted: Salted) -> Step {
        let Self { who, state } = self;
        let next = match state {
            State::Scram(stage) => stage.hashed(salted),
            State::Plain | State::Bearer(_) => Err(Fault::out_of_turn("nobody asked for a hash")),
        };
        who.step(next)
    }

    /// A token was provided, or was not; only a conversation that said [`Step::NeedToken`] wants
    /// to know.
    pub fn provided(self, token: Result<Token, TokenError>) -> Step {
        let Self { mut who, state } = self;
        let token = match token {
            Ok(token) => token,
            Err(error) => return Step::Failed(SaslError::NoToken(error)),
        };
        let next = match state {
            State::Bearer(stage) => stage.provided(&token),
            State::Plain | State::Scram(_) => Err(Fault::out_of_turn("nobody asked for a token")),
        };
        who.secret = token.value;
        who.step(next)
    }

    /// What should be told with a refusal: what the server said before it, or what may help.
    pub fn note(&self) -> Option<&str> {
        match &self.state {
            State::Bearer(stage) => stage.note(),
            State::Plain | State::Scram(_) => self.who.hint,
        }
    }

    /// The broker refused the last token with this code, or closed where there is none.
    ///
    /// The broker's words are cut, cleaned of control characters, and withheld if they repeat the
    /// password or token; the [`note`](Self::note) is added.
    #[must_use]
    pub fn refused(self, code: Option<ErrorCode>, message: &str) -> SaslError {
        let said = words::of_peer(message.as_bytes(), &self.who.secret);
        let message = match &self.state {
            State::Bearer(stage) => joined(said, stage.note()),
            State::Plain | State::Scram(_) => said,
        };
        self.who.refusal(code, message)
    }
}

impl Who {
    fn of(credentials: &Credentials) -> Self {
        let (secret, hint) = match credentials {
            Credentials::Plain { password, .. } => (password.clone(), None),
            Credentials::Scram { password, .. } => (password.clone(), prep::hint(password)),
            Credentials::OAuthBearer => (Secret::default(), None),
        };
        let username = credentials.username().map(str::to_owned);
        Self { mechanism: credentials.mechanism(), username, secret, hint }
    }

    fn step(self, next: Result<Move, Fault>) -> Step {
        match next {
            Ok(Move::Send(token, state)) => Step::Send(token, Conversation { who: self, state }),
            Ok(Move::Hash(job, state)) => Step::Hash(job, Conversation { who: self, state }),
            Ok(Move::NeedToken(state)) => Step::NeedToken(Conversation { who: self, state }),
            Ok(Move::Done) => Step::Done,
            Err(Fault::Broken(error)) => Step::Failed(error),
            Err(Fault::Refused(message)) => Step::Failed(self.refusal(None, message)),
        }
    }

    fn refusal(self, code: Option<ErrorCode>, message: String) -> SaslError {
        let message = joined(message, self.hint);
        SaslError::Refused { mechanism: self.mechanism, username: self.username, code, message }
    }
}

/// The broker's words, and what else there is to say.
fn joined(words: String, note: Option<&str>) -> String {
    match note {
        None => words,
        Some(note) if words.is_empty() => note.to_owned(),
        Some(note) => format!("{words} ({note})"),
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match &self.state {
            State::Plain => "sent",
            State::Scram(stage) => stage.name(),
            State::Bearer(stage) => stage.name(),
        };
        write!(f, "Conversation({}, {stage})", self.who.mechanism)
    }
}
