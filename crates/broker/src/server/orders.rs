//! A running cluster, and what a test does to it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use klamm_wire::{NodeId, PartitionIndex};
use tokio::task::JoinHandle;

use super::builder::Builder;
use super::hub::Hub;
use super::listening::Listening;
use super::tls::Tls;
use crate::cluster::{Cluster, Listener, Restart};
use crate::faults::{Fault, FaultId};
use crate::null::Counted;

/// A cluster that serves, until it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use klamm_broker::server::TestCluster;
///
/// let cluster = TestCluster::builder().nodes(3).topic("orders", 12).start().await?;
/// assert_eq!(cluster.bootstrap().split(',').count(), 3);
/// assert_eq!(cluster.leaders("orders").len(), 12);
/// # Ok(())
/// # }
/// ```
#[must_use = "a cluster ends when it is dropped"]
pub struct TestCluster {
    hub: Arc<Hub>,
    listening: Vec<Listening>,
    ticker: JoinHandle<()>,
    tls: Option<Arc<Tls>>,
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        self.ticker.abort();
    }
}

impl TestCluster {
    /// Describes a cluster.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn new(hub: Arc<Hub>, listening: Vec<Listening>, tls: Option<Arc<Tls>>) -> Self {
        let ticker = tokio::spawn(Arc::clone(&hub).tick());
        Self { hub, listening, ticker, tls }
    }

    /// The addresses of the plain listeners, as a client is given them.
    #[must_use]
    pub fn bootstrap(&self) -> String {
        self.bootstrap_of(Listener::Plain)
    }

    /// The addresses of one kind of listener; empty if the cluster has none of it.
    #[must_use]
    pub fn bootstrap_of(&self, listener: Listener) -> String {
        let of_kind = self.listening.iter().filter(|one| one.door.listener == listener);
        let addresses: Vec<String> = of_kind.map(|one| one.address.to_string()).collect();
        addresses.join(",")
    }

    /// The certificate that a client of the TLS listeners has to believe; nothing without them.
    #[must_use]
    pub fn ca_pem(&self) -> Option<String> {
        self.tls.as_ref().map(|tls| tls.ca_pem())
    }

    /// The authority of the TLS listeners, which gives out certificates of clients as well.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn ca(&self) -> Option<&crate::security::certificates::TestCa> {
        self.tls.as_ref().map(|tls| tls.ca())
    }

    /// What a cluster that stores nothing has counted; nothing for one that stores.
    #[must_use]
    pub fn counted(&self) -> Option<Counted> {
        self.hub.null.as_ref().map(|null| null.counts.read())
    }

    /// The nodes, up or not.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = self.listening.iter().map(|one| one.door.node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// Lets the caller look at the cluster, or do something to it.
    pub fn with<T>(&self, look: impl FnOnce(&mut Cluster, klamm_wire::Now) -> T) -> T {
        self.hub.act(look)
    }

    /// The leaders of a topic's partitions, in their order.
    #[must_use]
    pub fn leaders(&self, topic: &str) -> Vec<Option<NodeId>> {
        self.with(|cluster, _| cluster.leaders(topic))
    }

    /// The batches of a partition as its leader stores them.
    #[must_use]
    pub fn log(&self, topic: &str, partition: i32) -> Vec<Bytes> {
        self.with(|cluster, _| cluster.log(topic, PartitionIndex(partition)))
    }

    /// Moves the leadership of a partition; whether that node is in sync and does not lead it yet.
    pub fn move_leader(&self, topic: &str, partition: i32, to: NodeId) -> bool {
        let partition = PartitionIndex(partition);
        self.with(|cluster, now| cluster.move_leader(now, topic, partition, to))
    }

    /// Stops a node; its connections stay and are silent.
    pub fn freeze(&self, node: NodeId) {
        self.with(|cluster, now| cluster.freeze(now, node));
    }

    /// Lets a frozen node go on.
    pub fn thaw(&self, node: NodeId) {
        self.with(|cluster, now| cluster.thaw(now, node));
    }

    /// Ends a node: its connections break, and new ones are refused.
    pub async fn kill(&mut self, node: NodeId) {
        self.hub.act(|cluster, now| cluster.kill(now, node));
        for listening in self.listening.iter_mut().filter(|one| one.door.node == node) {
            listening.close().await;
        }
    }

    /// Starts a node that was killed, at its old addresses.
    ///
    /// # Errors
    /// When somebody else has taken one of its ports.
    pub async fn restart(&mut self, node: NodeId, how: Restart) -> io::Result<()> {
        self.hub.act(|cluster, now| cluster.restart(now, node, how));
        for listening in self.listening.iter_mut().filter(|one| one.door.node == node) {
            listening.reopen(&self.hub).await?;
        }
        Ok(())
    }

    /// Lets something go wrong with requests that arrive from now on.
    pub fn inject(&self, fault: Fault) -> FaultId {
        self.with(|cluster, _| cluster.inject(fault))
    }

    /// Takes a fault back; how often it has hit.
    pub fn withdraw(&self, fault: FaultId) -> u64 {
        self.with(|cluster, _| cluster.withdraw(fault))
    }

    /// How often a fault has hit.
    #[must_use]
    pub fn fired(&self, fault: FaultId) -> u64 {
        self.with(|cluster, _| cluster.fired(fault))
    }

    /// Shifts the wall clock of all nodes.
    pub fn skew(&self, by: Duration, into_the_past: bool) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.hub.set_skew(if into_the_past { millis.saturating_neg() } else { millis });
    }
}
