//! The connection to the coordinator: what is on its way there, back, or lost on the way.

use crate::input::CtrlFacts;
use crate::names::CtrlId;
use crate::output::Request;

/// A request to a coordinator.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Errand {
    pub(super) ctrl: CtrlId,
    pub(super) request: Request,
    /// The transaction in which it was made, for the judge.
    pub(super) txn: usize,
}

/// What is on its way to and from the coordinator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Errands {
    /// Written, and not read by the coordinator.
    pub(super) asked: Option<Errand>,
    /// Answered, and not heard by the producer.
    pub(super) told: Option<(Errand, CtrlFacts)>,
    /// Written to connections that broke; the coordinator may read them all the same.
    late: Vec<Errand>,
}

#[cfg(test)]
impl Errand {
    pub(super) const fn is_end(&self) -> bool {
        matches!(self.request, Request::EndTxn { .. })
    }
}

impl Errands {
    /// Whether nothing is under way that the producer waits for.
    pub(super) const fn is_quiet(&self) -> bool {
        self.asked.is_none() && self.told.is_none()
    }

    /// How many copies may still land.
    pub(super) const fn late(&self) -> usize {
        self.late.len()
    }

    /// A copy that lands.
    pub(super) fn land(&mut self, at: usize) -> Option<Errand> {
        (at < self.late.len()).then(|| self.late.remove(at))
    }

    /// The connection breaks: what was not read may be read later, and what was read will not be
    /// answered. The request that is lost to the producer.
    pub(super) fn cut(&mut self, whole: bool) -> Option<Errand> {
        if let Some((errand, _)) = self.told.take() {
            return Some(errand);
        }
        let errand = self.asked.take()?;
        if whole {
            self.late.push(errand.clone());
        }
        Some(errand)
    }

    /// The same under other names: a copy needs none, since nobody hears its answer.
    pub(super) fn canonical(&self) -> Self {
        let mut same = self.clone();
        if let Some(errand) = &mut same.asked {
            errand.ctrl = CtrlId(1);
        }
        if let Some((errand, _)) = &mut same.told {
            errand.ctrl = CtrlId(1);
        }
        for errand in &mut same.late {
            errand.ctrl = CtrlId(0);
        }
        same.late.sort_unstable_by_key(|errand| format!("{errand:?}"));
        same
    }
}
