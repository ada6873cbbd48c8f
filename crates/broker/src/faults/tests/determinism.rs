//! The same seed, requests, instants and faults give the same bytes.

use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_wire::NodeId;
use sha2::{Digest, Sha256};

use super::*;
use crate::ClusterSettings;
use crate::cluster::{Listener, Restart};

/// What goes wrong in the course of the history.
const FAULTS: [&str; 9] = [
    "produce: after-append drop-connection chance 5%",
    "produce: on-receipt delay 30ms every 5",
    "produce partition 1: before-append error 6 chance 20%",
    "produce partition 0: after-append slow-disk 3ms chance 50%",
    "init-producer-id: after-append error 14 every 2",
    "any: answering pieces 7 pause 1ms every 4",
    "any: answering garble-body chance 10%",
    "metadata: answering throttle 40ms every 3",
    "metadata: answering garbage 21 chance 30%",
];

/// Everything that clients get to see of a history with this seed.
fn history(seed: u64) -> Vec<u8> {
    let mut world = World::with(ClusterSettings { seed, ..ClusterSettings::of(3) });
    world.topic("orders", 2);
    for fault in FAULTS {
        inject(&mut world, fault);
    }
    let mut clients = Vec::new();
    for turn in 0..120 {
        step(&mut world, turn, &mut clients);
        world.pass(7);
    }
    world.pass(60_000);
    clients.iter().flat_map(|client| bytes_of(&world, *client)).copied().collect()
}

/// One turn: somebody asks something, and sometimes a node comes or goes.
fn step(world: &mut World, turn: i32, clients: &mut Vec<ConnectionId>) {
    match turn % 40 {
        10 => world.cluster.kill(world.now, NodeId(2)),
        20 => world.cluster.restart(world.now, NodeId(2), Restart::WithoutSnapshot),
        30 => drop(world.cluster.move_leaders(world.now)),
        _ => {}
    }
    let node = NodeId(1 + turn % 3);
    let Some(client) = world.cluster.open(world.now, node, Listener::Plain, "127.0.0.1") else {
        return;
    };
    clients.push(client);
    world.send(client, VERSION, &records(-1, &[turn % 2]));
    world.send(client, VERSION, &all_topics());
    world.send(client, 4, &InitProducerIdRequest::default());
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(history(1), history(1));
    assert_ne!(history(1), history(2));
}

/// Debug and release builds, and all machines, agree on it.
#[test]
fn the_bytes_of_a_history_are_known() {
    let digest = Sha256::digest(history(1));
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "5929994353d1228969923538e51696b79551c1a2dedc29808d6a979ecb5d72e2");
}
