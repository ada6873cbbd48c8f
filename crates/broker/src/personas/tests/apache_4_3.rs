//! Apache Kafka 4.3, held against what a 4.3.1 broker tells.

use klamm_wire::ErrorCode;

use super::{Persona, cluster_of, created, holds, is_cut_off, level, unadded, versions};

/// The answer to ApiVersions of a 4.3.1 broker in KRaft mode, all of it.
const TOLD: &str = "\
    0:0-13 1:4-18 2:1-11 3:0-13 8:2-10 9:1-10 10:0-6 11:0-9 12:0-4 13:0-5 14:0-5 15:0-6 \
    16:0-5 17:0-1 18:0-4 19:2-7 20:1-6 21:0-2 22:0-5 23:2-4 24:0-5 25:0-4 26:0-5 27:1-2 \
    28:0-5 29:1-3 30:1-3 31:1-3 32:1-4 33:0-2 34:1-2 35:1-5 36:0-2 37:0-3 38:1-3 39:1-2 \
    40:1-2 41:1-3 42:0-2 43:0-2 44:0-1 45:0-1 46:0-0 47:0-0 48:0-1 49:0-1 50:0-0 51:0-0 \
    55:0-2 57:0-2 60:0-2 61:0-0 64:0-0 65:0-0 66:0-2 68:0-1 69:0-1 74:0-1 75:0-0 76:1-1 \
    77:1-1 78:1-2 79:1-2 80:0-1 81:0-0 83:0-0 84:0-0 85:0-1 86:0-0 87:0-1 88:0-0 89:0-0 \
    90:0-1 91:0-0 92:0-0";

#[test]
fn the_versions_are_those_of_a_real_broker() {
    holds(Persona::Apache43, TOLD);
}

#[test]
fn the_features_are_those_of_a_real_broker() {
    let mut world = cluster_of(Persona::Apache43, 1);
    let told = versions(&mut world, 4, 4).unwrap();
    let supported: Vec<String> = told
        .supported_features
        .iter()
        .map(|one| format!("{} {}-{}", one.name, one.min_version, one.max_version))
        .collect();
    let real = "eligible.leader.replicas.version 0-1, group.version 0-1, kraft.version 0-1, \
                metadata.version 7-30, share.version 0-1, streams.version 0-1, \
                transaction.version 0-2";
    assert_eq!(supported.join(", "), real);
    let finalized: Vec<(String, i16)> = told.finalized_features.iter().map(level).collect();
    let real = [
        ("eligible.leader.replicas.version", 1),
        ("group.version", 1),
        ("metadata.version", 30),
        ("share.version", 1),
        ("streams.version", 1),
        ("transaction.version", 2),
    ];
    assert_eq!(finalized, real.map(|(name, level)| (name.to_owned(), level)));
}

/// KAFKA-17011: a client of that version could not read it.
#[test]
fn version_three_shows_no_feature_that_begins_with_zero() {
    let mut world = cluster_of(Persona::Apache43, 1);
    let told = versions(&mut world, 3, 3).unwrap();
    let shown: Vec<&str> = told.supported_features.iter().map(|one| one.name.as_ref()).collect();
    assert_eq!(shown, ["metadata.version"]);
    assert_eq!(told.finalized_features.len(), 6);
}

/// KAFKA-18659.
#[test]
fn produce_below_three_is_told_and_ends_the_connection() {
    let mut world = cluster_of(Persona::Apache43, 1);
    assert!([0, 1, 2].iter().all(|version| is_cut_off(&mut world, *version)));
    assert!(!is_cut_off(&mut world, 8));
}

#[test]
fn a_topic_that_is_being_created_is_not_known_yet() {
    let mut world = cluster_of(Persona::Apache43, 1);
    let answers = [ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, ErrorCode::NONE];
    assert_eq!(created(&mut world, 13), answers);
}

/// KIP-890.
#[test]
fn a_batch_of_a_transaction_without_its_partition_is_refused_or_adds_it() {
    let ask = |version| unadded(&mut cluster_of(Persona::Apache43, 1), version);
    assert_eq!(ask(10), ErrorCode::INVALID_TXN_STATE);
    assert_eq!(ask(11), ErrorCode::TRANSACTION_ABORTABLE);
    assert_eq!(ask(12), ErrorCode::NONE);
}
