//! What the machine wants done, done.

use super::World;
use super::network::Request;
use crate::input::Input;
use crate::model::{Produce, Sender, Stamp};
use crate::output::{Output, Send};
use crate::proof::NeverWritten;

impl World {
    /// Carries out one output: what it leads to at once.
    pub(super) fn carry_out(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::Complete { part, ticket, outcome } => {
                self.history.completed(part.0, ticket.0, &outcome);
                None
            }
            Output::Restamp(proof) => {
                self.history.unwritten(proof, "I5 a batch that may be written is stamped anew");
                None
            }
            Output::Split(proof) => Some(self.split(proof)),
            Output::Send(send) => self.send(&send),
            Output::Ctrl { ctrl, .. } => Some(self.new_pid(ctrl)),
            Output::NeedConn(node) => Some(self.dial(node)),
            Output::ForgetCoordinator(_) | Output::Refresh(_) | Output::CallDone { .. } => None,
        }
    }

    /// The piece is halved, at once.
    fn split(&mut self, proof: NeverWritten) -> Input {
        self.history.unwritten(proof, "I5 a batch that may be written is split");
        let (part, ticket, piece) = (proof.part(), proof.ticket(), proof.piece());
        let first_half = Some(piece.records.div_ceil(2)).filter(|half| *half < piece.records);
        Input::SplitDone { part, ticket, piece, first_half }
    }

    /// The piece is written; to a connection that is gone none of it.
    fn send(&mut self, send: &Send) -> Option<Input> {
        let Send { attempt, part, ticket, piece, conn, stamp, .. } = *send;
        let content = self.history.content(part.0, ticket.0, piece);
        let stamp = stamp.map(|stamp| Stamp {
            pid: stamp.identity().pid.0,
            epoch: i64::from(stamp.identity().epoch.0),
            first: i64::from(stamp.sequence().0),
        });
        let sender = stamp.map_or(Sender::Plain, Sender::Idempotent);
        let produce = Produce { sender, records: piece.records, content };
        let node = self.network.node_of(conn);
        self.history.sent((part.0, conn, node), &produce);
        let request = Request { attempt, part: part.0, produce };
        match self.network.named(conn) {
            Some(conn) => {
                conn.requests.push_back(request);
                None
            }
            None => {
                self.history.lost(content, conn, false);
                Some(Input::AttemptLost { attempt, wrote_full_frame: false })
            }
        }
    }
}
