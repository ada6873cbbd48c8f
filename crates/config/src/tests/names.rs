//! Whose names are read, and what clashes.
#![cfg(test)]

use crate::{Config, ConfigError, Family, Options, Source};

fn load(pairs: &[(&str, &str)], family: Family) -> Result<Config, ConfigError> {
    let server = ("bootstrap.servers", "kafka:9092");
    let sources = [Source::pairs([server]), Source::pairs(pairs.iter().copied())];
    Config::load(sources, &Options::default().family(family))
}

fn warnings(config: &Config) -> Vec<String> {
    config.warnings().iter().map(ToString::to_string).collect()
}

#[test]
fn a_name_that_only_librdkafka_has_makes_all_of_them_librdkafkas() {
    let pairs = [("socket.timeout.ms", "1000"), ("connections.max.idle.ms", "0")];
    let config = load(&pairs, Family::Detect).unwrap();
    assert_eq!(config.family(), Family::Librdkafka);
    assert_eq!(config.settings().dial.max_idle, None);
    let texts = [
        "socket.timeout.ms: only librdkafka has this name, so names with two meanings are read \
         as librdkafka means them.",
        "connections.max.idle.ms: read as librdkafka means it: 0 is never, where the Java client \
         would close at once.",
        "enable.idempotence: it is not set, and off as in librdkafka (which alone has \
         `socket.timeout.ms`): what is sent again may be written twice or out of order.",
        "partitioner: it is not set, and `consistent_random` as in librdkafka (which alone has \
         `socket.timeout.ms`): the Java client has other partitions for the same keys.",
    ];
    assert_eq!(warnings(&config), texts);
}

#[test]
fn names_of_both_are_javas_unless_somebody_says_otherwise() {
    let pairs = [("connections.max.idle.ms", "60000"), ("client.id", "me")];
    let config = load(&pairs, Family::Detect).unwrap();
    assert_eq!((config.family(), config.warnings().len()), (Family::Java, 0));
    let config = load(&pairs, Family::Librdkafka).unwrap();
    assert_eq!((config.family(), config.warnings().len()), (Family::Librdkafka, 3));
}

#[test]
fn names_of_either_alone_are_refused_together_unless_the_family_is_named() {
    let pairs = [("socket.timeout.ms", "1000"), ("metadata.max.idle.ms", "5000")];
    assert_eq!(
        load(&pairs, Family::Detect).unwrap_err().to_string(),
        "socket.timeout.ms: this is a name of librdkafka alone, and `metadata.max.idle.ms` is one \
         of the Java client alone. Use the names of one of the two, or say whose names they are.",
    );
    for family in [Family::Java, Family::Librdkafka] {
        let settings = load(&pairs, family).unwrap().settings();
        assert_eq!(settings.connection.request_timeout.as_millis(), 1000);
        assert_eq!(settings.metadata.max_idle.as_millis(), 5000);
    }
}

#[test]
fn our_own_names_belong_to_neither_family() {
    for other in [("socket.timeout.ms", "1000"), ("metadata.max.idle.ms", "5000")] {
        load(&[("klamm.proxy", "http://example.invalid:3128"), other], Family::Detect).unwrap();
    }
}

#[test]
fn a_name_that_means_another_thing_to_librdkafka_is_not_read_as_javas() {
    let pairs = [("request.timeout.ms", "1000")];
    let read = |family| {
        let config = load(&pairs, family).unwrap();
        let producing = config.producing();
        let answer = config.settings().connection.request_timeout;
        [answer, producing.machine.request_timeout, producing.broker_timeout].map(|t| t.as_secs())
    };
    assert_eq!(read(Family::Java), [1, 1, 1]);
    assert_eq!(read(Family::Librdkafka), [30, 30, 1]);
}

#[test]
fn two_names_of_one_thing_may_not_disagree() {
    let pairs = |second| [("sasl.mechanism", "PLAIN"), ("sasl.mechanisms", second)];
    load(&pairs("PLAIN"), Family::Detect).unwrap();
    assert_eq!(
        load(&pairs("OAUTHBEARER"), Family::Detect).unwrap_err().to_string(),
        "sasl.mechanisms=OAUTHBEARER: `sasl.mechanism` sets the same, and says otherwise. Keep \
         one of the two.",
    );
}
