//! Java's default: murmur2 of the key, and for records without a key whatever the topic sticks to.

use super::{Choice, Partitioner, Question, murmur2};

/// Java's default partitioner.
#[derive(Debug, Clone, Copy, Default)]
pub struct JavaDefault {
    /// Whether keys are passed over, as `partitioner.ignore.keys` says.
    pub ignore_keys: bool,
}

impl Partitioner for JavaDefault {
    fn name(&self) -> &'static str {
        "default"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        match question.key {
            Some(key) if !self.ignore_keys => murmur2::by_key(key, question.partitions),
            Some(_) | None => Choice::Sticky,
        }
    }
}
