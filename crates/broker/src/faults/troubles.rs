//! What is wrong with the cluster for a time: coordinators, leaders, disks, clocks, quotas.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use klamm_wire::{ErrorCode, NodeId, Now, PartitionIndex, Time, WallMillis};

/// A partition by its topic's name.
pub(crate) type Spot = (String, PartitionIndex);

/// Why a coordinator does not serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoordinatorTrouble {
    /// It reads its state: COORDINATOR_LOAD_IN_PROGRESS.
    Loading,
    /// There is none to be found: COORDINATOR_NOT_AVAILABLE, from FindCoordinator as well.
    NotAvailable,
    /// It is another node, whatever FindCoordinator says: NOT_COORDINATOR.
    Moved,
}

impl CoordinatorTrouble {
    /// What clients are told.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Loading => ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
            Self::NotAvailable => ErrorCode::COORDINATOR_NOT_AVAILABLE,
            Self::Moved => ErrorCode::NOT_COORDINATOR,
        }
    }
}

/// Which coordinators are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoordinatorKind {
    /// Those of consumer groups.
    Groups,
    /// Those of transactions.
    Transactions,
}

/// What is wrong with the cluster for a time.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    coordinators: BTreeMap<CoordinatorKind, (CoordinatorTrouble, Time)>,
    /// Partitions that nobody leads until then.
    leaderless: BTreeMap<Spot, Time>,
    /// Nodes that cannot write.
    broken_disks: BTreeSet<NodeId>,
    /// How far the wall clocks of nodes are ahead, in milliseconds.
    skews: BTreeMap<NodeId, i64>,
    /// When the slow disk of a partition is done with what it was given.
    busy_disks: BTreeMap<Spot, Time>,
    quota: Option<Quota>,
}

/// How many bytes a client may produce in a second, and until when it has used that up.
#[derive(Debug)]
struct Quota {
    bytes_per_second: u64,
    /// By client id.
    used_until: BTreeMap<String, Time>,
}

impl Troubles {
    pub(crate) fn trouble(&mut self, kind: CoordinatorKind, what: CoordinatorTrouble, until: Time) {
        self.coordinators.insert(kind, (what, until));
    }

    pub(crate) fn of_coordinator(&self, kind: CoordinatorKind) -> Option<CoordinatorTrouble> {
        self.coordinators.get(&kind).map(|(what, _)| *what)
    }

    pub(crate) fn keep_leaderless(&mut self, spot: Spot, until: Time) {
        self.leaderless.insert(spot, until);
    }

    /// Whether nobody may lead this partition.
    pub(crate) fn is_leaderless(&self, topic: &str, index: PartitionIndex) -> bool {
        self.leaderless.keys().any(|(name, at)| *at == index && name == topic)
    }

    /// Forgets what is over; the partitions that may be led again.
    pub(crate) fn end(&mut self, now: Time) -> Vec<Spot> {
        self.coordinators.retain(|_, (_, until)| *until > now);
        self.busy_disks.retain(|_, until| *until > now);
        let over: Vec<Spot> = self
            .leaderless
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(spot, _)| spot.clone())
            .collect();
        self.leaderless.retain(|_, until| *until > now);
        over
    }

    /// When something of this is over next.
    pub(crate) fn next_end(&self) -> Option<Time> {
        let coordinators = self.coordinators.values().map(|(_, until)| *until);
        coordinators.chain(self.leaderless.values().copied()).min()
    }

    pub(crate) fn break_disk(&mut self, node: NodeId) {
        self.broken_disks.insert(node);
    }

    pub(crate) fn mend_disk(&mut self, node: NodeId) {
        self.broken_disks.remove(&node);
    }

    pub(crate) fn has_broken_disk(&self, node: NodeId) -> bool {
        self.broken_disks.contains(&node)
    }

    pub(crate) fn skew(&mut self, node: NodeId, millis: i64) {
        self.skews.insert(node, millis);
    }

    /// The time as this node sees it.
    pub(crate) fn seen_by(&self, node: NodeId, now: Now) -> Now {
        let skew = self.skews.get(&node).copied().unwrap_or(0);
        Now { wall: WallMillis(now.wall.0.saturating_add(skew)), ..now }
    }

    /// When a slow disk is done with an append that takes so long.
    pub(crate) fn write_slowly(&mut self, spot: Spot, now: Time, takes: Duration) -> Time {
        let free = self.busy_disks.get(&spot).copied().unwrap_or(now).max(now);
        let done = free.saturating_add(takes);
        self.busy_disks.insert(spot, done);
        done
    }

    pub(crate) fn limit(&mut self, bytes_per_second: Option<u64>) {
        let quota = |bytes_per_second| Quota { bytes_per_second, used_until: BTreeMap::new() };
        self.quota = bytes_per_second.map(quota);
    }

    pub(crate) const fn has_quota(&self) -> bool {
        self.quota.is_some()
    }

    /// Charges a client for so many bytes: how long it has to be silent for them.
    pub(crate) fn charge(&mut self, client: &str, bytes: usize, now: Time) -> Option<Duration> {
        let quota = self.quota.as_mut()?;
        let nanos = u128::try_from(bytes).ok()?.saturating_mul(1_000_000_000);
        let nanos = nanos.checked_div(u128::from(quota.bytes_per_second))?;
        let costs = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let used = quota.used_until.get(client).copied().unwrap_or(now).max(now);
        let until = used.saturating_add(costs);
        quota.used_until.insert(client.to_owned(), until);
        // A second's worth may be sent at once.
        let over = until.saturating_duration_since(now).checked_sub(Duration::from_secs(1))?;
        (!over.is_zero()).then_some(over)
    }
}
