//! Why records did not get into the log, in the words of the machines.

use std::fmt;
use std::sync::Arc;

use klamm_cluster::ConnFailure;
use klamm_cluster::metadata::Gone;
use klamm_idempotence::{Fate, Reason};
use klamm_wire::ErrorCode;

/// Why the records of a batch are not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// What may be believed about the log.
    pub fate: Fate,
    /// Those at fault, by their index within the batch, each with the broker's words if it had any;
    /// the others are well and were merely refused with them. Empty when the broker named none.
    pub culprits: Arc<[(u32, Option<String>)]>,
    /// What the broker said of the whole.
    pub words: Option<Arc<str>>,
    /// The last thing that went wrong before the deadline came, if the reason is a deadline.
    pub met: Option<Met>,
}

/// What stood in the way while time went by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// No connection.
    Connection(Arc<ConnFailure>),
    /// Nobody led the partition.
    NoLeader,
    /// The last answer of a broker: about the batch, or about its topic.
    Answer(ErrorCode),
}

/// Why a topic cannot be appended to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicError {
    /// It is not there, or we may not see it.
    Gone(Gone),
    /// Nothing was heard of it in time; with what stood in the way.
    TimedOut(Option<Met>),
    /// No server accepts us: it would be the same the next time.
    Shunned(Arc<ConnFailure>),
    /// The producer is closed.
    Closed,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({:?})", self.reason, self.fate)
    }
}

impl std::error::Error for Failure {}
