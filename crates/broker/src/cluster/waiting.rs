//! Requests whose answer is not due yet.

use klamm_protocol::Segments;
use klamm_wire::Time;

use crate::api::{Arrived, DelayedProduce, ReplyTo};

/// Why an answer is not due.
pub(crate) enum Waiting {
    /// Appended, and not committed by enough replicas.
    Produce(Box<DelayedProduce>),
    /// The request is served again whenever logs change, and for the last time at the deadline.
    Again { arrived: Arrived, until: Time },
    /// The group answers when its members are together.
    Group(ReplyTo),
    /// The client was not believed; the connection ends then, after this answer.
    Refused { answer: Option<Segments>, at: Time },
}

impl Waiting {
    /// When the wait ends at the latest; a group has clocks of its own.
    pub(crate) fn deadline(&self) -> Option<Time> {
        match self {
            Self::Produce(delayed) => Some(delayed.deadline),
            Self::Again { until, .. } => Some(*until),
            Self::Refused { at, .. } => Some(*at),
            Self::Group(_) => None,
        }
    }
}
