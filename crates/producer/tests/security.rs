//! Passwords, rights and TLS, as a producer meets them.
#![cfg(test)]

mod world;

use klamm::{Builder, ErrorKind, Fate, Producer, Record};
use klamm_broker::cluster::Listener;
use klamm_broker::security::Sasl;
use klamm_broker::security::sasl::{Credentials, Iterations};
use klamm_broker::server::{ClientAuth, TestCluster};
use world::{ends, order, values};

fn users() -> Sasl {
    Sasl::new(Credentials::new(1, Iterations::MIN).with_user("alice", "alice-secret"))
}

fn as_alice(servers: &str, password: &str) -> Builder {
    Producer::builder()
        .bootstrap(servers)
        .set("security.protocol", "SASL_PLAINTEXT")
        .set("sasl.mechanism", "SCRAM-SHA-256")
        .set("sasl.username", "alice")
        .set("sasl.password", password)
}

#[tokio::test]
async fn a_wrong_password_fails_the_build_and_the_right_one_gets_in_later() {
    let builder = TestCluster::builder().nodes(1).topic("orders", 1).sasl(users());
    let cluster = builder.start().await.unwrap();
    let servers = cluster.bootstrap_of(Listener::SaslPlain);
    let error = ends(as_alice(&servers, "guessed-wrong").build()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    assert_eq!((error.fate(), error.is_retriable()), (Fate::NotWritten, false));
    assert!(!format!("{error} {error:?}").contains("guessed-wrong"), "{error:?}");
    let producer = ends(as_alice(&servers, "alice-secret").build()).await.unwrap();
    ends(producer.send(order("x"))).await.unwrap();
    assert_eq!(values(&cluster, "orders", 0), ["x"]);
}

#[tokio::test]
async fn who_may_not_write_idempotently_is_told_at_the_build() {
    let rule = "allow User:alice Describe topic:*".parse().unwrap();
    let builder = TestCluster::builder().nodes(1).topic("orders", 1).sasl(users()).acl(rule);
    let cluster = builder.start().await.unwrap();
    let servers = cluster.bootstrap_of(Listener::SaslPlain);
    // Names that only librdkafka has bring its defaults.
    let builder = as_alice(&servers, "alice-secret").set("enable.idempotence", true);
    let error = ends(builder.build()).await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Authorization, Some(31)));
    assert!(error.to_string().contains("IdempotentWrite"), "{error}");
}

#[tokio::test]
async fn a_topic_that_we_may_not_see_is_told_with_the_right_to_ask_for() {
    let rule = "allow User:alice Write topic:mine".parse().unwrap();
    let builder = TestCluster::builder().nodes(1).topic("orders", 1).topic("mine", 1);
    let cluster = builder.sasl(users()).acl(rule).start().await.unwrap();
    let servers = cluster.bootstrap_of(Listener::SaslPlain);
    let producer = ends(as_alice(&servers, "alice-secret").build()).await.unwrap();
    let error = ends(producer.send(order("x"))).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Authorization, Fate::NotWritten));
    assert!(error.to_string().contains("Write"), "{error}");
    ends(producer.send(Record::to("mine").value("x"))).await.unwrap();
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn records_travel_over_tls_and_an_unknown_authority_is_refused() {
    let builder = TestCluster::builder().nodes(1).topic("orders", 1).tls(ClientAuth::None);
    let cluster = builder.start().await.unwrap();
    let servers = cluster.bootstrap_of(Listener::Tls);
    let over_tls = || Producer::builder().bootstrap(&servers).set("security.protocol", "SSL");
    let error = ends(over_tls().build()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    let trusting = over_tls().set("ssl.ca.pem", cluster.ca_pem().unwrap());
    let producer = ends(trusting.build()).await.unwrap();
    ends(producer.send(order("x"))).await.unwrap();
}
