//! What brokers and metadata do.

use klamm_idempotence::{ConnId, Input, Leader, Part};
use klamm_wire::{NodeId, TopicId, Uuid};

use super::{Batch, Bench, P};

impl Bench {
    /// A broker is the leader of `P`, under a new leader epoch.
    pub(crate) fn leads(&mut self, node: i32) {
        self.leader_epoch += 1;
        let epoch = self.leader_epoch;
        self.metadata(P, Leader::At { node: NodeId(node), epoch });
    }

    /// Metadata says that of a partition.
    pub(crate) fn metadata(&mut self, part: Part, leader: Leader) {
        let topic = TopicId(Uuid([self.topic; 16]));
        self.tell(Input::Leader { part, topic, leader });
    }

    /// A connection to a broker is up.
    pub(crate) fn connect(&mut self, node: i32) {
        let conn = ConnId(self.name());
        self.conns.insert(node, conn);
        self.tell(Input::ConnUp { conn, node: NodeId(node) });
    }

    /// The connection to a broker is gone, with all that was on it.
    pub(crate) fn disconnect(&mut self, node: i32) {
        let conn = self.conn(node);
        self.tell(Input::ConnLost { conn });
    }

    /// The newest connection to a broker.
    pub(crate) fn conn(&self, node: i32) -> ConnId {
        self.conns[&node]
    }

    /// A broker leads another partition as well.
    pub(crate) fn leads_too(&mut self, part: Part, node: i32) {
        self.metadata(part, Leader::At { node: NodeId(node), epoch: 1 });
    }

    /// The newest attempt of a batch went down with its connection.
    pub(crate) fn attempt_lost(&mut self, batch: Batch, wrote_full_frame: bool) {
        let attempt = self.last_attempt(batch);
        self.tell(Input::AttemptLost { attempt, wrote_full_frame });
    }
}
