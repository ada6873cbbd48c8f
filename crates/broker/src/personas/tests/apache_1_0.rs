//! Apache Kafka 1.0.0, held against its sources.

use bytes::Bytes;
use klamm_protocol::Records;
use klamm_records::Codec;
use klamm_wire::ErrorCode;

use super::{LONG, Persona, cluster_of, created, holds, numbered, produce, too_new, unadded};
use crate::testing::batch_in;

/// The lengths of `schemaVersions` of each request in `org.apache.kafka.common.requests`.
const SCHEMAS: &str = "\
    0:0-5 1:0-6 2:0-2 3:0-5 4:0-1 5:0-0 6:0-4 7:0-1 8:0-3 9:0-3 10:0-1 11:0-2 12:0-1 13:0-1 \
    14:0-1 15:0-1 16:0-1 17:0-1 18:0-1 19:0-2 20:0-1 21:0-0 22:0-0 23:0-0 24:0-0 25:0-0 \
    26:0-0 27:0-0 28:0-0 29:0-0 30:0-0 31:0-0 32:0-0 33:0-0 34:0-0 35:0-0 36:0-0 37:0-0";

#[test]
fn the_versions_are_those_of_its_schemas() {
    holds(Persona::Apache10, SCHEMAS);
}

/// `ProducerStateManager` of 1.0.0: `NumBatchesToRetain`, `checkSequence`, `isDuplicate`.
#[test]
fn a_batch_older_than_the_last_five_is_a_duplicate_and_an_error() {
    let mut world = cluster_of(Persona::Apache10, 1);
    for sequence in 0..6 {
        assert_eq!(numbered(&mut world, 5, sequence), ErrorCode::NONE);
    }
    assert_eq!(numbered(&mut world, 5, 1), ErrorCode::NONE, "the oldest that is remembered");
    assert_eq!(numbered(&mut world, 5, 0), ErrorCode::DUPLICATE_SEQUENCE_NUMBER);
    assert_eq!(numbered(&mut world, 5, 7), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert_eq!(world.values("orders", 0).len(), 6);
}

/// `UnknownProducerIdException`, from 1.0 until KIP-360 in 2.5.
#[test]
fn an_unknown_producer_is_told_that_it_is_unknown() {
    let mut world = cluster_of(Persona::Apache10, 1);
    assert_eq!(numbered(&mut world, 5, 7), ErrorCode::UNKNOWN_PRODUCER_ID);
    assert_eq!(numbered(&mut world, 5, 0), ErrorCode::NONE);
}

/// `InvalidRecordException` extended `CorruptRecordException` until KIP-467 in 2.4.
#[test]
fn records_that_break_a_rule_are_called_corrupt() {
    let mut world = cluster_of(Persona::Apache10, 1);
    let nothing = Records::from(vec![Bytes::new()]);
    assert_eq!(produce(&mut world, 5, nothing.clone()).error_code, ErrorCode::CORRUPT_MESSAGE);
    let mut newer = cluster_of(Persona::Apache28, 1);
    assert_eq!(produce(&mut newer, 9, nothing).error_code, ErrorCode::INVALID_RECORD);
}

/// `CompressionType.forId` throws for an id that it does not know.
#[test]
fn zstd_is_an_error_without_a_name() {
    let mut world = cluster_of(Persona::Apache10, 1);
    let answer = produce(&mut world, 5, batch_in(Codec::Zstd, &LONG));
    assert_eq!(answer.error_code, ErrorCode::UNKNOWN_SERVER_ERROR);
    let answer = produce(&mut world, 5, batch_in(Codec::Lz4, &LONG));
    assert_eq!(answer.error_code, ErrorCode::NONE);
}

/// `ApiVersionsRequest.getErrorResponse` has an empty list until KIP-511 in 2.4.
#[test]
fn a_version_of_api_versions_that_is_too_new_gets_an_error_and_no_range() {
    let mut world = cluster_of(Persona::Apache10, 1);
    assert_eq!(too_new(&mut world), Some((ErrorCode::UNSUPPORTED_VERSION, 0)));
}

/// `KafkaApis.createTopic`.
#[test]
fn a_topic_that_is_being_created_has_no_leader_yet() {
    let mut world = cluster_of(Persona::Apache10, 1);
    assert_eq!(created(&mut world, 5), [ErrorCode::LEADER_NOT_AVAILABLE, ErrorCode::NONE]);
}

#[test]
fn a_batch_of_a_transaction_is_taken_without_asking_the_coordinator() {
    let mut world = cluster_of(Persona::Apache10, 1);
    assert_eq!(unadded(&mut world, 5), ErrorCode::NONE);
}
