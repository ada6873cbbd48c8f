//! A client against a cluster in this process, over loopback.
#![cfg(test)]

use std::time::Duration;

use klamm_broker::cluster::{Listener, Restart};
use klamm_broker::server::{ClientAuth, TestCluster};
use klamm_cluster::transport::{Pem, TlsSettings};
use klamm_cluster::{
    CoordinatorKey, Destination, Fate, HostPort, Reason, Settings, TransportSettings, Typed,
};
use klamm_net::{Client, ShellSettings};
use klamm_protocol::api_versions::{ApiVersionsRequest, ApiVersionsResponse};
use klamm_protocol::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use klamm_protocol::metadata::{MetadataRequest, MetadataResponse};
use klamm_wire::{ErrorCode, NodeId};

const SOON: Duration = Duration::from_secs(20);

fn settings_of(cluster: &TestCluster, listener: Listener) -> Settings {
    let bootstrap = cluster.bootstrap_of(listener);
    Settings::new(bootstrap.split(',').map(|one| one.parse().unwrap()).collect())
}

fn plain(cluster: &TestCluster) -> Client {
    let settings = settings_of(cluster, Listener::Plain);
    Client::start(settings, TransportSettings::default(), ShellSettings::default()).unwrap()
}

fn believing(cluster: &TestCluster) -> TransportSettings {
    let roots = vec![Pem::Text(cluster.ca_pem().unwrap().into())];
    let tls = TlsSettings { roots, public_roots: false, ..TlsSettings::default() };
    TransportSettings { tls: Some(tls), ..TransportSettings::default() }
}

fn new_producer() -> Typed<InitProducerIdRequest<'static>> {
    let none = InitProducerIdRequest { transactional_id: None, ..InitProducerIdRequest::DEFAULT };
    Typed::new(none)
}

async fn producer_id(client: &Client, to: Destination) -> i64 {
    let request = new_producer();
    let answer = client.ask(to, request, SOON).await.unwrap();
    let decoded = answer.frame.decode::<InitProducerIdResponse<'_>>().unwrap();
    assert_eq!(decoded.body.error_code, ErrorCode(0));
    decoded.body.producer_id.0
}

/// The leaders of a topic, as the node that is asked knows them.
async fn leaders(client: &Client, topic: &str) -> Vec<i32> {
    let request = Typed::new(MetadataRequest { topics: None, ..MetadataRequest::DEFAULT });
    let answer = client.ask(Destination::Any, request, SOON).await.unwrap();
    let decoded = answer.frame.decode::<MetadataResponse<'_>>().unwrap();
    let topics = decoded.body.topics;
    let found = topics.iter().find(|one| one.name.as_deref() == Some(topic)).unwrap();
    found.partitions.iter().map(|one| one.leader_id.0).collect()
}

#[tokio::test]
async fn a_cluster_answers_wherever_it_is_asked() {
    let cluster = TestCluster::builder().nodes(3).topic("orders", 3).start().await.unwrap();
    let client = plain(&cluster);
    let mut ids = vec![producer_id(&client, Destination::Any).await];
    for node in 1..=3 {
        ids.push(producer_id(&client, Destination::Node(NodeId(node))).await);
    }
    ids.push(producer_id(&client, Destination::Controller).await);
    let key = CoordinatorKey::Transaction("mine".to_owned());
    ids.push(producer_id(&client, Destination::Coordinator(key)).await);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 6, "no id is given twice");
    let versions = Typed::new(ApiVersionsRequest {
        client_software_name: "tests".into(),
        client_software_version: "1".into(),
        ..ApiVersionsRequest::DEFAULT
    });
    let answer = client.ask(Destination::Any, versions, SOON).await.unwrap();
    assert!(answer.frame.decode::<ApiVersionsResponse<'_>>().unwrap().body.api_keys.len() > 10);
}

#[tokio::test]
async fn many_questions_at_once_have_each_their_answer() {
    let cluster = TestCluster::builder().nodes(3).start().await.unwrap();
    let client = plain(&cluster);
    let asked: Vec<_> = (0..200)
        .map(|nth| {
            let (client, to) = (client.clone(), Destination::Node(NodeId(nth % 3 + 1)));
            tokio::spawn(async move { producer_id(&client, to).await })
        })
        .collect();
    let mut ids = Vec::new();
    for one in asked {
        ids.push(one.await.unwrap());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 200);
}

