//! Where all tasks meet: one cluster under a lock, and the way of its outputs to the sockets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use klamm_protocol::Segments;
use klamm_wire::{Now, Time, WallMillis};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

use super::null::Null;
use crate::cluster::{Cluster, ConnectionId, Output};

/// What a connection's task is told to do. There is at most one answer on its way, so the queue
/// is as short as the cluster makes it.
pub(super) enum Order {
    Write(Segments),
    Close,
    Reset,
}

/// Where all tasks meet.
pub(super) struct Hub {
    inner: Mutex<Inner>,
    clock: RealClock,
    /// What connections share that store nothing, if that is how they are served.
    pub(super) null: Option<Null>,
    /// Told when the cluster wants to be woken earlier than it was going to be.
    rearm: Notify,
}

struct Inner {
    cluster: Cluster,
    writers: BTreeMap<ConnectionId, UnboundedSender<Order>>,
    /// When the ticker will wake the cluster.
    armed: Option<Time>,
}

/// The clocks of the machine; a skew can be added to the one on the wall.
struct RealClock {
    begun: Instant,
    skew_ms: Mutex<i64>,
}

impl RealClock {
    fn now(&self) -> Now {
        let nanos = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        let skew = *lock(&self.skew_ms);
        Now { mono: Time(nanos), wall: WallMillis(millis.saturating_add(skew)) }
    }
}

/// A lock whose holder panicked is still a lock: the panic was reported where it happened.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub(super) fn new(cluster: Cluster, null: Option<Null>) -> Arc<Self> {
        let inner = Inner { cluster, writers: BTreeMap::new(), armed: None };
        let clock = RealClock { begun: Instant::now(), skew_ms: Mutex::new(0) };
        Arc::new(Self { inner: Mutex::new(inner), clock, null, rearm: Notify::new() })
    }

    /// Lets something happen to the cluster, and passes on what comes of it.
    pub(super) fn act<T>(&self, happen: impl FnOnce(&mut Cluster, Now) -> T) -> T {
        let now = self.clock.now();
        let mut inner = lock(&self.inner);
        let result = happen(&mut inner.cluster, now);
        inner.pass_on();
        let wake = inner.cluster.next_wake();
        let is_sooner = match (wake, inner.armed) {
            (Some(wake), Some(armed)) => wake < armed,
            (wake, _) => wake.is_some(),
        };
        drop(inner);
        if is_sooner {
            self.rearm.notify_one();
        }
        result
    }

    /// As [`act`](Self::act), for a connection that begins to be.
    pub(super) fn join(&self, id: ConnectionId, writer: UnboundedSender<Order>) {
        lock(&self.inner).writers.insert(id, writer);
    }

    /// A connection is gone.
    pub(super) fn leave(&self, id: ConnectionId) {
        lock(&self.inner).writers.remove(&id);
        self.act(|cluster, _| cluster.closed(id));
    }

    pub(super) fn set_skew(&self, millis: i64) {
        *lock(&self.clock.skew_ms) = millis;
    }

    /// Wakes the cluster whenever it wants to be woken. Ends with its task.
    pub(super) async fn tick(self: Arc<Self>) {
        loop {
            let wait = {
                let mut inner = lock(&self.inner);
                inner.armed = inner.cluster.next_wake();
                inner.armed.map(|due| due.saturating_duration_since(self.clock.now().mono))
            };
            match wait {
                Some(wait) => {
                    // A timer of tokio may fire a millisecond late, never early.
                    let _ = tokio::time::timeout(wait, self.rearm.notified()).await;
                    self.act(Cluster::wake);
                }
                None => self.rearm.notified().await,
            }
        }
    }
}

impl Inner {
    fn pass_on(&mut self) {
        while let Some(output) = self.cluster.poll() {
            let (id, order) = match output {
                Output::Send { connection, frame } => (connection, Order::Write(frame)),
                Output::Close { connection } => (connection, Order::Close),
                Output::Reset { connection } => (connection, Order::Reset),
            };
            // A task that is gone has said so, or is about to.
            let _ = self.writers.get(&id).map(|writer| writer.send(order));
        }
    }
}
