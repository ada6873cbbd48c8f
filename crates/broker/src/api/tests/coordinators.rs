//! Who coordinates what.

use std::borrow::Cow;

use klamm_protocol::find_coordinator::{FindCoordinatorRequest, FindCoordinatorResponse};
use klamm_wire::{ErrorCode, NodeId};

use crate::testing::World;

const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;

fn of(kind: i8, key: &'static str) -> FindCoordinatorRequest<'static> {
    FindCoordinatorRequest {
        key: Cow::Borrowed(key),
        key_type: kind,
        ..FindCoordinatorRequest::default()
    }
}

fn of_all(kind: i8, keys: &[&'static str]) -> FindCoordinatorRequest<'static> {
    FindCoordinatorRequest {
        key_type: kind,
        coordinator_keys: keys.iter().map(|key| Cow::Borrowed(*key)).collect(),
        ..FindCoordinatorRequest::default()
    }
}

#[test]
fn a_coordinator_is_the_same_whoever_is_asked() {
    let mut world = World::of(3);
    for kind in [GROUP, TRANSACTION] {
        let told: Vec<_> = (1..=3)
            .map(|node| {
                let answer: FindCoordinatorResponse<'_> = world.ask(node, 3, &of(kind, "mine"));
                assert_eq!(answer.error_code, ErrorCode::NONE);
                (answer.node_id, answer.host, answer.port)
            })
            .collect();
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        assert_eq!(told[0].2, 9000 + told[0].0.0);
    }
}

#[test]
fn several_keys_are_answered_in_order() {
    let mut world = World::of(3);
    for version in 4..=6 {
        let answer = world.ask(1, version, &of_all(TRANSACTION, &["one", "two"]));
        let keys: Vec<_> = answer.coordinators.iter().map(|one| one.key.as_ref()).collect();
        assert_eq!(keys, ["one", "two"]);
        assert!(answer.coordinators.iter().all(|one| one.error_code == ErrorCode::NONE));
    }
}

#[test]
fn a_kind_that_there_is_not_is_refused() {
    let mut world = World::of(1);
    let single = world.ask(1, 3, &of(9, "x"));
    assert_eq!((single.error_code, single.node_id), (ErrorCode::INVALID_REQUEST, NodeId(-1)));
    assert!(single.error_message.unwrap().starts_with("This most likely occurs"));
    let several = world.ask(1, 4, &of_all(9, &["x"]));
    assert_eq!(several.coordinators[0].error_code, ErrorCode::INVALID_REQUEST);
}

#[test]
fn another_node_coordinates_when_one_is_gone() {
    let mut world = World::of(3);
    let first = world.ask(1, 3, &of(TRANSACTION, "mine")).node_id;
    let now = world.now;
    world.cluster.kill(now, first);
    world.drain();
    let other = if first == NodeId(1) { 2 } else { 1 };
    let second = world.ask(other, 3, &of(TRANSACTION, "mine"));
    assert_eq!(second.error_code, ErrorCode::NONE);
    assert_ne!(second.node_id, first);
}
