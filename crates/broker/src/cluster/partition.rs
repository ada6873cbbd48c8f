//! One partition over all nodes: who leads it, who follows, and what is committed.

use std::collections::{BTreeMap, BTreeSet};

use klamm_wire::{ErrorCode, NodeId, Time, WallMillis};

use super::settings::ReplicationSettings;
use crate::log::{PartitionLog, StoredBatch};
use crate::topic::TopicSettings;

/// One node's copy of a partition.
pub(crate) struct Replica {
    pub(crate) log: PartitionLog,
    /// What the leader had committed when this copy last heard of it.
    pub(crate) high_watermark: i64,
    /// Since when the copy is behind its leader.
    behind_since: Option<Time>,
    /// It follows no more until told otherwise.
    pub(crate) stalled: bool,
}

/// One partition over all nodes.
pub(crate) struct Partition {
    /// The nodes that hold a copy; the first is the preferred leader.
    pub(crate) replicas: Vec<NodeId>,
    pub(crate) leader: Option<NodeId>,
    pub(crate) leader_epoch: i32,
    /// The replicas that have all that is committed. Never empty.
    pub(crate) in_sync: BTreeSet<NodeId>,
    copies: BTreeMap<NodeId, Replica>,
}

impl Partition {
    pub(crate) fn new(replicas: Vec<NodeId>, seed: u64) -> Self {
        let copy = |node: &NodeId| {
            let log = PartitionLog::new(seed);
            (*node, Replica { log, high_watermark: 0, behind_since: None, stalled: false })
        };
        let mut partition = Self {
            leader: replicas.first().copied(),
            leader_epoch: 0,
            in_sync: replicas.iter().copied().collect(),
            copies: replicas.iter().map(copy).collect(),
            replicas,
        };
        if let Some(led) = partition.led_mut() {
            led.log.begin_epoch(0);
        }
        partition
    }

    pub(crate) fn copy(&self, node: NodeId) -> Option<&Replica> {
        self.copies.get(&node)
    }

    pub(crate) fn copy_mut(&mut self, node: NodeId) -> Option<&mut Replica> {
        self.copies.get_mut(&node)
    }

    /// The leader's copy.
    pub(crate) fn led(&self) -> Option<&Replica> {
        self.copies.get(&self.leader?)
    }

    /// The leader's copy.
    pub(crate) fn led_mut(&mut self) -> Option<&mut Replica> {
        self.copies.get_mut(&self.leader?)
    }

    /// What every replica in sync has.
    pub(crate) fn high_watermark(&self) -> i64 {
        self.led().map_or(0, |copy| copy.high_watermark)
    }

    /// How a request of this node about this partition fails, if it does.
    pub(crate) fn check_led_by(&self, node: NodeId) -> Result<(), ErrorCode> {
        match self.leader {
            Some(leader) if leader == node => Ok(()),
            _ => Err(ErrorCode::NOT_LEADER_OR_FOLLOWER),
        }
    }

    /// How a request fails whose sender names this leader epoch; −1 for a sender that names none.
    pub(crate) fn check_epoch(&self, named: i32) -> Result<(), ErrorCode> {
        match named {
            -1 => Ok(()),
            named if named < self.leader_epoch => Err(ErrorCode::FENCED_LEADER_EPOCH),
            named if named > self.leader_epoch => Err(ErrorCode::UNKNOWN_LEADER_EPOCH),
            _ => Ok(()),
        }
    }

    /// Whether fewer replicas are in sync than an append with acks=all wants.
    pub(crate) fn is_under_min_insync(&self, settings: &TopicSettings) -> bool {
        let wanted = usize::try_from(settings.min_insync_replicas).unwrap_or(0);
        self.in_sync.len() < wanted.min(self.replicas.len())
    }

    /// Lets the followers that `can_follow` have what the leader has, and commits what all in
    /// sync have. Whether anything changed.
    pub(crate) fn replicate(&mut self, now: Time, can_follow: &dyn Fn(NodeId) -> bool) -> bool {
        let Some(leader) = self.leader.filter(|leader| can_follow(*leader)) else { return false };
        let Some(mut led) = self.copies.remove(&leader) else { return false };
        let mut changed = false;
        for (node, copy) in &mut self.copies {
            if !copy.stalled && can_follow(*node) {
                changed |= copy.follow(&led);
            }
            copy.note_lag(now, led.log.end());
            let is_caught_up = !copy.stalled && copy.log.end() >= led.log.end();
            changed |= is_caught_up && can_follow(*node) && self.in_sync.insert(*node);
        }
        changed |= self.commit(&mut led);
        self.copies.insert(leader, led);
        changed
    }

    fn commit(&self, led: &mut Replica) -> bool {
        let ends = self.copies.iter().filter(|(node, _)| self.in_sync.contains(node));
        let committed = ends.map(|(_, copy)| copy.log.end()).fold(led.log.end(), i64::min);
        let is_news = committed > led.high_watermark;
        led.high_watermark = led.high_watermark.max(committed);
        is_news
    }

