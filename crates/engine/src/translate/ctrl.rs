//! Control requests of the state machine as messages, and their answers as facts.

use klamm_cluster::{Payload, ResponseFrame};
use klamm_idempotence::{CtrlFacts, Group, Part, Request};

use crate::call::{GroupMember, Offset};
use crate::settings::Settings;

/// What the names in a control request stand for.
pub(crate) trait Names {
    /// The topic and number of a partition.
    fn partition(&self, part: Part) -> Option<(&str, i32)>;

    /// A consumer group.
    fn group(&self, group: Group) -> Option<&GroupMember>;

    /// One of the offsets that the transaction commits for a group, by its index.
    fn offset(&self, group: Group, index: u32) -> Option<&Offset>;
}

/// A control request as a message that can be encoded for any version.
pub(crate) fn payload(
    request: &Request,
    settings: &Settings,
    names: &dyn Names,
) -> Option<Box<dyn Payload>> {
    let _ = (request, settings, names);
    None
}

/// What an answer to a control request says; [`CtrlFacts::Garbled`] when it cannot be read or
/// does not belong to it.
pub(crate) fn facts(request: &Request, names: &dyn Names, frame: &ResponseFrame) -> CtrlFacts {
    let _ = (request, names, frame);
    CtrlFacts::Garbled
}
