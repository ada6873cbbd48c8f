//! Redpanda 24.3, held against its sources.

use bytes::Bytes;
use klamm_protocol::{ApiKey, Records};
use klamm_wire::ErrorCode;

use super::{Persona, cluster_of, holds, is_cut_off, numbered, produce, too_new, versions};

/// What the handlers in `src/v/kafka/server/handlers` register, at commit 1c6cff34.
const REGISTERED: &str = "\
    0:0-7 1:4-11 2:0-4 3:0-8 8:1-8 9:1-7 10:0-3 11:0-6 12:0-4 13:0-4 14:0-4 15:0-5 16:0-4 \
    17:0-1 18:0-3 19:0-6 20:0-5 21:0-2 22:0-3 23:0-4 24:0-3 25:0-1 26:0-3 28:0-3 29:0-2 \
    30:0-2 31:0-2 32:0-4 33:0-2 35:0-2 36:0-2 37:0-3 42:0-2 44:0-1 45:0-0 46:0-0 47:0-0 \
    48:0-1 49:0-1 61:0-0 65:0-0 66:0-0";

#[test]
fn the_versions_are_those_of_its_handlers() {
    holds(Persona::Redpanda, REGISTERED);
}

/// `api_versions.cc`: the error comes with the list that version 0 would have got.
#[test]
fn a_version_of_api_versions_that_is_too_new_is_told_all_ranges() {
    let mut world = cluster_of(Persona::Redpanda, 1);
    let known = ApiKey::all().filter(|api| Persona::Redpanda.versions(*api).is_some()).count();
    assert_eq!(too_new(&mut world), Some((ErrorCode::UNSUPPORTED_VERSION, known)));
}

/// `requests.cc`: an exception, which ends the connection (redpanda-data/redpanda#17581).
#[test]
fn an_unknown_version_of_produce_ends_the_connection() {
    let mut world = cluster_of(Persona::Redpanda, 1);
    assert!(is_cut_off(&mut world, 8));
    assert!(!is_cut_off(&mut world, 7));
}

/// KIP-467 is of Produce 8; until redpanda-data/redpanda#31246 there is no such version.
#[test]
fn no_record_is_blamed_by_itself() {
    let mut world = cluster_of(Persona::Redpanda, 1);
    let answer = produce(&mut world, 7, Records::from(vec![Bytes::new()]));
    assert_eq!(answer.error_code, ErrorCode::INVALID_RECORD);
    assert!(answer.record_errors.is_empty() && answer.error_message.is_none());
}

/// `rm_stm.cc`: sequences of a producer that was not known before are not checked.
#[test]
fn an_unknown_producer_begins_with_any_sequence() {
    let mut world = cluster_of(Persona::Redpanda, 1);
    assert_eq!(numbered(&mut world, 7, 7), ErrorCode::NONE);
    assert_eq!(numbered(&mut world, 7, 9), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
}

#[test]
fn there_are_no_features_and_one_generation_of_transactions() {
    let mut world = cluster_of(Persona::Redpanda, 1);
    let told = versions(&mut world, 3, 3).unwrap();
    assert_eq!(told.finalized_features_epoch, -1);
    assert!(told.supported_features.is_empty() && told.finalized_features.is_empty());
    assert_eq!(world.cluster.state.settings.transaction_version, 1);
}
