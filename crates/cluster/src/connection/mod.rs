//! One connection: versions, who we are, then requests and their answers in order.
//!
//! ```text
//!            ApiVersions            SaslHandshake, tokens
//!  open ──► Versions ──────────────► Authenticating ──► Ready ◄──► Reauthenticating
//!               │  (no SASL) ─────────────────────────► │                │
//!               └───────────────┬───────────────────────┴────────────────┘
//!                               ▼
//!                            Closed
//! ```
//!
//! Each state is a type that holds what that state needs; a transition consumes the state. Closed
//! is the end: a connection that broke is never mended.

mod correlation;
mod in_flight;
mod link;
mod machine;
mod outbox;
mod phase;
mod saying;
mod session;
mod throttle;

pub use machine::{Connection, Input, Output, Start};
