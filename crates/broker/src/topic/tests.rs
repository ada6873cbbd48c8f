//! Settings by name: what is accepted, what it does, and what people are told otherwise.

use klamm_records::Codec;

use super::{SETTINGS, TimestampType, TopicCompression, TopicSettings};

fn told(name: &str, value: &str) -> String {
    let mut settings = TopicSettings::default();
    let refused = settings.set(name, value).unwrap_err().to_string();
    assert_eq!(settings, TopicSettings::default(), "a refusal changes nothing");
    refused
}

#[test]
fn names_are_in_order_and_stand_once() {
    assert!(SETTINGS.is_sorted_by(|one, next| one.name < next.name));
}

#[test]
fn every_default_is_accepted_and_changes_nothing() {
    for setting in SETTINGS {
        let mut settings = TopicSettings::default();
        let default = setting.kind.read(&settings);
        let (_, shown) = settings.accept(setting.name, &default).unwrap();
        assert_eq!((shown, &settings), (default, &TopicSettings::default()), "{}", setting.name);
    }
}

#[test]
fn what_is_set_is_read_back_under_its_name() {
    let mut settings = TopicSettings::default();
    let wanted = [
        ("cleanup.policy", "compact"),
        ("compression.type", "uncompressed"),
        ("max.message.bytes", "100"),
        ("message.timestamp.type", "LogAppendTime"),
        ("min.insync.replicas", "2"),
        ("retention.bytes", "-2"),
        ("retention.ms", "5"),
    ];
    for (name, value) in wanted {
        settings.set(name, &format!(" {value} ")).unwrap();
        assert_eq!(settings.get(name).unwrap(), value);
    }
    assert_eq!((settings.compacted, settings.deletes), (true, false));
    assert_eq!(settings.compression, TopicCompression::Codec(Codec::None));
    assert_eq!(settings.timestamps, TimestampType::LogAppendTime);
    assert_eq!((settings.max_message_bytes, settings.min_insync_replicas), (100, 2));
}

#[test]
fn policies_are_a_list_that_may_be_empty() {
    let mut settings = TopicSettings::default();
    assert_eq!(settings.accept("cleanup.policy", "compact, delete").unwrap().1, "compact,delete");
    assert_eq!((settings.compacted, settings.deletes), (true, true));
    assert_eq!(settings.accept("cleanup.policy", "").unwrap().1, "");
    assert_eq!((settings.compacted, settings.deletes), (false, false));
}

#[test]
fn a_refusal_says_what_kafka_says() {
    for (name, value, why) in [
        ("retention.ms", "x", "Not a number of type LONG"),
        ("retention.ms", "-2", "Value must be at least -1"),
        ("max.message.bytes", "99999999999", "Not a number of type INT"),
        ("segment.bytes", "1", "Value must be at least 1048576"),
        ("cleanup.policy", "x", "String must be one of: compact, delete"),
        ("message.timestamp.type", "bad", "String must be one of: CreateTime, LogAppendTime"),
        ("preallocate", "maybe", "Expected value to be either true or false"),
        ("compression.zstd.level", "99", "Value must be no more than 22"),
        ("compression.gzip.level", "99", "Value must be between 1 and 9 or equal to -1"),
        ("min.cleanable.dirty.ratio", "2.0", "Value must be no more than 1"),
        (
            "compression.type",
            "bad",
            "String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer",
        ),
    ] {
        let text = format!("Invalid value {value} for configuration {name}: {why}");
        assert_eq!(told(name, value), text);
    }
    assert_eq!(told("no.such", "1"), "Unknown topic config name: no.such");
    assert!(told("remote.storage.enable", "true").starts_with("Tiered Storage"));
    assert!(told("leader.replication.throttled.replicas", "zz").contains("[zz]"));
}
