//! How records become batches; [`Settings::default`] has the defaults of the Java producer 4.x.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use klamm_records::Compression;

use crate::partitioner::{JavaDefault, Partitioner};

/// How records become batches.
#[derive(Clone)]
pub struct Settings {
    /// How large a batch becomes before compression, its header included; one record fits whatever
    /// this is.
    pub batch_size: usize,
    /// How long a batch waits for more records.
    pub linger: Duration,
    /// How much memory records may take, from their appending to their end.
    pub memory: usize,
    /// How batches are compressed.
    pub compression: Compression,
    /// How long after its opening a batch must be finished, one way or the other.
    pub delivery_timeout: Duration,
    /// The largest record before compression, with everything around it.
    pub max_record: usize,
    /// Which partition a record goes to that names none.
    pub partitioner: Arc<dyn Partitioner>,
    /// Whether partitions whose brokers are slow get less (KIP-794).
    pub adaptive: bool,
    /// What chance is drawn from.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            batch_size: 16_384,
            linger: Duration::from_millis(5),
            memory: 32 << 20,
            compression: Compression::NONE,
            delivery_timeout: Duration::from_secs(120),
            max_record: 1 << 20,
            partitioner: Arc::new(JavaDefault::default()),
            adaptive: true,
            seed: 0,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("batch_size", &self.batch_size)
            .field("linger", &self.linger)
            .field("memory", &self.memory)
            .field("compression", &self.compression)
            .field("delivery_timeout", &self.delivery_timeout)
            .field("max_record", &self.max_record)
            .field("partitioner", &self.partitioner.name())
            .field("adaptive", &self.adaptive)
            .field("seed", &self.seed)
            .finish()
    }
}
