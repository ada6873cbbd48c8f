//! Faults of connections, before anything has come on them.

use klamm_wire::NodeId;

use super::*;
use crate::cluster::Listener;
use crate::faults::{Place, Welcome};

fn connects(world: &mut World, node: i32) -> Option<ConnectionId> {
    world.cluster.open(world.now, NodeId(node), Listener::Plain, "127.0.0.1")
}

#[test]
fn a_connection_can_end_as_soon_as_it_is_there() {
    let mut world = World::of(2);
    let fault = inject(&mut world, "any node 1: on-accept drop-connection skip 1 times 2");
    let came: Vec<bool> = (0..5).map(|_| connects(&mut world, 1).is_some()).collect();
    assert_eq!(came, [true, false, false, true, true]);
    assert!(connects(&mut world, 2).is_some(), "another node");
    assert_eq!(world.cluster.fired(fault), 2);
}

#[test]
fn a_connection_can_be_silent_from_the_beginning() {
    let mut world = World::of(1);
    inject(&mut world, "any: on-accept hang times 1");
    let (silent, other) = (world.connect(1), world.connect(1));
    for client in [silent, other] {
        world.send(client, VERSION, &all_topics());
    }
    world.pass(3_600_000);
    assert!(bytes_of(&world, silent).is_empty());
    assert!(!world.is_closed(silent));
    assert!(is_answered(&mut world, other));
}

#[test]
fn what_a_silent_connection_sends_is_bounded() {
    let mut world = World::of(1);
    inject(&mut world, "any: on-accept hang");
    let client = world.connect(1);
    world.cluster.receive(world.now, client, vec![0; 1 << 16].into());
    assert!(!world.cluster.wants_bytes(client));
}

#[test]
fn a_fault_of_requests_does_not_mean_connections() {
    let mut world = World::of(1);
    let hang = Fault::new(Place::OnAccept(Welcome::DropConnection));
    let faults = [hang.clone().above(3), hang.clone().from_client("tester"), hang.topic("orders")];
    let faults = faults.map(|fault| world.cluster.inject(fault));
    assert!(connects(&mut world, 1).is_some());
    assert_eq!(faults.map(|fault| world.cluster.fired(fault)), [0; 3]);
}
