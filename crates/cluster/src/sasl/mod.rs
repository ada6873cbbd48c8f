//! Saying who we are: the client's side of SASL, mechanism by mechanism, as a conversation.
//!
//! A [`Conversation`] consumes itself: it begins with the first [`Step`] and ends with
//! [`Step::Done`] or [`Step::Failed`]; there is no way to go on after either. It knows tokens and
//! nothing of the requests that carry them, which is the business of the connection.

mod bearer;
mod conversation;
mod credentials;
mod error;
mod job;
mod nonce;
mod plain;
mod prep;
mod scram;
mod step;
mod words;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod reference;
#[cfg(test)]
mod tests;

pub use conversation::Conversation;
pub use credentials::{Credentials, Mechanism, ScramHash, Token, TokenError};
pub use error::SaslError;
pub use job::{HashJob, Salted};
pub use nonce::{Nonce, Nonces};
pub use prep::saslprep;
pub use step::Step;