    /// Takes followers that are behind for too long out of the replicas in sync; whether any was.
    pub(crate) fn drop_laggards(&mut self, now: Time, settings: &ReplicationSettings) -> bool {
        let Some(leader) = self.leader else { return false };
        let before = self.in_sync.len();
        let copies = &self.copies;
        self.in_sync.retain(|node| {
            let since = copies.get(node).and_then(|copy| copy.behind_since);
            let is_late =
                since.is_some_and(|since| now.saturating_duration_since(since) >= settings.lag_max);
            *node == leader || !is_late
        });
        before != self.in_sync.len()
    }

    /// Makes `node` the leader, in a new epoch; the others follow it and drop what it lacks.
    pub(crate) fn lead(&mut self, node: Option<NodeId>) {
        self.leader = node;
        self.leader_epoch = self.leader_epoch.saturating_add(1);
        let Some(leader) = node else { return };
        self.in_sync.insert(leader);
        let Some(mut led) = self.copies.remove(&leader) else { return };
        led.log.begin_epoch(self.leader_epoch);
        for copy in self.copies.values_mut() {
            copy.diverge_from(&led);
        }
        self.copies.insert(leader, led);
    }

    /// Leaves the leader alone in sync; the others follow no more.
    pub(crate) fn isolate_leader(&mut self) {
        let Some(leader) = self.leader else { return };
        for (_, copy) in self.copies.iter_mut().filter(|(node, _)| **node != leader) {
            copy.stalled = true;
        }
        self.in_sync = BTreeSet::from([leader]);
    }

    /// Makes `node` the leader whatever it has; what the others have and it lacks is lost.
    pub(crate) fn lead_unclean(&mut self, node: NodeId) {
        self.in_sync = BTreeSet::from([node]);
        self.lead(Some(node));
    }

    /// A node that was away drops what the leader does not have.
    pub(crate) fn reconcile(&mut self, node: NodeId) {
        let Some(leader) = self.leader.filter(|leader| *leader != node) else { return };
        let Some(mut copy) = self.copies.remove(&node) else { return };
        if let Some(led) = self.copies.get(&leader) {
            copy.diverge_from(led);
        }
        self.copies.insert(node, copy);
    }

    /// A new leader among those in sync that `is_up`, the preferred one first; any replica that is
    /// up if the election may be unclean.
    pub(crate) fn candidate(
        &self,
        is_up: &dyn Fn(NodeId) -> bool,
        unclean: bool,
    ) -> Option<NodeId> {
        let up = || self.replicas.iter().copied().filter(|node| is_up(*node));
        let clean = up().find(|node| self.in_sync.contains(node));
        clean.or_else(|| if unclean { up().next() } else { None })
    }

    /// Bounds every copy by its topic's retention.
    pub(crate) fn retain(&mut self, settings: &TopicSettings, now: WallMillis) {
        for copy in self.copies.values_mut() {
            copy.log.retain(settings, now, copy.high_watermark);
        }
    }

    /// Whether the leader's log has more bytes than this.
    pub(crate) fn is_larger_than(&self, bytes: i64) -> bool {
        let held = self.led().map_or(0, |copy| copy.log.bytes());
        i64::try_from(held).unwrap_or(i64::MAX) > bytes
    }

    /// Every copy, with the node that has it.
    pub(crate) fn copies_mut(&mut self) -> impl Iterator<Item = (NodeId, &mut Replica)> {
        self.copies.iter_mut().map(|(node, copy)| (*node, copy))
    }
}

impl Replica {
    /// Under which leadership the newest batch was appended.
    fn last_epoch(&self) -> Option<i32> {
        let newest = self.log.batches_from(self.log.end().saturating_sub(1)).next();
        newest.map(StoredBatch::leader_epoch)
    }

    /// Takes what the leader has and this copy lacks.
    fn follow(&mut self, led: &Self) -> bool {
        let end = self.log.end();
        for batch in led.log.batches_from(end) {
            self.log.append_as_follower(batch);
        }
        if self.log.start() < led.log.start() {
            self.log.delete_before(led.log.start());
        }
        self.high_watermark = led.high_watermark.min(self.log.end());
        self.log.end() != end
    }

    fn note_lag(&mut self, now: Time, leader_end: i64) {
        if self.log.end() >= leader_end {
            self.behind_since = None;
        } else if self.behind_since.is_none() {
            self.behind_since = Some(now);
        }
    }

    /// Drops what the leader of a new epoch does not have (KIP-101).
    fn diverge_from(&mut self, led: &Self) {
        let mut end = self.log.end();
        while let Some(epoch) = self.last_epoch() {
            let (known, leader_end) = led.log.epoch_end(epoch);
            let common = if known == epoch { leader_end } else { self.log.epoch_end(known).1 };
            if common >= end {
                break;
            }
            end = common.max(self.log.start());
            self.log.truncate_to(end);
            if end == self.log.start() {
                break;
            }
        }
        self.high_watermark = self.high_watermark.min(self.log.end());
        self.behind_since = None;
    }
}
