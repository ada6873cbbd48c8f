//! Java's `RoundRobinPartitioner`: one after the other, whatever the key.

use klamm_wire::PartitionIndex;

use super::{Choice, Partitioner, Partitions, Question};

/// Java's round robin: record after record to the next partition that somebody leads; to the next
/// one of all while nobody leads any.
#[derive(Debug, Clone, Copy, Default)]
pub struct RoundRobin;

impl Partitioner for RoundRobin {
    fn name(&self) -> &'static str {
        "round_robin"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        let partitions = question.partitions;
        // Java's counter is signed and 32 bits wide, and its sign is cut off.
        let turn = u32::try_from(question.draws.turn() & 0x7fff_ffff).unwrap_or_default();
        let (available, all) = (partitions.available(), partitions.count());
        let chosen = match turn.checked_rem(available) {
            None => turn.checked_rem(all).unwrap_or_default(),
            Some(place) if available == all => place,
            Some(place) => nth_available(partitions, place),
        };
        Choice::Partition(PartitionIndex(i32::try_from(chosen).unwrap_or_default()))
    }
}

/// The availability may change between counting and looking: then the first one will do.
fn nth_available(partitions: &dyn Partitions, place: u32) -> u32 {
    let mut available = (0..partitions.count()).filter(|index| partitions.is_available(*index));
    usize::try_from(place).ok().and_then(|place| available.nth(place)).unwrap_or_default()
}
