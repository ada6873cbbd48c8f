//! What must hold of a partition after every input, cheap enough to be checked in every build.
//!
//! A broken law means that the machine itself is wrong. The producer then stops, before a batch
//! is written that could not be unwritten.

use super::Partition;
use super::batch::Stamped;
use super::flow::Flow;
use super::lane::Open;
use crate::settings::Settings;

impl Partition {
    /// The first law that is broken, by its id.
    pub(crate) fn broken_law(&self, settings: &Settings, stamps: bool) -> Option<&'static str> {
        let told_and_here = self.unresolved.iter().any(|one| one.owed.is_none() && !one.is_out());
        if told_and_here {
            return Some("I9 a batch whose caller was told has nothing left to do");
        }
        if !stamps {
            return None;
        }
        let out = self.unresolved.iter().filter(|one| one.is_out()).count();
        if self.flow == Flow::Gated && out > 1 {
            return Some("I7 one batch at a time while gated");
        }
        if !self.has_pieces() && self.unresolved.len() > settings.window.size() {
            return Some("I7 no more unresolved batches than the window");
        }
        self.broken_order()
    }

    /// Positions of one lane ascend without an overlap, and end before the next one.
    //= I6 ranges do not overlap
    fn broken_order(&self) -> Option<&'static str> {
        let end = |one: &Stamped| one.stamp.map(|stamp| stamp.position().after(one.piece.records));
        let mut last = None;
        for one in &self.unresolved {
            let begin = one.stamp.map(|stamp| stamp.position());
            if last.is_some_and(|last| begin < Some(last)) {
                return Some("I6 ranges of one lane do not overlap");
            }
            if self.lane.open().map(Open::identity) != one.stamp.map(|stamp| stamp.identity()) {
                return Some("I10 unresolved batches belong to the lane");
            }
            last = end(one);
        }
        let next = self.lane.open().map(Open::next);
        if last.is_some_and(|last| next < Some(last)) {
            return Some("I6 the next range begins after the last");
        }
        None
    }
}
