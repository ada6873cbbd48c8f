//! What producers promise, by what is said together; as the Java client 4.3.1 was seen to decide.
#![cfg(test)]

use klamm_config::{Config, ConfigError, Family, Options, Source};
use klamm_idempotence::{Acks, Mode, Window};

type Pairs = &'static [(&'static str, &'static str)];

fn load(family: Family, pairs: Pairs) -> Result<Config, ConfigError> {
    let server = Source::pairs([("bootstrap.servers", "kafka:9092")]);
    let sources = [server, Source::pairs(pairs.iter().copied())];
    Config::load(sources, &Options::default().family(family))
}

fn java(pairs: Pairs) -> Config {
    load(Family::Java, pairs).unwrap_or_else(|error| panic!("{error}"))
}

fn librdkafka(pairs: Pairs) -> Config {
    load(Family::Librdkafka, pairs).unwrap_or_else(|error| panic!("{error}"))
}

fn mode(config: &Config) -> (Mode, i16) {
    (config.producing().machine.mode, config.producing().acks)
}

fn has_warning(config: &Config, property: &str, text: &str) -> bool {
    let is_it = |one: &klamm_config::Warning| one.property == property && one.text.contains(text);
    config.warnings().iter().any(is_it)
}

#[test]
fn the_java_clients_producer_is_idempotent_unless_something_speaks_against_it() {
    for (pairs, expected) in [
        (&[][..], (Mode::Idempotent, -1)),
        (&[("acks", "-1")], (Mode::Idempotent, -1)),
        (&[("retries", "5")], (Mode::Idempotent, -1)),
        (&[("acks", "1")], (Mode::Plain(Acks::Leader), 1)),
        (&[("acks", "0")], (Mode::Plain(Acks::None), 0)),
        (&[("retries", "0")], (Mode::Plain(Acks::Leader), -1)),
        (&[("enable.idempotence", "false")], (Mode::Plain(Acks::Leader), -1)),
        (&[("transactional.id", "t")], (Mode::Transactional, -1)),
    ] {
        assert_eq!(mode(&java(pairs)), expected, "{pairs:?}");
    }
}

#[test]
fn what_switches_idempotence_off_is_told() {
    for property in ["acks", "retries"] {
        let pairs: Pairs = if property == "acks" { &[("acks", "1")] } else { &[("retries", "0")] };
        assert!(has_warning(&java(pairs), property, "it switches idempotence off"));
    }
    assert!(java(&[("acks", "all")]).warnings().is_empty());
}

#[test]
fn promises_that_contradict_each_other_are_refused_by_the_property_at_fault() {
    let in_flight = "max.in.flight.requests.per.connection";
    let cases: &[(Pairs, &str)] = &[
        (&[("acks", "1"), ("enable.idempotence", "true")], "acks"),
        (&[("retries", "0"), ("enable.idempotence", "true")], "retries"),
        (&[("max.in.flight.requests.per.connection", "6")], in_flight),
        (&[("max.in.flight.requests.per.connection", "6"), ("acks", "1")], in_flight),
        (&[("transactional.id", "t"), ("acks", "1")], "acks"),
        (&[("transactional.id", "t"), ("retries", "0")], "retries"),
        (&[("transactional.id", "t"), ("enable.idempotence", "false")], "enable.idempotence"),
        (&[("transactional.id", "")], "transactional.id"),
        (&[("transaction.two.phase.commit.enable", "true")], "transaction.two.phase.commit.enable"),
        (&[("delivery.timeout.ms", "30004")], "delivery.timeout.ms"),
        (&[("buffer.memory", "1000")], "buffer.memory"),
    ];
    for (pairs, property) in cases {
        let error = load(Family::Java, pairs).unwrap_err();
        assert_eq!(error.property.as_deref(), Some(*property), "{error}");
        assert!(error.value.is_some() && !error.fix.is_empty(), "{error}");
    }
}

#[test]
fn requests_on_their_way_bound_the_batches_of_a_partition_up_to_five() {
    let read = |pairs| {
        let config = java(pairs);
        (config.settings().connection.max_in_flight, config.producing().machine.window)
    };
    let window = |batches| Window::new(batches).unwrap();
    assert_eq!(read(&[]), (5, window(5)));
    assert_eq!(read(&[("max.in.flight.requests.per.connection", "2")]), (2, window(2)));
    let many: Pairs =
        &[("max.in.flight.requests.per.connection", "70"), ("enable.idempotence", "false")];
    assert_eq!(read(many), (70, window(5)));
}

#[test]
fn the_time_for_delivery_covers_lingering_and_asking() {
    let delivery = |config: &Config| config.producing().batching.delivery_timeout.as_millis();
    assert_eq!(delivery(&java(&[])), 120_000);
    assert_eq!(delivery(&java(&[("delivery.timeout.ms", "30005")])), 30_005);
    let raised = java(&[("request.timeout.ms", "200000")]);
    assert_eq!(delivery(&raised), 200_005);
    assert!(has_warning(&raised, "delivery.timeout.ms", "200005 ms"));
}

#[test]
fn librdkafkas_time_for_delivery_only_covers_lingering() {
    let delivery = |config: &Config| config.producing().batching.delivery_timeout.as_millis();
    assert_eq!(delivery(&librdkafka(&[("message.timeout.ms", "5000")])), 5000);
    assert!(delivery(&librdkafka(&[("message.timeout.ms", "0")])) > 1_000_000_000_000);
    let pairs: Pairs = &[("message.timeout.ms", "5"), ("queue.buffering.max.ms", "5")];
    let error = load(Family::Librdkafka, pairs).unwrap_err();
    assert_eq!(error.property.as_deref(), Some("message.timeout.ms"));
}

#[test]
fn librdkafkas_names_bring_its_defaults_of_idempotence_and_partitions_alone() {
    let config = librdkafka(&[("socket.timeout.ms", "60000")]);
    assert_eq!(mode(&config), (Mode::Plain(Acks::Leader), -1));
    assert_eq!(config.producing().batching.partitioner.name(), "consistent_random");
    assert_eq!(config.producing().batching.batch_size, 16_384);
    assert!(has_warning(&config, "enable.idempotence", "off as in librdkafka"));
    assert!(has_warning(&config, "partitioner", "other partitions for the same keys"));
    let config = librdkafka(&[("enable.idempotence", "true"), ("partitioner", "murmur2_random")]);
    assert_eq!(mode(&config), (Mode::Idempotent, -1));
    assert!(config.warnings().is_empty(), "{:?}", config.warnings());
    assert_eq!(mode(&librdkafka(&[("transactional.id", "t")])), (Mode::Transactional, -1));
}

#[test]
fn levels_belong_to_codecs() {
    let level = |config: &Config| config.producing().batching.compression.level();
    assert_eq!(
        level(&java(&[("compression.type", "gzip"), ("compression.zstd.level", "9")])),
        None
    );
    let codec = [("compression.codec", "lz4"), ("compression.level", "0")];
    let lz4 = load(Family::Librdkafka, Box::leak(Box::new(codec))).unwrap();
    assert_eq!(level(&lz4), None);
    for pairs in [
        &[("compression.gzip.level", "0")][..],
        &[("compression.type", "none"), ("compression.zstd.level", "23")],
        &[("compression.type", "GZIP2")],
    ] {
        load(Family::Java, pairs).unwrap_err();
    }
    let pairs: Pairs = &[("compression.codec", "snappy"), ("compression.level", "3")];
    let error = load(Family::Librdkafka, pairs).unwrap_err();
    assert_eq!(error.property.as_deref(), Some("compression.level"));
}
