//! Topics, made, dropped and described.

use crate::producer::Producer;

pub use klamm_engine::admin::{NewTopic, PartitionDescription, TopicDescription};

/// Requests about topics, over the connections of a producer.
#[derive(Debug, Clone)]
pub struct Admin {
    producer: Producer,
}

impl Admin {
    /// Over the connections of this producer.
    pub fn of(producer: &Producer) -> Self {
        Self { producer: producer.clone() }
    }

    /// The producer.
    pub fn producer(&self) -> &Producer {
        &self.producer
    }
}
