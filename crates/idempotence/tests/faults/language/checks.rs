//! What holds in every test, whatever it is about.

use std::collections::{BTreeMap, BTreeSet};

use klamm_idempotence::{Output, Part, Piece, Send, Stamp, Ticket};

type Name = (Part, Ticket, Piece);

/// Remembers stamps.
#[derive(Default)]
pub(super) struct Checks {
    stamps: BTreeMap<Name, Stamp>,
    /// Producer id, epoch and position of each batch, and whose it is.
    taken: BTreeMap<(Part, Stamp), (Ticket, Piece)>,
    finished: BTreeSet<(Part, Ticket)>,
}

impl Checks {
    pub(super) fn check(&mut self, output: &Output) {
        match output {
            Output::Send(send) => self.check_send(send),
            Output::Restamp(proof) => {
                self.stamps.remove(&(proof.part(), proof.ticket(), proof.piece()));
            }
            Output::Complete { part, ticket, .. } => {
                self.finished.insert((*part, *ticket));
            }
            Output::Split(_)
            | Output::Ctrl { .. }
            | Output::ForgetCoordinator(_)
            | Output::Refresh(_)
            | Output::NeedConn(_)
            | Output::CallDone { .. } => {}
        }
    }

    /// A stamp belongs to one batch for ever, and a batch keeps its stamp until that is void.
    fn check_send(&mut self, send: &Send) {
        let Send { part, ticket, piece, .. } = *send;
        assert!(!self.finished.contains(&(part, ticket)), "{send:?} is finished");
        let Some(stamp) = send.stamp else { return };
        let kept = *self.stamps.entry((part, ticket, piece)).or_insert(stamp);
        assert_eq!(kept, stamp, "a batch changed its stamp without saying so");
        let owner = *self.taken.entry((part, stamp)).or_insert((ticket, piece));
        let halved = owner.0 == ticket && owner.1.first == piece.first;
        assert!(halved, "a stamp was used twice: {send:?}");
    }
}
