//! Who we say we are.

use std::fmt;

use crate::secret::Secret;

/// Who we say we are, and by which mechanism.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A name and a password, told to the broker as they are.
    Plain {
        /// The name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A name and a password, of which the broker sees a proof.
    Scram {
        /// The hash function.
        hash: ScramHash,
        /// The name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A token that somebody else vouches for; it is asked for when it is needed.
    OAuthBearer,
}

/// The hash function of SCRAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScramHash {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// A mechanism that we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// PLAIN.
    Plain,
    /// SCRAM-SHA-256.
    ScramSha256,
    /// SCRAM-SHA-512.
    ScramSha512,
    /// OAUTHBEARER.
    OAuthBearer,
}

/// A token for OAUTHBEARER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token as it is sent.
    pub value: Secret,
    /// What else is said with it, by name (KIP-342).
    pub extensions: Vec<(String, String)>,
}

/// Why there is no token; in words that hold no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError(pub String);

impl Credentials {
    /// The mechanism.
    pub fn mechanism(&self) -> Mechanism {
        match self {
            Self::Plain { .. } => Mechanism::Plain,
            Self::Scram { hash: ScramHash::Sha256, .. } => Mechanism::ScramSha256,
            Self::Scram { hash: ScramHash::Sha512, .. } => Mechanism::ScramSha512,
            Self::OAuthBearer => Mechanism::OAuthBearer,
        }
    }

    /// The name, where there is one.
    pub fn username(&self) -> Option<&str> {
        match self {
            Self::Plain { username, .. } | Self::Scram { username, .. } => Some(username),
            Self::OAuthBearer => None,
        }
    }
}

impl Mechanism {
    /// Every mechanism that we speak.
    pub const ALL: [Self; 4] =
        [Self::Plain, Self::ScramSha256, Self::ScramSha512, Self::OAuthBearer];

    /// Its name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::OAuthBearer => "OAUTHBEARER",
        }
    }

    /// The mechanism of that name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TokenError {}
