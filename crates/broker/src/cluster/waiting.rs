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
    /// A fault, or what a broker stumbles over, keeps it from being answered, for ever.
    Hung,
    /// A fault keeps it from being served until then.
    Postponed { arrived: Arrived, until: Time },
    /// A fault keeps the answer until then.
    Held { frame: Segments, until: Time },
    /// A fault keeps the rest of the answer until then.
    Rest { until: Time },
}

impl Waiting {
    /// When the wait ends at the latest; a group has clocks of its own.
    pub(crate) fn deadline(&self) -> Option<Time> {
        match self {
            Self::Produce(delayed) => Some(delayed.deadline),
            Self::Again { until, .. }
            | Self::Postponed { until, .. }
            | Self::Held { until, .. }
            | Self::Rest { until } => Some(*until),
            Self::Refused { at, .. } => Some(*at),
            Self::Group(_) | Self::Hung => None,
        }
    }

    /// Whether it is to be looked at: when its time has come, and some when logs have changed.
    pub(crate) fn is_due(&self, now: Time, changed: bool) -> bool {
        let depends_on_logs = match self {
            Self::Produce(_) | Self::Again { .. } | Self::Group(_) => true,
            Self::Refused { .. } | Self::Hung => false,
            Self::Postponed { .. } | Self::Held { .. } | Self::Rest { .. } => false,
        };
        changed && depends_on_logs || self.deadline().is_some_and(|deadline| deadline <= now)
    }
}
