//! The end of all faults: whether everything is finished once the world behaves.

use super::World;
use super::moves::Move;

impl World {
    /// Lets the next thing happen in a world without faults: metadata is fresh, the oldest
    /// request is read, the oldest answer heard, and time passes when nothing else can.
    /// Whether anything was left to happen.
    pub fn settle(&mut self) -> bool {
        let next = self.next_settling();
        if let Some(step) = next {
            self.step(step);
        }
        next.is_some()
    }

    fn next_settling(&self) -> Option<Move> {
        if let Some(part) = self.stale.first() {
            return Some(Move::Learn(*part));
        }
        if !self.waiting.is_empty() {
            return Some(Move::Offer);
        }
        let conns = self.network.conns();
        let serve = conns.iter().position(|conn| conn.open && !conn.requests.is_empty());
        let hear = conns.iter().position(|conn| !conn.answers.is_empty());
        let wait = self.can_wait().then_some(Move::Wait);
        serve.map(Move::Serve).or(hear.map(Move::Hear)).or(wait)
    }
}
