//! The server's side of SASL, as a Kafka broker plays it.
//!
//! [`Sasl`] is what the broker offers. A handshake that names a mechanism begins a
//! [`SaslSession`]; each token of the client consumes it and gives a [`Step`]: an answer and the
//! session that goes on, or the end. Handshakes, frames and error codes are the caller's.
//!
//! What Kafka does and the specifications do not ask for is kept: names in SCRAM are ASCII and are
//! not prepared (no SASLprep), no `e=` is ever sent because error 58 says it, and a token of
//! OAUTHBEARER that is refused is answered without an error first. One thing is stricter: the
//! channel binding of SCRAM's last message must repeat the first one's header (RFC 5802 §5.1).

mod bearer;
mod credentials;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod hash;
mod message;
mod nonces;
mod plain;
mod scram;
mod session;
mod unsecured;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

pub use bearer::{Authenticated, TokenCheck};
pub use credentials::{Credentials, Iterations, TooFewIterations};
pub use nonces::Nonces;
pub use session::{Established, SaslSession, Step};
pub use unsecured::check_unsecured;

/// How a client proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// Name and password as they are (RFC 4616).
    Plain,
    /// A proof of the password (RFC 7677).
    ScramSha256,
    /// The same with SHA-512.
    ScramSha512,
    /// A token that somebody else gave out (RFC 7628).
    OAuthBearer,
}

impl Mechanism {
    /// Every mechanism there is.
    pub const ALL: [Self; 4] =
        [Self::Plain, Self::ScramSha256, Self::ScramSha512, Self::OAuthBearer];

    /// The registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::OAuthBearer => "OAUTHBEARER",
        }
    }

    /// The mechanism of that name; names are compared as they are.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name() == name)
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a broker offers on its SASL listeners.
#[derive(Debug, Clone)]
pub struct Sasl {
    mechanisms: BTreeSet<Mechanism>,
    credentials: Credentials,
    max_reauth: Option<Duration>,
    grace: Duration,
}

impl Sasl {
    /// All mechanisms, over these credentials, for sessions without an end.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            mechanisms: Mechanism::ALL.into(),
            credentials,
            max_reauth: None,
            grace: Duration::ZERO,
        }
    }

    /// Only these mechanisms (`sasl.enabled.mechanisms`).
    #[must_use]
    pub fn with_mechanisms(self, mechanisms: impl IntoIterator<Item = Mechanism>) -> Self {
        Self { mechanisms: mechanisms.into_iter().collect(), ..self }
    }

    /// How long a session lasts at most (`connections.max.reauth.ms`, KIP-368).
    #[must_use]
    pub fn with_max_reauth(self, max_reauth: Duration) -> Self {
        // Zero switches the limit off, as the setting's default of 0 does.
        Self { max_reauth: Some(max_reauth).filter(|limit| !limit.is_zero()), ..self }
    }

    /// For how long after its end a session is still honoured, which no Kafka does.
    ///
    /// A test on the real clock renews its sessions in time on a machine that is fast enough; with
    /// a grace it does not depend on that, and that sessions are renewed is seen all the same.
    #[must_use]
    pub fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// For how long after its end a session is still honoured.
    pub(crate) const fn grace(&self) -> Duration {
        self.grace
    }

    /// Any password is right for a user that exists: a promise broken by order.
    pub(crate) fn believing_any_password(mut self) -> Self {
        self.credentials = self.credentials.believing_any_password();
        self
    }

    /// The mechanisms on offer, for the answer to a handshake.
    pub fn mechanisms(&self) -> impl Iterator<Item = Mechanism> {
        self.mechanisms.iter().copied()
    }

    /// Begins a session, or nothing when the mechanism is not on offer (error 33).
    ///
    /// `before` is what the connection had established, for a handshake that re-authenticates.
    /// With another mechanism than before the handshake still succeeds, and what comes after it
    /// closes the connection.
    #[must_use]
    pub fn begin(
        &self,
        name: &str,
        before: Option<Established>,
        nonces: &mut Nonces,
    ) -> Option<SaslSession> {
        let mechanism = Mechanism::from_name(name).filter(|m| self.mechanisms.contains(m))?;
        Some(SaslSession::begin(mechanism, before, nonces))
    }
}

#[cfg(test)]
mod tests;
