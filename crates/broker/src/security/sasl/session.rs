//! One authentication of one connection: tokens go in, answers and the verdict come out.

use std::time::Duration;

use klamm_wire::{Time, WallMillis};

use super::bearer::{self, Judged};
use super::scram::Challenged;
use super::{Mechanism, Nonces, Sasl, plain};
use crate::security::Principal;

/// What a token led to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The client is asked for more.
    Challenge {
        /// The answer, without an error.
        token: Vec<u8>,
        /// What the client's next token is for.
        session: SaslSession,
    },
    /// The client is who it says.
    Done {
        /// The answer, which may be empty.
        token: Vec<u8>,
        /// Who it is, and for how long.
        established: Established,
    },
    /// The client is told so with error 58, and the connection ends.
    Failed {
        /// The message beside the error.
        text: String,
    },
    /// The connection ends without an answer.
    Closed {
        /// The reason, for a log.
        why: String,
    },
}

/// What an authentication has settled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Established {
    /// Who the client is.
    pub principal: Principal,
    /// How it proved it.
    pub mechanism: Mechanism,
    /// How long that holds; without an end when there is nothing.
    pub lifetime: Option<Duration>,
}

impl Established {
    /// What the answer to the last token carries; 0 stands for a session without an end.
    #[must_use]
    pub fn session_lifetime_ms(&self) -> i64 {
        let millis = self.lifetime.map_or(0, |lifetime| lifetime.as_millis());
        i64::try_from(millis).unwrap_or(i64::MAX)
    }

    /// When requests other than a new handshake close the connection.
    #[must_use]
    pub fn expires(&self, since: Time) -> Option<Time> {
        self.lifetime.map(|lifetime| since.saturating_add(lifetime))
    }
}

/// An authentication that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SaslSession {
    attempt: Attempt,
    state: State,
}

/// What stays the same from the first token to the last.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Attempt {
    mechanism: Mechanism,
    /// What a re-authentication has to keep.
    before: Option<Established>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum State {
    Plain,
    ScramFirst {
        nonce: String,
    },
    ScramFinal(Box<Challenged>),
    Bearer,
    /// The token was not believed, the client was told, and has to acknowledge it.
    BearerRejected {
        told: String,
    },
    /// Re-authentication with another mechanism, which fails with the first token.
    OtherMechanism,
}

/// Why a client is not who it says, and how much of it the client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// One text for everything that could tell whether a user exists.
    Credentials,
    /// This text.
    Told(String),
}

impl Refusal {
    /// The client wants to act for somebody else.
    pub(super) fn other_authorization_id() -> Self {
        let text = "Authentication failed: Client requested an authorization id that is different \
                    from username";
        Self::Told(text.to_owned())
    }
}

impl SaslSession {
    pub(super) fn begin(
        mechanism: Mechanism,
        before: Option<Established>,
        nonces: &mut Nonces,
    ) -> Self {
        let is_other = before.as_ref().is_some_and(|before| before.mechanism != mechanism);
        let state = match mechanism {
            _ if is_other => State::OtherMechanism,
            Mechanism::Plain => State::Plain,
            Mechanism::ScramSha256 | Mechanism::ScramSha512 => {
                State::ScramFirst { nonce: nonces.take() }
            }
            Mechanism::OAuthBearer => State::Bearer,
        };
        Self { attempt: Attempt { mechanism, before }, state }
    }

    /// The mechanism that the handshake named.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.attempt.mechanism
    }

    /// Judges the client's next token, which arrives at `now`.
    #[must_use]
    pub fn receive(self, token: &[u8], sasl: &Sasl, now: WallMillis) -> Step {
        let invalid = self.attempt.invalid_credentials();
        self.advance(token, sasl, now).unwrap_or_else(|refusal| Step::Failed {
            text: match refusal {
                Refusal::Told(text) => text,
                Refusal::Credentials => invalid,
            },
        })
    }

    fn advance(self, token: &[u8], sasl: &Sasl, now: WallMillis) -> Result<Step, Refusal> {
        let Self { attempt, state } = self;
        let users = &sasl.credentials;
        match state {
            State::Plain => {
                attempt.done(Vec::new(), plain::authenticate(token, users)?, sasl.max_reauth)
            }
            State::ScramFirst { nonce } => {
                let (token, next) = Challenged::begin(attempt.mechanism, &nonce, token, users)?;
                Ok(attempt.challenge(token, State::ScramFinal(Box::new(next))))
            }
            State::ScramFinal(challenged) => {
                let (token, principal) = challenged.finish(token)?;
                attempt.done(token, principal, sasl.max_reauth)
            }
            State::BearerRejected { told } if token == bearer::ACKNOWLEDGED => {
                Err(Refusal::Told(told))
            }
            // A client that was rejected may try another token instead.
            State::Bearer | State::BearerRejected { .. } => attempt.bearer(token, sasl, now),
            State::OtherMechanism => Ok(attempt.closed()),
        }
    }
}

impl Attempt {
    fn bearer(self, token: &[u8], sasl: &Sasl, now: WallMillis) -> Result<Step, Refusal> {
        match bearer::authenticate(token, now, &sasl.credentials)? {
            Judged::Accepted(bearer) => {
                let left = u64::try_from(bearer.lifetime.0.saturating_sub(now.0));
                let left = Duration::from_millis(left.unwrap_or_default());
                let lifetime = sasl.max_reauth.map_or(left, |limit| limit.min(left));
                self.done(Vec::new(), bearer.principal, Some(lifetime))
            }
            Judged::Rejected(told) => {
                Ok(self.challenge(told.clone().into_bytes(), State::BearerRejected { told }))
            }
        }
    }

    fn challenge(self, token: Vec<u8>, state: State) -> Step {
        Step::Challenge { token, session: SaslSession { attempt: self, state } }
    }

    fn done(
        self,
        token: Vec<u8>,
        principal: Principal,
        lifetime: Option<Duration>,
    ) -> Result<Step, Refusal> {
        if let Some(before) = self.before.filter(|before| before.principal != principal) {
            let dotted = |who: &Principal| format!("{}.{}", who.kind(), who.name());
            return Err(Refusal::Told(format!(
                "Cannot change principals during re-authentication from {}: {}",
                dotted(&before.principal),
                dotted(&principal)
            )));
        }
        let established = Established { principal, mechanism: self.mechanism, lifetime };
        Ok(Step::Done { token, established })
    }

    fn closed(self) -> Step {
        let before = self.before.map_or("none", |before| before.mechanism.name());
        let why = format!(
            "SASL mechanism '{}' requested by client is not supported for re-authentication of \
             mechanism '{before}'",
            self.mechanism
        );
        Step::Closed { why }
    }

    /// The text that tells nothing of what exactly was wrong.
    fn invalid_credentials(&self) -> String {
        let what = if self.before.is_some() { "re-authentication" } else { "authentication" };
        format!(
            "Authentication failed during {what} due to invalid credentials with SASL mechanism {}",
            self.mechanism
        )
    }
}
