//! The end of all faults: whether every call is answered once the world behaves.

use super::TxnWorld;
use super::moves::TxnMove;

impl TxnWorld {
    /// Lets the next thing happen in a world without faults: decisions are carried out, the oldest
    /// request is read, the oldest answer heard, the application goes on, and time passes when
    /// nothing else can. Whether anything was left to happen.
    pub fn settle(&mut self) -> bool {
        let next = self.next_settling();
        if let Some(step) = next {
            self.step(step);
        }
        next.is_some()
    }

    fn next_settling(&self) -> Option<TxnMove> {
        let conns = self.network.conns();
        let serve = conns.iter().position(|conn| conn.open && !conn.requests.is_empty());
        let hear = conns.iter().position(|conn| !conn.answers.is_empty());
        let may = |can: bool, step: TxnMove| can.then_some(step);
        [
            may(self.ways.outdated, TxnMove::Learn),
            may(self.is_decided(), TxnMove::Complete),
            serve.map(TxnMove::Serve),
            hear.map(TxnMove::Hear),
            may(self.errands.asked.is_some(), TxnMove::Coordinate),
            may(self.errands.told.is_some(), TxnMove::HearCoordinator),
            may(self.can_decide(), TxnMove::Decide),
            may(self.can_wait(), TxnMove::Wait),
        ]
        .into_iter()
        .flatten()
        .next()
    }
}
