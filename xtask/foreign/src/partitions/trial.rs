//! Sends keys through a producer of librdkafka and learns where each came to lie.

use std::sync::Mutex;
use std::time::Duration;

use rdkafka::mocking::MockCluster;
use rdkafka::producer::{
    BaseProducer, BaseRecord, DefaultProducerContext, DeliveryResult, Producer, ProducerContext,
};
use rdkafka::{ClientConfig, ClientContext, Message};

use super::keys::Key;

const PATIENCE: Duration = Duration::from_secs(60);

/// Whether records without a key share a partition for a while.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sticking {
    Off,
    /// Far longer than a run takes.
    On,
}

/// A cluster with a topic for each number of partitions.
pub(super) struct Trial(MockCluster<'static, DefaultProducerContext>);

/// The partition of each record, by its place.
struct Places(Mutex<Vec<Option<i32>>>);

impl ClientContext for Places {}

impl ProducerContext for Places {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, place: usize) {
        let Ok(mut places) = self.0.lock() else { return };
        if let (Ok(message), Some(slot)) = (result, places.get_mut(place)) {
            *slot = Some(message.partition());
        }
    }
}

impl Trial {
    pub(super) fn new(counts: &[i32]) -> Result<Self, String> {
        let cluster = MockCluster::new(1).map_err(|error| error.to_string())?;
        for count in counts {
            cluster.create_topic(&topic(*count), *count, 1).map_err(|error| error.to_string())?;
        }
        Ok(Self(cluster))
    }

    /// Sends a record for each key and tells their partitions.
    pub(super) fn send(
        &self,
        partitioner: &str,
        sticking: Sticking,
        count: i32,
        keys: &[Key],
    ) -> Result<Vec<i32>, String> {
        let producer = self.producer(partitioner, sticking, keys.len())?;
        let topic = topic(count);
        // Partitions without a known leader are passed over, so the leaders are learned first; the
        // report of this record has no place.
        let first = BaseRecord::<(), (), usize>::with_opaque_to(&topic, usize::MAX).partition(0);
        producer.send(first).map_err(|(error, _)| error.to_string())?;
        producer.flush(PATIENCE).map_err(|error| error.to_string())?;
        for (place, key) in keys.iter().enumerate() {
            let mut record = BaseRecord::<[u8], (), usize>::with_opaque_to(&topic, place);
            if let Some(key) = key {
                record = record.key(key);
            }
            producer.send(record).map_err(|(error, _)| format!("cannot send: {error}"))?;
        }
        producer.flush(PATIENCE).map_err(|error| format!("not delivered: {error}"))?;
        let places = producer.context().0.lock().map_err(|error| error.to_string())?;
        places.iter().map(|place| place.ok_or("a record was not delivered".to_owned())).collect()
    }

    fn producer(
        &self,
        partitioner: &str,
        sticking: Sticking,
        records: usize,
    ) -> Result<BaseProducer<Places>, String> {
        let linger = match sticking {
            Sticking::Off => "0",
            Sticking::On => "60000",
        };
        ClientConfig::new()
            .set("bootstrap.servers", self.0.bootstrap_servers())
            .set("partitioner", partitioner)
            .set("sticky.partitioning.linger.ms", linger)
            .set("queue.buffering.max.messages", "100000")
            .create_with_context(Places(Mutex::new(vec![None; records])))
            .map_err(|error| format!("no producer: {error}"))
    }
}

fn topic(count: i32) -> String {
    format!("partitions-{count}")
}
