//! What goes on by itself: replicas follow, transactions end, waits end, old things go.

use std::collections::BTreeSet;

use klamm_wire::{NodeId, Now, PartitionIndex, Time};

use super::connection::Turn;
use super::state::{Coordinates, Life, State, transaction_rules};
use super::{Cluster, ConnectionId, SWEEP, Waiting};
use crate::api::{Arrived, Outcome, ReplyTo};
use crate::group::Answer;
use crate::log::Marker;
use crate::topic::TopicSettings;
use crate::txn::MarkerWrite;

impl Cluster {
    /// Lets everything happen that can happen now.
    pub(super) fn settle(&mut self, now: Now) {
        self.state.transactions_expire(now);
        self.state.groups.expire(now);
        loop {
            let mut changed = self.state.write_markers(now);
            changed |= self.state.step(now);
            self.answer_groups(now);
            self.look_at_waits(now, changed);
            if !changed {
                break;
            }
        }
    }

    /// Answers what groups have decided.
    fn answer_groups(&mut self, now: Now) {
        while let Some((token, answer)) = self.state.groups.poll() {
            let id = ConnectionId(token.0);
            if let Some(Waiting::Group(reply)) = self.waiting.get(&id) {
                let nulls = self.state.settings.persona.habits().null_for_empty;
                let outcome = group_answer(*reply, &answer, nulls);
                self.end_wait(now, id, outcome);
            }
        }
    }

    /// Looks at requests that wait: all of them if logs changed, else those whose time is over.
    fn look_at_waits(&mut self, now: Now, changed: bool) {
        let due = self.waiting.iter().filter(|(_, one)| one.is_due(now.mono, changed));
        let due: Vec<ConnectionId> = due.map(|(id, _)| *id).collect();
        for id in due {
            if self.is_served(id) {
                self.look_at(now, id);
            }
        }
    }

    pub(super) fn is_served(&self, id: ConnectionId) -> bool {
        let node =
            self.connections.get(&id).and_then(|known| self.state.nodes.get(&known.session.node));
        node.is_some_and(super::state::Node::is_working)
    }

    fn look_at(&mut self, now: Now, id: ConnectionId) {
        match self.waiting.remove(&id) {
            Some(Waiting::Produce(mut delayed)) => {
                if !delayed.look(&self.state, now.mono) {
                    self.waiting.insert(id, Waiting::Produce(delayed));
                    return;
                }
                if let Some(known) = self.connections.get(&id) {
                    let outcome = delayed.answer(&self.state, &known.session);
                    self.end_wait(now, id, outcome);
                }
            }
            Some(Waiting::Again { arrived, until }) => {
                let is_last = now.mono >= until;
                self.set_free(id);
                self.serve(now, id, Arrived { is_last, ..arrived });
            }
            Some(Waiting::Refused { answer, at }) if at <= now.mono => {
                if let Some(frame) = answer {
                    self.send(now, id, frame);
                }
                self.hang_up(id);
            }
            Some(still @ (Waiting::Group(_) | Waiting::Refused { .. } | Waiting::Hung)) => {
                self.waiting.insert(id, still);
            }
            Some(Waiting::Postponed { arrived, .. }) => {
                self.set_free(id);
                self.serve(now, id, Arrived { came: now.mono, ..arrived });
                self.serve_all(now, id);
            }
            Some(Waiting::Held { frame, .. }) => {
                self.set_free(id);
                self.send(now, id, frame);
            }
            Some(Waiting::Rest { .. }) => self.send_rest(id),
            None => {}
        }
    }

    fn end_wait(&mut self, now: Now, id: ConnectionId, outcome: Outcome) {
        self.waiting.remove(&id);
        self.set_free(id);
        self.follow(now, id, outcome);
    }

    fn set_free(&mut self, id: ConnectionId) {
        if let Some(known) = self.connections.get_mut(&id) {
            known.turn = Turn::Free;
        }
    }

    /// Serves connections whose time of silence is over.
    pub(super) fn unmute(&mut self, now: Now) {
        let is_over = |until: Option<Time>| until.is_some_and(|until| until <= now.mono);
        let over: Vec<ConnectionId> = self
            .connections
            .iter()
            .filter(|(_, known)| is_over(known.muted_until))
            .map(|(id, _)| *id)
            .collect();
        for id in over {
            if let Some(known) = self.connections.get_mut(&id) {
                known.muted_until = None;
            }
            self.serve_all(now, id);
        }
    }

    /// Looks for what is old, once in a while.
    pub(super) fn sweep(&mut self, now: Now) {
        if self.next_sweep.is_none_or(|due| due > now.mono) {
            return;
        }
        self.next_sweep = Some(now.mono.saturating_add(SWEEP));
        self.close_idle(now.mono);
        self.fence_frozen(now);
        self.state.drop_old(now);
    }

    fn close_idle(&mut self, now: Time) {
        let limit = self.state.settings.limits.idle;
        let idle: Vec<ConnectionId> = self
            .connections
            .iter()
            .filter(|(_, known)| known.turn == Turn::Free)
            .filter(|(_, known)| now.saturating_duration_since(known.active) >= limit)
            .map(|(id, _)| *id)
            .collect();
        for id in idle {
            self.hang_up(id);
        }
    }

