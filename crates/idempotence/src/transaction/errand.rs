//! The one request to a coordinator that a producer has under way, and its repetitions.

use klamm_wire::Time;

use crate::backoff;
use crate::names::{CtrlId, Part};
use crate::outbox::Outbox;
use crate::output::{Destination, Output, Request};
use crate::settings::Settings;
use crate::verdict::coordinator::Asked;

/// A request, and whether it is out or waits to be made again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Errand {
    pub(super) request: Request,
    progress: Progress,
    /// How often it was made again.
    tries: u32,
    /// How many of its answers counted towards the most that are borne.
    charged: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Progress {
    /// It is out under that name, and no other answer is heard.
    Asked(CtrlId),
    /// It is made again then.
    Resting(Time),
}

/// So many answers that say nothing are borne.
const MOST_CHARGED: u32 = 3;

impl Errand {
    /// Makes a request for the first time.
    pub(super) fn new(request: Request, ctrl: CtrlId, out: &mut Outbox) -> Self {
        let mut errand = Self { request, progress: Progress::Asked(ctrl), tries: 0, charged: 0 };
        errand.ask(ctrl, out);
        errand
    }

    /// Makes the request, under a name of its own.
    pub(super) fn ask(&mut self, ctrl: CtrlId, out: &mut Outbox) {
        self.progress = Progress::Asked(ctrl);
        out.push(Output::Ctrl { ctrl, to: self.destination(), request: self.request.clone() });
    }

    /// Waits for the next time: as long as it is told, or longer with each time.
    pub(super) fn rest(&mut self, now: Time, settings: &Settings, soon: Option<Time>) {
        let wait = backoff::wait(settings, self.tries, 0);
        self.progress = Progress::Resting(soon.unwrap_or_else(|| now.saturating_add(wait)));
        self.tries = self.tries.saturating_add(1);
    }

    /// Counts an answer that said nothing; whether one more such answer is too many.
    pub(super) const fn charge(&mut self) -> bool {
        self.charged = self.charged.saturating_add(1);
        self.charged > MOST_CHARGED
    }

    //= I16 only the answer to the request that is out is heard
    pub(super) fn is_asked_as(&self, ctrl: CtrlId) -> bool {
        self.progress == Progress::Asked(ctrl)
    }

    pub(super) const fn is_resting(&self) -> bool {
        matches!(self.progress, Progress::Resting(_))
    }

    pub(super) const fn due(&self) -> Option<Time> {
        match self.progress {
            Progress::Asked(_) => None,
            Progress::Resting(until) => Some(until),
        }
    }

    /// Whether it asks for that partition to be added.
    pub(super) fn names(&self, part: Part) -> bool {
        match &self.request {
            Request::AddPartitions { parts, .. } => parts.contains(&part),
            Request::InitProducerId { .. }
            | Request::AddOffsets { .. }
            | Request::CommitOffsets { .. }
            | Request::EndTxn { .. } => false,
        }
    }

    pub(super) const fn destination(&self) -> Destination {
        match &self.request {
            Request::InitProducerId { .. }
            | Request::AddPartitions { .. }
            | Request::AddOffsets { .. }
            | Request::EndTxn { .. } => Destination::TxnCoordinator,
            Request::CommitOffsets { group, .. } => Destination::GroupCoordinator(*group),
        }
    }

    /// The column of the table that its answers are looked up in.
    pub(super) const fn asked(&self) -> Asked {
        match &self.request {
            Request::InitProducerId { .. } => Asked::Init,
            Request::AddPartitions { .. } => Asked::AddPartitions,
            Request::AddOffsets { .. } => Asked::AddOffsets,
            Request::CommitOffsets { .. } => Asked::CommitOffsets,
            Request::EndTxn { commit: true, .. } => Asked::EndCommit,
            Request::EndTxn { commit: false, .. } => Asked::EndAbort,
        }
    }
}

#[cfg(feature = "model")]
mod canonical {
    use super::{Errand, Progress};
    use crate::canonical::{Naming, Rename};
    use crate::names::CtrlId;

    impl Errand {
        /// The name under which it is out.
        pub(in super::super) const fn open_ctrl(&self) -> Option<CtrlId> {
            match self.progress {
                Progress::Asked(ctrl) => Some(ctrl),
                Progress::Resting(_) => None,
            }
        }
    }

    impl Rename for Errand {
        fn rename(&mut self, naming: &Naming<'_>) {
            self.tries = 0;
            match &mut self.progress {
                Progress::Asked(ctrl) => ctrl.0 = 1,
                Progress::Resting(until) => until.rename(naming),
            }
        }
    }
}
