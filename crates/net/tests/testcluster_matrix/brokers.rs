//! Brokers that come and go, leaders that move, and brokers of other kinds.

use klamm_broker::cluster::{Listener, Restart};
use klamm_broker::personas::Persona;
use klamm_broker::server::TestCluster;
use klamm_cluster::Destination;
use klamm_cluster::metadata::TopicRef;
use klamm_cluster::sasl::Mechanism;
use klamm_net::Client;
use klamm_wire::{NodeId, PartitionIndex};

use crate::world::{Seeker, Seeking, ask, described_open, tell};

fn seeking(cluster: &TestCluster) -> Seeking {
    Seeker::of(cluster, Listener::SaslTls).by(Mechanism::ScramSha256).start()
}

#[tokio::test]
async fn every_broker_is_used_again_after_a_restart() {
    let mut cluster = described_open().nodes(3).start().await.unwrap();
    let seeking = seeking(&cluster);
    seeking.may_write().await;
    for node in [1, 2, 3].map(NodeId) {
        cluster.kill(node).await;
        // The connection may not be known to be gone yet, and then the request is lost with it.
        while ask(&seeking.client, Destination::Any).await.is_err() {}
        cluster.restart(node, Restart::WithSnapshot).await.unwrap();
        while ask(&seeking.client, Destination::Node(node)).await.is_err() {}
        tell(&format!("sasl_tls, broker {node} restarted"), "good");
    }
}

#[tokio::test]
async fn a_leader_that_moves_from_broker_to_broker_is_followed() {
    let cluster = described_open().nodes(3).start().await.unwrap();
    let mut seeking = seeking(&cluster);
    let topic = seeking.client.with(|machine, now| machine.want_topic(now, "orders"));
    let topic = topic.await.unwrap();
    let first = cluster.leaders("orders")[0].unwrap();
    let others = [1, 2, 3].map(NodeId).into_iter().filter(|node| *node != first);
    for node in others.chain([first]) {
        assert!(cluster.move_leader("orders", 0, node));
        let refreshed = seeking.client.with(move |machine, now| machine.refresh(now, Some(topic)));
        refreshed.await.unwrap();
        while leader(&seeking.client, topic).await != Some(node) {
            seeking.picture().await;
        }
        ask(&seeking.client, Destination::Node(node)).await.unwrap();
        tell(&format!("sasl_tls, leader moved to {node}"), "good");
    }
}

async fn leader(client: &Client, topic: TopicRef) -> Option<NodeId> {
    let seen =
        client.with(move |machine, _| machine.metadata().leader(topic, PartitionIndex(0))).await;
    seen.unwrap().map(|leader| leader.node)
}

#[tokio::test]
async fn brokers_of_every_kind_are_spoken_to_on_every_listener() {
    for persona in Persona::ALL {
        let cluster = described_open().persona(*persona).start().await.unwrap();
        for listener in Listener::ALL {
            let seeker = Seeker::of(&cluster, listener);
            let seeker =
                if listener.wants_sasl() { seeker.by(Mechanism::ScramSha256) } else { seeker };
            seeker.start().may_write().await;
            tell(&format!("{}, {}", persona.name(), listener.name()), "good");
        }
    }
}

#[tokio::test]
async fn bare_tokens_say_who_we_are_to_the_oldest_brokers() {
    let cluster = described_open().persona(Persona::Apache011).start().await.unwrap();
    for mechanism in Mechanism::ALL {
        Seeker::of(&cluster, Listener::SaslPlain).by(mechanism).start().may_write().await;
        tell(&format!("apache-0.11, sasl_plain {mechanism}"), "good");
    }
}
