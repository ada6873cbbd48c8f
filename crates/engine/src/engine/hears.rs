//! What the cluster tells, as facts for the state machine.

use klamm_cluster::dial::Target;
use klamm_cluster::{ConnFailure, ConnId, News};
use klamm_idempotence::{AttemptId, Generation, Input, Mode, Part};
use klamm_protocol::negotiate::TRANSACTION_VERSION;
use klamm_wire::{Now, Time};

use super::Engine;

impl Engine {
    /// Takes in all that came about; whether there was anything.
    pub(super) fn hear(&mut self, now: Now) -> bool {
        let mut moved = false;
        while let Some(news) = self.desk.inbox.pop_front().or_else(|| self.cluster.next_news()) {
            moved = true;
            self.take(now, news);
        }
        moved
    }

    fn take(&mut self, now: Now, news: News) {
        match news {
            News::Answered { request, conn, frame } => self.answered(now, request, conn, &frame),
            News::Flushed { request } => self.flushed(now, request),
            News::Failed { request, failure } => self.failed(now, request, failure),
            News::Up { conn, target } => self.up(now, conn, target),
            News::Down { conn, target, failure } => self.down(now, conn, target, failure),
            News::Unreachable { target, failure } => self.unreachable(now, target, failure),
            News::Throttled { conn, until } => self.throttled(now, conn, until),
            News::Metadata(event) => self.see(now, &event),
            _ => {}
        }
    }

    fn up(&mut self, now: Now, conn: ConnId, target: Target) {
        tracing::debug!(target: "klamm::conn", %conn, server = ?target, "connected");
        self.desk.trouble.up(conn, target);
        self.desk.meter.connected();
        self.hear_of_features(now);
        if let Target::Node(node) = target {
            self.outbox.up(conn);
            let conn = klamm_idempotence::ConnId(conn.0);
            self.tell(now, Input::ConnUp { conn, node });
            self.pulls.look_at_all();
        }
    }

    fn hear_of_features(&mut self, now: Now) {
        if self.settings.machine.mode == Mode::Transactional {
            let version = self.cluster.features().level(TRANSACTION_VERSION);
            let generation = if version >= 2 { Generation::V2 } else { Generation::V1 };
            self.tell(now, Input::Features { generation });
        }
    }

    /// Everything that was sent on it has been reported; what still waited for it was never sent.
    fn down(&mut self, now: Now, conn: ConnId, target: Target, failure: ConnFailure) {
        tracing::info!(target: "klamm::conn", %conn, server = ?target, %failure, "lost");
        self.desk.trouble.down(conn, target, failure);
        self.desk.meter.disconnected();
        for send in self.outbox.lost(conn) {
            self.attempt_lost(now, send.attempt, send.part, false);
        }
        self.tell(now, Input::ConnLost { conn: klamm_idempotence::ConnId(conn.0) });
        self.pulls.look_at_all();
    }

    fn unreachable(&mut self, now: Now, target: Target, failure: ConnFailure) {
        tracing::info!(target: "klamm::conn", server = ?target, %failure, "unreachable");
        self.desk.meter.unreachable(failure.is_final());
        self.desk.trouble.failed(target, failure);
        if let Target::Node(node) = target {
            self.tell(now, Input::DialFailed { node });
        }
    }

    /// A broker wants silence.
    pub(super) fn throttled(&mut self, now: Now, conn: ConnId, until: Time) {
        self.desk.meter.throttled(until.saturating_duration_since(now.mono));
        let conn = klamm_idempotence::ConnId(conn.0);
        self.tell(now, Input::Throttled { conn, until });
    }

    /// An attempt will not be answered.
    pub(super) fn attempt_lost(
        &mut self,
        now: Now,
        attempt: AttemptId,
        part: Part,
        wrote_full_frame: bool,
    ) {
        self.attempt_over(part);
        self.tell(now, Input::AttemptLost { attempt, wrote_full_frame });
    }

    /// An attempt has ended: its partition may have room.
    pub(super) fn attempt_over(&mut self, part: Part) {
        if let Some(partition) = self.parts.get_mut(part.0) {
            partition.ends();
        }
        self.pulls.look(part.0);
    }
}
