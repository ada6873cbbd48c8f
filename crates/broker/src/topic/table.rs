//! Every setting that Kafka knows of a topic, by name.
//!
//! The table says which of them have an effect here, and what values each may have.

use super::TopicSettings;
use super::value::{Kind, NumberType};

/// One setting of a topic.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The name by which a topic has it.
    pub(crate) name: &'static str,
    /// The name by which a broker has the default for all topics, where there is one.
    pub(crate) broker_name: Option<&'static str>,
    /// What its values are, and where one goes.
    pub(crate) kind: Kind,
}

impl Setting {
    /// The setting of this name, if Kafka knows one.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }
}

const INT_MAX: i64 = i32::MAX as i64;

const fn setting(name: &'static str, broker_name: Option<&'static str>, kind: Kind) -> Setting {
    Setting { name, broker_name, kind }
}

/// A number that is accepted and shown, and decides nothing.
const fn shown(
    name: &'static str,
    broker_name: Option<&'static str>,
    (of, default): (NumberType, i64),
    (min, max): (i64, i64),
) -> Setting {
    Setting { name, broker_name, kind: Kind::Number { of, default, min, max } }
}

const fn flag(name: &'static str, broker_name: Option<&'static str>) -> Setting {
    Setting { name, broker_name, kind: Kind::Flag }
}

const fn int(field: fn(&mut TopicSettings) -> &mut i32, min: i32) -> Kind {
    Kind::Int { field, min }
}

const fn long(field: fn(&mut TopicSettings) -> &mut i64, min: i64) -> Kind {
    Kind::Long { field, min }
}

use NumberType::{Int, Long};

/// All settings, by name.
pub(crate) const SETTINGS: &[Setting] = &[
    setting("cleanup.policy", Some("log.cleanup.policy"), Kind::Policies),
    setting("compression.gzip.level", Some("compression.gzip.level"), Kind::GzipLevel),
    shown("compression.lz4.level", Some("compression.lz4.level"), (Int, 9), (1, 17)),
    setting("compression.type", Some("compression.type"), Kind::Compression),
    shown("compression.zstd.level", Some("compression.zstd.level"), (Int, 3), (-131_072, 22)),
    shown(
        "delete.retention.ms",
        Some("log.cleaner.delete.retention.ms"),
        (Long, 86_400_000),
        (0, i64::MAX),
    ),
    shown(
        "file.delete.delay.ms",
        Some("log.segment.delete.delay.ms"),
        (Long, 60_000),
        (0, i64::MAX),
    ),
    shown("flush.messages", Some("log.flush.interval.messages"), (Long, i64::MAX), (1, i64::MAX)),
    shown("flush.ms", None, (Long, i64::MAX), (0, i64::MAX)),
    setting("follower.replication.throttled.replicas", None, Kind::Replicas),
    shown("index.interval.bytes", Some("log.index.interval.bytes"), (Int, 4_096), (0, INT_MAX)),
    setting("leader.replication.throttled.replicas", None, Kind::Replicas),
    shown("local.retention.bytes", Some("log.local.retention.bytes"), (Long, -2), (-2, i64::MAX)),
    shown("local.retention.ms", Some("log.local.retention.ms"), (Long, -2), (-2, i64::MAX)),
    shown(
        "max.compaction.lag.ms",
        Some("log.cleaner.max.compaction.lag.ms"),
        (Long, i64::MAX),
        (1, i64::MAX),
    ),
    setting("max.message.bytes", Some("message.max.bytes"), int(|s| &mut s.max_message_bytes, 0)),
    setting(
        "message.timestamp.after.max.ms",
        Some("log.message.timestamp.after.max.ms"),
        long(|s| &mut s.timestamp_after_max_ms, 0),
    ),
    setting(
        "message.timestamp.before.max.ms",
        Some("log.message.timestamp.before.max.ms"),
        long(|s| &mut s.timestamp_before_max_ms, 0),
    ),
    setting("message.timestamp.type", Some("log.message.timestamp.type"), Kind::Timestamps),
    setting("min.cleanable.dirty.ratio", Some("log.cleaner.min.cleanable.ratio"), Kind::Ratio),
    shown(
        "min.compaction.lag.ms",
        Some("log.cleaner.min.compaction.lag.ms"),
        (Long, 0),
        (0, i64::MAX),
    ),
    setting(
        "min.insync.replicas",
        Some("min.insync.replicas"),
        int(|s| &mut s.min_insync_replicas, 1),
    ),
    flag("preallocate", Some("log.preallocate")),
    flag("remote.log.copy.disable", None),
    flag("remote.log.delete.on.disable", None),
    setting("remote.storage.enable", None, Kind::NeverTrue),
    setting(
        "retention.bytes",
        Some("log.retention.bytes"),
        long(|s| &mut s.retention_bytes, i64::MIN),
    ),
    setting("retention.ms", None, long(|s| &mut s.retention_ms, -1)),
    setting("segment.bytes", Some("log.segment.bytes"), int(|s| &mut s.segment_bytes, 1_048_576)),
    shown("segment.index.bytes", Some("log.index.size.max.bytes"), (Int, 10_485_760), (4, INT_MAX)),
    shown("segment.jitter.ms", None, (Long, 0), (0, i64::MAX)),
    shown("segment.ms", None, (Long, 604_800_000), (1, i64::MAX)),
    flag("unclean.leader.election.enable", Some("unclean.leader.election.enable")),
];
