//! Sessions that end while requests are under way.

use std::time::Duration;

use klamm_broker::cluster::Listener;
use klamm_broker::faults::{Fault, Intercept, Place};
use klamm_broker::server::TestCluster;
use klamm_cluster::Destination;
use klamm_cluster::sasl::Mechanism;
use klamm_protocol::ApiKey;
use klamm_wire::NodeId;

use crate::world::{Seeker, ask, described, sasl, tell};

/// Short, and nothing depends on how fast the machine is: the broker honours a session for long
/// after its end.
const SESSION: Duration = Duration::from_secs(3);
const GRACE: Duration = Duration::from_secs(600);

/// As many questions are open at any time.
const PIPELINED: usize = 8;

/// How long the broker takes for each, so that there are always some under way.
const THINKING: Duration = Duration::from_millis(5);

/// How often sessions go on before it is enough: twice on each of two connections.
const RENEWALS: u64 = 4;

#[tokio::test]
async fn no_request_fails_while_sessions_end_and_go_on_by_every_mechanism() {
    let builder = described().sasl(sasl().with_max_reauth(SESSION).with_grace(GRACE));
    let cluster = builder.start().await.unwrap();
    let slow = Fault::new(Place::OnReceipt(Intercept::Delay(THINKING)));
    cluster.inject(slow.of(ApiKey::InitProducerId));
    let [plain, scram_256, scram_512, bearer] = Mechanism::ALL.map(|m| under_load(&cluster, m));
    tokio::join!(plain, scram_256, scram_512, bearer);
}

/// Asks without a pause until the sessions of a client were renewed often enough.
async fn under_load(cluster: &TestCluster, mechanism: Mechanism) {
    let name = mechanism.name().to_owned();
    // A delay of nothing: it counts those who say who they are.
    let counted = Fault::new(Place::OnReceipt(Intercept::Delay(Duration::ZERO)));
    let handshakes = cluster.inject(counted.of(ApiKey::SaslHandshake).from_client(&name));
    let mut seeking = Seeker::of(cluster, Listener::SaslTls).by(mechanism).named(name).start();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let askers: Vec<_> = (0..PIPELINED)
        .map(|_| {
            let (client, stopped) = (seeking.client.clone(), stopped.clone());
            tokio::spawn(async move {
                let mut answers = 0;
                while !*stopped.borrow() {
                    ask(&client, Destination::Any).await.unwrap();
                    answers += 1;
                }
                answers
            })
        })
        .collect();
    ask(&seeking.client, Destination::Node(NodeId(1))).await.unwrap();
    // By now every connection is there that is needed: what comes are renewals.
    let connections = cluster.fired(handshakes);
    while cluster.fired(handshakes) < connections + RENEWALS {
        ask(&seeking.client, Destination::Any).await.unwrap();
    }
    stop.send(true).unwrap();
    let mut answers = 0;
    for asker in askers {
        answers += asker.await.unwrap();
    }
    assert_eq!(seeking.failures(), [], "{mechanism}");
    let cell = format!("sasl_tls {mechanism}, {RENEWALS} sessions renewed under load");
    tell(&cell, format!("good, {answers} answers"));
}
