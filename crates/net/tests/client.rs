//! A client against a cluster in this process, over loopback.
#![cfg(test)]

use std::time::Duration;

use klamm_broker::cluster::Restart;
use klamm_broker::server::TestCluster;
use klamm_cluster::{Destination, HostPort, Settings, TransportSettings, Typed};
use klamm_net::{Client, ShellSettings};
use klamm_protocol::{InitProducerIdRequest, InitProducerIdResponse};
use klamm_protocol::{MetadataRequest, MetadataResponse};

const SOON: Duration = Duration::from_secs(10);

fn client_of(cluster: &TestCluster) -> Client {
    let bootstrap = cluster.bootstrap();
    let servers: Vec<HostPort> = bootstrap.split(',').map(|one| one.parse().unwrap()).collect();
    let settings = Settings::new(servers);
    Client::start(settings, TransportSettings::default(), ShellSettings::default()).unwrap()
}

#[tokio::test]
async fn a_cluster_answers() {
    let cluster = TestCluster::builder().nodes(3).topic("orders", 3).start().await.unwrap();
    let client = client_of(&cluster);
    let request = Typed::new(InitProducerIdRequest::default());
    let answer = client.ask(Destination::Any, request, SOON).await.unwrap();
    let decoded = answer.frame.decode::<InitProducerIdResponse>().unwrap();
    assert_eq!(decoded.body.error_code, 0);
}
