//! What a test looks at, and what it arranges beforehand.

use bytes::Bytes;
use klamm_wire::{ErrorCode, NodeId, Now, PartitionIndex};

use super::{Cluster, ConnectionId};
use crate::security::Principal;
use crate::topic::TopicSettings;

impl Cluster {
    /// Under which name the client of a connection acts; nothing for one that is gone.
    #[must_use]
    pub fn principal(&self, connection: ConnectionId) -> Option<&Principal> {
        self.connections.get(&connection).map(|known| &known.session.principal)
    }

    /// Whether the client of a connection has said who it is, as far as its listener asks.
    #[must_use]
    pub fn is_known(&self, connection: ConnectionId) -> bool {
        self.connections.get(&connection).is_some_and(|known| known.session.sasl.is_done())
    }

    /// Creates a topic, spread over the nodes.
    ///
    /// # Errors
    /// With Kafka's code, when it exists or cannot be.
    pub fn create_topic(
        &mut self,
        now: Now,
        name: &str,
        partitions: i32,
        settings: TopicSettings,
    ) -> Result<(), ErrorCode> {
        self.state.create_spread(name, partitions, settings)?;
        self.settle(now);
        Ok(())
    }

    /// The length of the longest request that is read.
    #[must_use]
    pub fn request_limit(&self) -> usize {
        self.state.settings.limits.request_bytes
    }

    /// The leaders of a topic's partitions, in their order; none for a topic that is not there.
    #[must_use]
    pub fn leaders(&self, topic: &str) -> Vec<Option<NodeId>> {
        let topic = self.state.topics.get(topic);
        topic.into_iter().flat_map(|topic| topic.partitions.iter().map(|one| one.leader)).collect()
    }

    /// The batches of a partition as its leader stores them, from the start of the log.
    #[must_use]
    pub fn log(&self, topic: &str, partition: PartitionIndex) -> Vec<Bytes> {
        let partition = self.state.topics.partition(topic, partition);
        let Some(led) = partition.and_then(|partition| partition.led()) else { return Vec::new() };
        led.log.read(led.log.start(), led.log.end(), usize::MAX, true)
    }

    /// What every replica in sync of a partition has.
    #[must_use]
    pub fn high_watermark(&self, topic: &str, partition: PartitionIndex) -> Option<i64> {
        Some(self.state.topics.partition(topic, partition)?.high_watermark())
    }

    /// Moves the leadership of every partition to its next replica in sync; how many moved.
    pub fn move_leaders(&mut self, now: Now) -> usize {
        let mut moves = Vec::new();
        for (name, topic) in self.state.topics.iter() {
            for (index, partition) in topic.numbered() {
                let Some(leader) = partition.leader else { continue };
                let at = partition.replicas.iter().position(|node| *node == leader).unwrap_or(0);
                let others = partition.replicas.iter().cycle().skip(at.saturating_add(1));
                let next = others
                    .take(partition.replicas.len())
                    .find(|node| **node != leader && partition.in_sync.contains(node));
                moves.extend(next.map(|node| (name.to_owned(), index, *node)));
            }
        }
        moves
            .iter()
            .filter(|(topic, index, node)| self.move_leader(now, topic, *index, *node))
            .count()
    }
}
