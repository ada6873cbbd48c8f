//! Apache Kafka 0.11, held against its sources.

use klamm_protocol::ApiKey;
use klamm_wire::ErrorCode;

use super::{
    Persona, cluster_of, created, holds, is_cut_off, numbered, too_new, unadded, versions,
};

/// The lengths of the arrays of schemas in `Protocol.java` of 0.11.0.2; KIP-98 brought the APIs
/// from 22 on and Produce 3, KIP-124 raised most of the others.
const SCHEMAS: &str = "\
    0:0-3 1:0-5 2:0-2 3:0-4 4:0-0 5:0-0 6:0-3 7:1-1 8:0-3 9:0-3 10:0-1 11:0-2 12:0-1 13:0-1 \
    14:0-1 15:0-1 16:0-1 17:0-0 18:0-1 19:0-2 20:0-1 21:0-0 22:0-0 23:0-0 24:0-0 25:0-0 \
    26:0-0 27:0-0 28:0-0 29:0-0 30:0-0 31:0-0 32:0-0 33:0-0";

#[test]
fn the_versions_are_those_of_its_schemas() {
    holds(Persona::Apache011, SCHEMAS);
}

/// KIP-152 brought the envelope of tokens with 1.0.
#[test]
fn tokens_have_no_envelope() {
    assert_eq!(Persona::Apache011.versions(ApiKey::SaslAuthenticate), None);
    assert_eq!(Persona::Apache011.versions(ApiKey::SaslHandshake).unwrap().max, 0);
}

/// `ProducerStateManager` of 0.11.0.2: an entry has one batch, and `isDuplicate` looks at it.
#[test]
fn the_last_batch_alone_is_known_again() {
    let mut world = cluster_of(Persona::Apache011, 1);
    for sequence in [0, 1, 2, 2] {
        assert_eq!(numbered(&mut world, 3, sequence), ErrorCode::NONE);
    }
    assert_eq!(numbered(&mut world, 3, 1), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert_eq!(numbered(&mut world, 3, 3), ErrorCode::NONE);
    assert_eq!(world.values("orders", 0).len(), 4);
}

/// `validateAppend`; error 59 is not in `Errors` before 1.0.
#[test]
fn an_unknown_producer_that_does_not_begin_with_zero_is_out_of_order() {
    let mut world = cluster_of(Persona::Apache011, 1);
    assert_eq!(numbered(&mut world, 3, 7), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert_eq!(numbered(&mut world, 3, 0), ErrorCode::NONE);
}

/// `ApiVersionsResponse.unsupportedVersionSend` has an empty list.
#[test]
fn a_version_of_api_versions_that_is_too_new_gets_an_error_and_no_range() {
    let mut world = cluster_of(Persona::Apache011, 1);
    assert_eq!(too_new(&mut world), Some((ErrorCode::UNSUPPORTED_VERSION, 0)));
    assert_eq!(versions(&mut world, 1, 1).unwrap().error_code, ErrorCode::NONE);
}

/// `KafkaApis.createTopic`.
#[test]
fn a_topic_that_is_being_created_has_no_leader_yet() {
    let mut world = cluster_of(Persona::Apache011, 1);
    assert_eq!(created(&mut world, 4), [ErrorCode::LEADER_NOT_AVAILABLE, ErrorCode::NONE]);
}

/// Messages of the formats before batches are beyond this cluster.
#[test]
fn produce_below_three_is_told_and_ends_the_connection() {
    let mut world = cluster_of(Persona::Apache011, 1);
    assert!([0, 1, 2, 4].iter().all(|version| is_cut_off(&mut world, *version)));
}

#[test]
fn a_batch_of_a_transaction_is_taken_without_asking_the_coordinator() {
    let mut world = cluster_of(Persona::Apache011, 1);
    assert_eq!(unadded(&mut world, 3), ErrorCode::NONE);
}
