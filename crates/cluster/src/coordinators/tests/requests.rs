//! The requests as they are encoded.

use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use klamm_protocol::frame::decode_request_header;
use klamm_protocol::negotiate::{Condition, Conditions};
use klamm_protocol::{Message, Request};

use super::*;
use crate::request::{Head, Payload};

fn encoded(lookup: &Lookup, version: i16) -> Result<Vec<u8>, String> {
    let head = Head { limit: 1 << 20, version, correlation_id: 9, client_id: Some("me") };
    lookup.encode(&head).map(|frame| frame.to_vec()).map_err(|error| error.to_string())
}

fn lookups() -> [Lookup; 3] {
    let batch = |keys: &[CoordinatorKey]| Scene::wanting(keys).due();
    [batch(&[group("a")]), batch(&[transaction("a")]), batch(&[group("a"), group("b")])]
}

#[test]
fn each_version_carries_what_it_can() {
    let [group, transaction, both] = lookups();
    for (lookup, kind, first) in [(&group, 0, 0), (&transaction, 1, 1), (&both, 0, 4)] {
        for version in 0..=6 {
            let frame = encoded(lookup, version);
            assert_eq!(frame.is_ok(), version >= first, "{lookup:?} at {version}");
            let Ok(frame) = frame else { continue };
            let frame = Bytes::from(frame).slice(LENGTH_PREFIX..);
            let (_, mut reader) = decode_request_header(&frame).unwrap();
            let mut request = FindCoordinatorRequest::default();
            request.read(&mut reader, version).unwrap();
            let listed = request.coordinator_keys.iter().map(|key| key.clone().into_owned());
            let mut names: Vec<_> = listed.collect();
            if version < 4 {
                names.push(request.key.clone().into_owned());
            }
            assert_eq!((request.key_type, names), (kind, lookup.keys.clone()));
        }
    }
}

#[test]
fn only_transactions_need_a_broker_that_knows_them() {
    let [group, transaction, both] = lookups();
    assert_eq!(group.conditions(), Conditions::NONE);
    assert_eq!(both.conditions(), Conditions::NONE);
    assert!(transaction.conditions().contains(Condition::TransactionCoordinator));
    assert_eq!(group.key(), FindCoordinatorRequest::KEY);
}
