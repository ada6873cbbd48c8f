//! The algorithm that looks at no key: librdkafka's `random`.

use super::keyless::{self, Keyless};
use super::{Choice, Partitioner, Question};

/// librdkafka's `random`: a key does not say where its record goes, only that it is drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Random {
    /// Where records without a key go; those with a key, be it empty, are drawn in any case.
    pub keyless: Keyless,
}

impl Partitioner for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        match question.key {
            None => self.keyless.choose(question),
            Some(_) => keyless::draw(question),
        }
    }
}
