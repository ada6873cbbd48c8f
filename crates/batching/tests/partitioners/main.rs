//! Partitioners choose what other people's clients choose.
//!
//! `tests/choices` holds what Kafka's own classes and librdkafka chose; the first line of each file
//! says which version and how it was made.
#![cfg(test)]

mod keys;
mod properties;
mod vectors;

use klamm_batching::partitioner::{Choice, Draws, Partitioner, Partitions, Question};

/// Partitions of which each is led or not.
struct Led(Vec<bool>);

impl Led {
    fn all(count: u32) -> Self {
        Self((0..count).map(|_| true).collect())
    }
}

impl Partitions for Led {
    fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap()
    }

    fn is_available(&self, partition: u32) -> bool {
        self.0[usize::try_from(partition).unwrap()]
    }
}

/// What a partitioner chooses for a key.
fn choose(
    partitioner: &dyn Partitioner,
    partitions: &Led,
    draws: &Draws,
    key: Option<&[u8]>,
) -> Choice {
    partitioner.choose(&Question { topic: "orders", key, value: None, partitions, draws })
}

/// The partition that was chosen; none is the sticky one.
fn number(choice: Choice) -> Option<u32> {
    match choice {
        Choice::Partition(index) => Some(u32::try_from(index.0).unwrap()),
        Choice::Sticky => None,
    }
}
