//! What a test wants of the engine that is no record, and what it looks at.

use std::sync::Arc;
use std::time::Duration;

use klamm_broker::TopicSettings;
use klamm_cluster::ConnFailure;
use klamm_engine::idempotence::{CallError, Done};
use klamm_engine::{Call, Topic, TopicError};
use klamm_records::{BatchView, Checksum, Decompressors};
use klamm_wire::PartitionIndex;

use super::{Told, World};

impl World {
    /// Makes a topic on the brokers.
    pub(crate) fn create(&mut self, name: &str, partitions: i32) {
        let settings = TopicSettings::default();
        self.brokers.create_topic(self.now, name, partitions, settings).unwrap();
    }

    /// Makes a topic on the brokers, and waits for the engine to know it.
    pub(crate) fn topic(&mut self, name: &str, partitions: i32) -> Arc<Topic> {
        self.create(name, partitions);
        self.resolve(name).unwrap()
    }

    /// Wants a topic, and waits for it for a minute.
    pub(crate) fn resolve(&mut self, name: &str) -> Result<Arc<Topic>, TopicError> {
        let told = self.want(name, Duration::from_secs(60));
        self.drive_until_told(&told)
    }

    pub(crate) fn want(
        &mut self,
        name: &str,
        within: Duration,
    ) -> Told<Result<Arc<Topic>, TopicError>> {
        let told = Told::default();
        let reply = Arc::clone(&told);
        let deadline = self.now.mono.saturating_add(within);
        let reply = Box::new(move |result| *reply.lock().unwrap() = Some(result));
        self.engine.topic(self.now, name, deadline, reply);
        told
    }

    /// Makes a call that has a minute.
    pub(crate) fn call(&mut self, call: Call) -> Result<Done, CallError> {
        let told = self.begin(call, Duration::from_secs(60));
        self.drive_until_told(&told)
    }

    /// Wants any server.
    pub(crate) fn reach(&mut self, within: Duration) -> Result<(), Option<Arc<ConnFailure>>> {
        let told = Told::default();
        let reply = Arc::clone(&told);
        let deadline = self.now.mono.saturating_add(within);
        let reply = Box::new(move |result| *reply.lock().unwrap() = Some(result));
        self.engine.reach(self.now, deadline, reply);
        self.drive_until_told(&told)
    }

    pub(crate) fn begin(&mut self, call: Call, within: Duration) -> Told<Result<Done, CallError>> {
        let told = Told::default();
        let reply = Arc::clone(&told);
        let deadline = self.now.mono.saturating_add(within);
        let reply = Box::new(move |result| *reply.lock().unwrap() = Some(result));
        self.engine.call(self.now, call, deadline, reply);
        told
    }

    /// The values in a partition's log, in order.
    pub(crate) fn log(&self, topic: &str, partition: i32) -> Vec<Vec<u8>> {
        let mut values = Vec::new();
        for bytes in self.brokers.log(topic, PartitionIndex(partition)) {
            let (batch, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
            let mut decompressors = Decompressors::new();
            for record in batch.records(&mut decompressors, 64 << 20).unwrap() {
                values.push(record.unwrap().value.unwrap().to_vec());
            }
        }
        values
    }

    /// How many batches a partition's log has.
    pub(crate) fn batches(&self, topic: &str, partition: i32) -> usize {
        self.brokers.log(topic, PartitionIndex(partition)).len()
    }
}
