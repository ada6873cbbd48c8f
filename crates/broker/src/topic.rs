//! The words for topics: a partition's name, and a topic's settings as Kafka names them.

use klamm_records::Codec;

/// One partition of a topic, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    /// The topic's name.
    pub topic: String,
    /// The partition within it.
    pub partition: i32,
}

/// What becomes of a batch's compression on its way into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TopicCompression {
    /// It stays as the producer made it.
    #[default]
    Producer,
    /// It is made anew with this codec unless it has it already; [`Codec::None`] included.
    Codec(Codec),
}

/// Which time a stored record carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimestampType {
    /// What the producer wrote.
    #[default]
    CreateTime,
    /// When the leader appended it.
    LogAppendTime,
}

/// The settings of one topic that a broker acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSettings {
    /// `cleanup.policy` has `compact`: records must have keys.
    pub compacted: bool,
    /// `cleanup.policy` has `delete`: old records go.
    pub deletes: bool,
    /// `compression.type`.
    pub compression: TopicCompression,
    /// `message.timestamp.type`.
    pub timestamps: TimestampType,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: i64,
    /// `max.message.bytes`: the largest batch, header included, after any recompression.
    pub max_message_bytes: i32,
    /// `segment.bytes`: a batch that does not fit into one segment is refused.
    pub segment_bytes: i32,
    /// `min.insync.replicas`.
    pub min_insync_replicas: i32,
    /// `retention.bytes` of a partition; negative for no bound.
    pub retention_bytes: i64,
    /// `retention.ms`; negative for no bound.
    pub retention_ms: i64,
    /// A topic of the cluster itself, into which no ordinary client may write.
    pub internal: bool,
}

impl Default for TopicSettings {
    fn default() -> Self {
        Self {
            compacted: false,
            deletes: true,
            compression: TopicCompression::Producer,
            timestamps: TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            max_message_bytes: 1_048_588,
            segment_bytes: 1_073_741_824,
            min_insync_replicas: 1,
            retention_bytes: -1,
            retention_ms: 604_800_000,
            internal: false,
        }
    }
}
