//! The words for topics: a partition's name, and a topic's settings as Kafka names them.

mod table;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::fmt;

use klamm_records::Codec;

pub(crate) use table::{SETTINGS, Setting};
pub(crate) use value::ValueType;

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

/// What was said of a topic by name, as it is to be shown.
pub(crate) type Spoken = BTreeMap<&'static str, String>;

/// A setting that no topic can have: there is none of the name, or the value is none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSetting(String);

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidSetting {}

impl TopicSettings {
    /// Changes the setting of this name, as Kafka calls it. One that Kafka knows and that has no
    /// effect here is judged and otherwise ignored.
    ///
    /// # Errors
    /// When Kafka knows no setting of this name, or the value is none that it may have.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), InvalidSetting> {
        self.accept(name, value).map(drop)
    }

    /// The value of the setting of this name; `None` where Kafka knows none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        Setting::named(name).map(|setting| setting.kind.read(self))
    }

    /// As [`set`](Self::set), with the name and the value as they are to be shown.
    pub(crate) fn accept(
        &mut self,
        name: &str,
        value: &str,
    ) -> Result<(&'static str, String), InvalidSetting> {
        let unknown = || InvalidSetting(format!("Unknown topic config name: {name}"));
        let setting = Setting::named(name).ok_or_else(unknown)?;
        let shown = setting.kind.accept(self, value);
        let shown = shown.map_err(|refused| InvalidSetting(refused.text(name)))?;
        Ok((setting.name, shown))
    }
}
