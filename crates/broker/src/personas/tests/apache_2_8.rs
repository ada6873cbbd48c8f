//! Apache Kafka 2.8 with ZooKeeper, held against what a 2.8.2 broker tells.

use klamm_wire::ErrorCode;

use super::{Persona, cluster_of, created, holds, numbered, too_new, unadded, versions};

/// The answer to ApiVersions of a 2.8.2 broker with ZooKeeper, all of it.
const TOLD: &str = "\
    0:0-9 1:0-12 2:0-6 3:0-11 4:0-5 5:0-3 6:0-7 7:0-3 8:0-8 9:0-7 10:0-3 11:0-7 12:0-4 \
    13:0-4 14:0-5 15:0-5 16:0-4 17:0-1 18:0-3 19:0-7 20:0-6 21:0-2 22:0-4 23:0-4 24:0-3 \
    25:0-3 26:0-3 27:0-1 28:0-3 29:0-2 30:0-2 31:0-2 32:0-4 33:0-2 34:0-2 35:0-2 36:0-2 \
    37:0-3 38:0-2 39:0-2 40:0-2 41:0-2 42:0-2 43:0-2 44:0-1 45:0-0 46:0-0 47:0-0 48:0-1 \
    49:0-1 50:0-0 51:0-0 56:0-0 57:0-0 60:0-0 61:0-0";

#[test]
fn the_versions_are_those_of_a_real_broker() {
    holds(Persona::Apache28, TOLD);
}

#[test]
fn there_are_features_in_principle_and_none_in_fact() {
    let mut world = cluster_of(Persona::Apache28, 1);
    let told = versions(&mut world, 3, 3).unwrap();
    assert_eq!(told.finalized_features_epoch, 0);
    assert!(told.supported_features.is_empty() && told.finalized_features.is_empty());
}

/// KIP-511; a 2.8.2 broker answers so.
#[test]
fn a_version_of_api_versions_that_is_too_new_is_told_the_range() {
    let mut world = cluster_of(Persona::Apache28, 1);
    assert_eq!(too_new(&mut world), Some((ErrorCode::UNSUPPORTED_VERSION, 1)));
}

/// A 2.8.2 broker answers so, for as long as the controller takes.
#[test]
fn a_topic_that_is_being_created_has_no_leader_yet() {
    let mut world = cluster_of(Persona::Apache28, 1);
    assert_eq!(created(&mut world, 11), [ErrorCode::LEADER_NOT_AVAILABLE, ErrorCode::NONE]);
}

/// KIP-890 came later.
#[test]
fn a_batch_of_a_transaction_is_taken_without_asking_the_coordinator() {
    let mut world = cluster_of(Persona::Apache28, 1);
    assert_eq!(unadded(&mut world, 9), ErrorCode::NONE);
}

/// `ProducerStateManager` of 2.8.2, `checkSequence`.
#[test]
fn an_unknown_producer_begins_with_any_sequence() {
    let mut world = cluster_of(Persona::Apache28, 1);
    assert_eq!(numbered(&mut world, 9, 7), ErrorCode::NONE);
}