    /// Takes the leaderships of nodes that have been silent for too long.
    fn fence_frozen(&mut self, now: Now) {
        let limit = self.state.settings.replication.session_timeout;
        let silent = |life: Life| match life {
            Life::Frozen(since) => now.mono.saturating_duration_since(since) >= limit,
            Life::Up | Life::Down => false,
        };
        let fenced: Vec<NodeId> = self
            .state
            .nodes
            .iter()
            .filter(|(_, node)| !node.is_fenced && silent(node.life))
            .map(|(id, _)| *id)
            .collect();
        for node in fenced {
            self.state.fence(now, node);
        }
    }
}

/// An answer of a group; with `nulls`, an empty assignment is written as null.
fn group_answer(reply: ReplyTo, answer: &Answer, nulls: bool) -> Outcome {
    match answer {
        Answer::Join(response) => reply.answer(response),
        Answer::Sync(response) if nulls && response.assignment.is_empty() => {
            reply.answer_ending_in_null(response)
        }
        Answer::Sync(response) => reply.answer(response),
    }
}

impl State {
    fn transactions_expire(&mut self, now: Now) {
        let rules = transaction_rules(&self.settings, now);
        self.transactions.expire(&rules);
    }

    /// Writes the markers that are due; whether there were any.
    fn write_markers(&mut self, now: Now) -> bool {
        let mut any = false;
        while let Some(write) = self.transactions.poll_marker() {
            let written = self.write_marker(now, &write);
            let rules = transaction_rules(&self.settings, now);
            match written {
                Ok(()) => self.transactions.marker_written(&write, &rules),
                Err(is_gone) => self.transactions.marker_failed(&write, is_gone),
            }
            any = true;
        }
        any
    }

    /// Writes one marker; the error says whether its partition is gone for good.
    fn write_marker(&mut self, now: Now, write: &MarkerWrite) -> Result<(), bool> {
        let at = &write.partition;
        let index = PartitionIndex(at.partition);
        let topic = self.topics.get_mut(&at.topic).ok_or(true)?;
        let id = topic.id;
        let (partition, _) = topic.partition_mut(index).ok_or(true)?;
        let epoch = partition.leader_epoch;
        let leader = partition.leader.and_then(|node| self.nodes.get(&node));
        if !leader.is_some_and(super::state::Node::is_working) {
            return Err(false);
        }
        let marker = Marker {
            pid: write.pid,
            epoch: write.epoch,
            commit: write.commit,
            coordinator_epoch: write.coordinator_epoch,
        };
        let led = partition.led_mut().ok_or(false)?;
        // A log that refuses a marker has fenced it: the transaction is over there.
        let appended = if write.is_raised {
            led.log.append_raised_marker(marker, epoch, now.wall)
        } else {
            led.log.append_marker(marker, epoch, now.wall)
        };
        if at.topic == Coordinates::Groups.topic() {
            self.groups.end_transaction(write.pid, write.epoch, write.commit);
        }
        if appended.is_ok() {
            self.touch(now, id, index);
        }
        Ok(())
    }

    /// Lets replicas follow, if it is time; whether anything changed.
    fn step(&mut self, now: Now) -> bool {
        if self.next_step.is_none_or(|due| due > now.mono) {
            return false;
        }
        self.next_step = None;
        let limit = self.settings.limits.partition_bytes;
        let nodes = &self.nodes;
        let can_follow = |node: NodeId| {
            nodes.get(&node).is_some_and(|node| node.is_alive() && node.is_working())
        };
        for (topic, index) in std::mem::take(&mut self.touched) {
            let Some(name) = self.topics.name_of(topic).map(str::to_owned) else { continue };
            let Some(topic) = self.topics.get_mut(&name) else { continue };
            if let Some((partition, settings)) = topic.partition_mut(index) {
                partition.replicate(now.mono, &can_follow);
                if partition.is_larger_than(limit) {
                    partition.retain(&kept(settings, limit), now.wall);
                }
            }
        }
        true
    }

    /// Drops records, producers and followers that are too old.
    fn drop_old(&mut self, now: Now) {
        let replication = self.settings.replication.clone();
        let limits = self.settings.limits.clone();
        let mut shrunk = BTreeSet::new();
        for (_, topic) in self.topics.iter_mut() {
            let settings = kept(&topic.settings, limits.partition_bytes);
            for (index, partition) in (0..).map(PartitionIndex).zip(&mut topic.partitions) {
                partition.retain(&settings, now.wall);
                for (_, copy) in partition.copies_mut() {
                    copy.log.expire_producers(now.wall, limits.producer_expiration_ms);
                }
                if partition.drop_laggards(now.mono, &replication) {
                    shrunk.insert((topic.id, index));
                }
            }
        }
        for (topic, index) in shrunk {
            self.touch(now, topic, index);
        }
    }
}

/// What is kept of a topic in a log that may have so many bytes: a topic that would keep everything
/// loses what is beyond them, too.
fn kept(settings: &TopicSettings, limit: i64) -> TopicSettings {
    let wanted = if settings.deletes { settings.retention_bytes } else { -1 };
    TopicSettings {
        deletes: true,
        retention_bytes: if wanted < 0 { limit } else { wanted.min(limit) },
        retention_ms: if settings.deletes { settings.retention_ms } else { -1 },
        ..settings.clone()
    }
}