#[tokio::test]
async fn a_cluster_answers_through_tls() {
    let builder = TestCluster::builder().nodes(3).topic("orders", 6).tls(ClientAuth::None);
    let cluster = builder.start().await.unwrap();
    let settings = settings_of(&cluster, Listener::Tls);
    let client = Client::start(settings, believing(&cluster), ShellSettings::default()).unwrap();
    for node in 1..=3 {
        producer_id(&client, Destination::Node(NodeId(node))).await;
    }
    assert_eq!(leaders(&client, "orders").await.len(), 6);
    client.close().await;
}

#[tokio::test]
async fn a_broker_that_was_killed_is_used_again_when_it_is_back() {
    let mut cluster = TestCluster::builder().nodes(3).start().await.unwrap();
    let client = plain(&cluster);
    let to = || Destination::Node(NodeId(2));
    producer_id(&client, to()).await;
    cluster.kill(NodeId(2)).await;
    let request = new_producer();
    let failure = client.ask(to(), request, Duration::from_millis(300)).await.unwrap_err();
    assert_eq!(failure.fate, Fate::NotWritten, "{failure}");
    cluster.restart(NodeId(2), Restart::WithSnapshot).await.unwrap();
    producer_id(&client, to()).await;
}

#[tokio::test]
async fn leaders_that_move_are_seen_after_they_moved() {
    let cluster = TestCluster::builder().nodes(3).topic("orders", 1).start().await.unwrap();
    let client = plain(&cluster);
    for node in [1, 2, 3, 1] {
        cluster.move_leader("orders", 0, NodeId(node));
        assert_eq!(leaders(&client, "orders").await, [node]);
    }
}

#[tokio::test]
async fn a_silent_broker_ends_a_question_by_its_deadline() {
    let cluster = TestCluster::builder().nodes(1).start().await.unwrap();
    let client = plain(&cluster);
    producer_id(&client, Destination::Any).await;
    cluster.freeze(NodeId(1));
    let request = new_producer();
    let within = Duration::from_millis(200);
    let failure = client.ask(Destination::Any, request, within).await.unwrap_err();
    assert!(matches!(failure.reason, Reason::DeadlinePassed(_)), "{failure}");
    assert_eq!(failure.fate, Fate::Unknown, "{failure}");
}

#[tokio::test]
async fn questions_end_when_the_client_is_closed() {
    let cluster = TestCluster::builder().nodes(1).start().await.unwrap();
    let client = plain(&cluster);
    producer_id(&client, Destination::Any).await;
    cluster.freeze(NodeId(1));
    let asking = {
        let client = client.clone();
        let request = new_producer();
        tokio::spawn(async move { client.ask(Destination::Any, request, SOON).await })
    };
    while client.with(|cluster, _| cluster.metadata().brokers().count()).await == Some(0) {}
    tokio::task::yield_now().await;
    client.close().await;
    let failure = asking.await.unwrap().unwrap_err();
    assert!(!matches!(failure.reason, Reason::DeadlinePassed(_)), "{failure}");
    let request = new_producer();
    let failure = client.ask(Destination::Any, request, SOON).await.unwrap_err();
    assert_eq!((failure.reason, failure.fate), (Reason::Closed, Fate::NotWritten));
}

#[tokio::test]
async fn nobody_who_listens_is_told_with_the_reason() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server: HostPort = taken.local_addr().unwrap().to_string().parse().unwrap();
    drop(taken);
    let settings = Settings::new(vec![server]);
    let client =
        Client::start(settings, TransportSettings::default(), ShellSettings::default()).unwrap();
    let request = new_producer();
    let within = Duration::from_millis(300);
    let failure = client.ask(Destination::Any, request, within).await.unwrap_err();
    assert!(failure.to_string().contains("connect: the connection was refused"), "{failure}");
    assert_eq!(failure.fate, Fate::NotWritten);
}
