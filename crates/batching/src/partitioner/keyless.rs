//! Where librdkafka's algorithms send what they call random.

use klamm_wire::PartitionIndex;

use super::{Choice, Question};

/// Where records go that an algorithm of librdkafka sends anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Keyless {
    /// Where the topic sticks, as with a `sticky.partitioning.linger.ms` above 0, its default. What
    /// ends the sticking is the topic's business: batches here, time in librdkafka.
    #[default]
    Sticky,
    /// Each to a partition of its own that is drawn, as with 0.
    Drawn,
}

impl Keyless {
    /// The choice for a record without a key.
    pub(super) fn choose(self, question: &Question<'_>) -> Choice {
        match self {
            Self::Sticky => Choice::Sticky,
            Self::Drawn => draw(question),
        }
    }
}

/// Draws a partition, and once more if nobody leads it; the second one is taken as it is.
pub(super) fn draw(question: &Question<'_>) -> Choice {
    let first = one(question);
    let drawn = if question.partitions.is_available(first) { first } else { one(question) };
    Choice::Partition(PartitionIndex(i32::try_from(drawn).unwrap_or_default()))
}

/// A partition of chance. No remainder: the upper half of a product spreads evenly.
fn one(question: &Question<'_>) -> u32 {
    let scaled =
        u128::from(question.draws.draw()).wrapping_mul(u128::from(question.partitions.count()));
    u32::try_from(scaled >> 64).unwrap_or_default()
}
