//! Apache Kafka 3.9, held against what a 3.9.1 broker tells.

use klamm_wire::ErrorCode;

use super::{Persona, cluster_of, created, holds, level, numbered, unadded, versions};

/// The answer to ApiVersions of a 3.9.1 broker in KRaft mode, all of it.
const TOLD: &str = "\
    0:0-11 1:0-17 2:0-9 3:0-12 8:0-9 9:0-9 10:0-6 11:0-9 12:0-4 13:0-5 14:0-5 15:0-5 16:0-5 \
    17:0-1 18:0-4 19:0-7 20:0-6 21:0-2 22:0-5 23:0-4 24:0-5 25:0-4 26:0-4 27:0-1 28:0-4 \
    29:0-3 30:0-3 31:0-3 32:0-4 33:0-2 34:0-2 35:0-4 36:0-2 37:0-3 38:0-3 39:0-2 40:0-2 \
    41:0-3 42:0-2 43:0-2 44:0-1 45:0-0 46:0-0 47:0-0 48:0-1 49:0-1 50:0-0 51:0-0 55:0-2 \
    57:0-1 60:0-1 61:0-0 64:0-0 65:0-0 66:0-1 68:0-0 69:0-0 74:0-0 75:0-0 80:0-0 81:0-0";

#[test]
fn the_versions_are_those_of_a_real_broker() {
    holds(Persona::Apache39, TOLD);
}

/// The real broker does not show `transaction.version`, whatever the tests of this cluster want.
#[test]
fn there_is_no_second_generation_of_transactions() {
    let mut world = cluster_of(Persona::Apache39, 1);
    let told = versions(&mut world, 4, 4).unwrap();
    let supported: Vec<&str> =
        told.supported_features.iter().map(|one| one.name.as_ref()).collect();
    assert_eq!(supported, ["kraft.version", "metadata.version"]);
    let finalized: Vec<(String, i16)> = told.finalized_features.iter().map(level).collect();
    assert_eq!(finalized, [("metadata.version".to_owned(), 21)]);
    assert_eq!(world.cluster.state.settings.transaction_version, 1);
}

/// KIP-890, its first part, which came with 3.6.
#[test]
fn a_batch_of_a_transaction_without_its_partition_is_refused() {
    let ask = |version| unadded(&mut cluster_of(Persona::Apache39, 1), version);
    assert_eq!(ask(10), ErrorCode::INVALID_TXN_STATE);
    assert_eq!(ask(11), ErrorCode::TRANSACTION_ABORTABLE);
}

#[test]
fn a_topic_that_is_being_created_is_not_known_yet() {
    let mut world = cluster_of(Persona::Apache39, 1);
    let answers = [ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, ErrorCode::NONE];
    assert_eq!(created(&mut world, 12), answers);
}

/// KIP-360.
#[test]
fn an_unknown_producer_begins_with_any_sequence() {
    let mut world = cluster_of(Persona::Apache39, 1);
    assert_eq!(numbered(&mut world, 11, 7), ErrorCode::NONE);
}
