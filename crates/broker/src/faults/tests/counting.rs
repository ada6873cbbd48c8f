//! Which requests are hit, and how many of them.

use klamm_protocol::ApiKey;
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_wire::NodeId;

use super::*;
use crate::faults::{Chance, Intercept, Place};

/// Which of so many requests for all topics are not answered.
fn unanswered(world: &mut World, count: usize) -> Vec<usize> {
    let is_hit = |_: &usize| {
        let client = world.connect(1);
        world.send(client, VERSION, &all_topics());
        !is_answered(world, client)
    };
    (0..count).filter(is_hit).collect()
}

#[test]
fn requests_are_skipped_before_so_many_are_hit() {
    let (mut world, _, fault) = one_with("metadata: on-receipt hang skip 2 times 3");
    assert_eq!(unanswered(&mut world, 8), [2, 3, 4]);
    assert_eq!(world.cluster.fired(fault), 3);
}

#[test]
fn every_so_many_th_request_is_hit() {
    let (mut world, ..) = one_with("any: on-receipt hang skip 1 every 3");
    assert_eq!(unanswered(&mut world, 9), [1, 4, 7]);
}

#[test]
fn chance_hits_the_same_requests_with_the_same_seed() {
    let hit = || unanswered(&mut one_with("any: on-receipt hang chance 25%").0, 400);
    let hits = hit();
    assert!((60..=140).contains(&hits.len()), "{hits:?}");
    assert_eq!(hits, hit());
    let (mut world, ..) = one_with("any: on-receipt hang chance 0%");
    assert_eq!(unanswered(&mut world, 40), [0; 0]);
}

#[test]
fn only_versions_above_the_one_that_is_named_are_meant() {
    let (mut world, client, fault) = one_with("api-versions above 3: on-receipt drop-connection");
    world.send(client, 3, &ApiVersionsRequest::default());
    world.send(client, VERSION, &all_topics());
    assert!(!world.is_closed(client));
    world.send(client, 4, &ApiVersionsRequest::default());
    assert!(world.is_closed(client));
    assert_eq!(world.cluster.fired(fault), 1);
}

#[test]
fn a_fault_that_was_withdrawn_hits_no_more() {
    let (mut world, _, fault) = one_with("any: on-receipt hang");
    assert_eq!(unanswered(&mut world, 2), [0, 1]);
    assert_eq!(world.cluster.withdraw(fault), 2);
    assert_eq!(unanswered(&mut world, 2), [0; 0]);
    assert_eq!(world.cluster.fired(fault), 0);
}

#[test]
fn the_first_fault_that_hits_is_the_only_one() {
    let (mut world, client, first) = one_with("any: answering duplicate times 1");
    let second = inject(&mut world, "any: answering garbage 5 times 1");
    world.send(client, VERSION, &all_topics());
    let fired = |world: &World| [first, second].map(|fault| world.cluster.fired(fault));
    assert_eq!(fired(&world), [1, 0]);
    world.send(client, VERSION, &all_topics());
    assert_eq!(fired(&world), [1, 1]);
}

#[test]
fn only_the_node_the_client_and_the_api_that_are_named_are_meant() {
    let mut world = World::of(2);
    let hang = || Fault::new(Place::OnReceipt(Intercept::Hang));
    let node = world.cluster.inject(hang().on(NodeId(2)));
    let client = world.cluster.inject(hang().from_client("another"));
    let api = world.cluster.inject(hang().of(ApiKey::Produce));
    let mine = world.cluster.inject(hang().from_client("tester").on(NodeId(1)));
    assert_eq!(unanswered(&mut world, 1), [0]);
    assert_eq!([node, client, api, mine].map(|fault| world.cluster.fired(fault)), [0, 0, 0, 1]);
}

#[test]
fn a_predicate_has_the_last_word() {
    let mut world = World::of(1);
    let mut asked = 0;
    let fault = Fault::new(Place::OnReceipt(Intercept::Hang)).of(ApiKey::Metadata);
    world.cluster.inject_if(fault, move |request| {
        asked += 1;
        request.version == VERSION && asked == 2
    });
    assert_eq!(unanswered(&mut world, 4), [1]);
}

#[test]
fn a_probability_is_never_more_than_one() {
    assert_eq!(Chance::millionths(2_000_000), Chance::ALWAYS);
}
