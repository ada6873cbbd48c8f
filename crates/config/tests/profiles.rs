//! Profiles lie below all sources, and say so.
#![cfg(test)]

use klamm_config::{Config, ConfigError, Family, Options, Profile, Source};

fn load(profile: Profile, pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let needed = [("bootstrap.servers", "kafka:9092"), ("transactional.id", "t")];
    let is_needed = |(name, _): &&(&str, &str)| *name != "transactional.id" || is_about(profile);
    let needed = needed.iter().filter(is_needed).chain(pairs).copied();
    Config::load([Source::pairs(needed)], &Options::default().profile(profile))
}

fn is_about(profile: Profile) -> bool {
    profile == Profile::Transactional
}

#[test]
fn every_profile_is_accepted_by_both_families_without_a_contradiction() {
    for profile in Profile::ALL {
        let config = load(*profile, &[]).unwrap_or_else(|error| panic!("{profile}: {error}"));
        assert!(config.warnings().is_empty(), "{profile}: {:?}", config.warnings());
        assert_eq!((config.profile(), config.family()), (Some(*profile), Family::Java));
        let config = load(*profile, &[("socket.keepalive.enable", "true")]);
        let config = config.unwrap_or_else(|error| panic!("{profile}: {error}"));
        assert_eq!(config.family(), Family::Librdkafka);
    }
}

#[test]
fn every_property_of_a_profile_is_seen_with_its_origin() {
    for profile in Profile::ALL {
        let dump = load(*profile, &[]).unwrap().dump();
        for (name, value) in profile.properties() {
            let line = format!("{name}={value}  # profile {profile}\n");
            assert!(dump.contains(&line), "{line} is not in {dump}");
        }
    }
}

#[test]
fn what_is_written_wins_over_the_profile_under_every_name() {
    let linger = |pairs: &[(&str, &str)]| {
        let config = load(Profile::HighThroughput, pairs).unwrap();
        (config.producing().batching.linger.as_millis(), config.producing().batching.memory)
    };
    assert_eq!(linger(&[]), (20, 268_435_456));
    assert_eq!(linger(&[("linger.ms", "1")]), (1, 268_435_456));
    let pairs = [("queue.buffering.max.ms", "2"), ("queue.buffering.max.kbytes", "1024")];
    assert_eq!(linger(&pairs), (2, 1 << 20));
}

#[test]
fn the_time_of_requests_is_the_same_by_librdkafkas_names() {
    let pairs = [("socket.keepalive.enable", "true")];
    let config = load(Profile::CrossDataCentre, &pairs).unwrap();
    assert_eq!(config.settings().connection.request_timeout.as_secs(), 60);
    let pairs = [("socket.timeout.ms", "7000")];
    let config = load(Profile::CrossDataCentre, &pairs).unwrap();
    assert_eq!(config.settings().connection.request_timeout.as_secs(), 7);
}

#[test]
fn a_source_may_name_the_profile_and_wins_over_the_programs() {
    let config = load(Profile::Balanced, &[("klamm.profile", "low-latency")]).unwrap();
    assert_eq!(config.profile(), Some(Profile::LowLatency));
    assert!(config.producing().batching.linger.is_zero());
    let error = load(Profile::Balanced, &[("klamm.profile", "fast")]).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("klamm.profile=fast: there is no profile of this name."), "{text}");
}

#[test]
fn a_contradiction_with_the_profile_names_it() {
    let error = load(Profile::StrictOrder, &[("acks", "1")]).unwrap_err();
    assert_eq!(error.property.as_deref(), Some("acks"));
    let error = load(Profile::LowLatency, &[("request.timeout.ms", "60000")]).unwrap_err();
    assert!(error.to_string().contains("(profile low-latency)"), "{error}");
    let source = Source::pairs([("bootstrap.servers", "kafka:9092")]);
    let options = Options::default().profile(Profile::Transactional);
    let error = Config::load([source], &options).unwrap_err();
    assert_eq!(error.property.as_deref(), Some("transactional.id"));
}
