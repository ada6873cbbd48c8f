//! Passwords, rights and TLS, as a producer meets them.
#![cfg(test)]

mod world;

use klamm::{Builder, ErrorKind, Fate, Producer, Record};
use klamm_broker::cluster::{Listener, Restart};
use klamm_broker::security::Sasl;
use klamm_broker::security::sasl::{Credentials, Iterations};
use klamm_broker::server::{ClientAuth, TestCluster};
use world::{ends, order, values};

/// How clients say who they are.
const MECHANISMS: [&str; 2] = ["PLAIN", "SCRAM-SHA-256"];

fn users() -> Sasl {
    with_password("alice-secret")
}

fn with_password(password: &str) -> Sasl {
    Sasl::new(Credentials::new(1, Iterations::MIN).with_user("alice", password))
}

/// A cluster of one node at which alice has a password.
async fn secured() -> TestCluster {
    let builder = TestCluster::builder().nodes(1).topic("orders", 1).sasl(users());
    builder.start().await.unwrap()
}

/// Gives alice another password, and has everybody come anew.
async fn changes_password(cluster: &mut TestCluster, password: &str) {
    cluster.with(|cluster, _| cluster.change_sasl(with_password(password)));
    let node = cluster.nodes()[0];
    cluster.kill(node).await;
    cluster.restart(node, Restart::WithSnapshot).await.unwrap();
}

/// A producer of alice's that tries again soon.
fn patient(cluster: &TestCluster, mechanism: &str) -> Builder {
    as_alice(&cluster.bootstrap_of(Listener::SaslPlain), "alice-secret")
        .set("sasl.mechanism", mechanism)
        .set("reconnect.backoff.ms", 5)
        .set("reconnect.backoff.max.ms", 20)
}

/// Waits until a server has not believed the producer.
async fn refused(producer: &Producer) {
    let before = producer.metrics().await.network.refused;
    ends(async {
        while producer.metrics().await.network.refused == before {
            tokio::task::yield_now().await;
        }
    })
    .await;
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
async fn a_user_who_is_made_later_gets_in_by_the_next_build() {
    let cluster = secured().await;
    let nobody = Sasl::new(Credentials::new(1, Iterations::MIN));
    cluster.with(|cluster, _| cluster.change_sasl(nobody));
    for mechanism in MECHANISMS {
        let error = ends(patient(&cluster, mechanism).build()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication, "{mechanism}: {error}");
    }
    cluster.with(|cluster, _| cluster.change_sasl(users()));
    for mechanism in MECHANISMS {
        let producer = ends(patient(&cluster, mechanism).build()).await.unwrap();
        ends(producer.send(order(mechanism))).await.unwrap();
    }
    assert_eq!(values(&cluster, "orders", 0), MECHANISMS);
}

#[tokio::test]
async fn records_wait_while_a_password_is_wrong_and_arrive_when_it_is_right_again() {
    for mechanism in MECHANISMS {
        let mut cluster = secured().await;
        let producer = ends(patient(&cluster, mechanism).build()).await.unwrap();
        ends(producer.send(order("before"))).await.unwrap();
        changes_password(&mut cluster, "another").await;
        let waiting = [
            ends(producer.enqueue(order("a"))).await.unwrap(),
            ends(producer.enqueue(order("b"))).await.unwrap(),
        ];
        refused(&producer).await;
        assert!(waiting.iter().all(|delivery| delivery.result().is_none()));
        assert_eq!(values(&cluster, "orders", 0), ["before"]);
        changes_password(&mut cluster, "alice-secret").await;
        for delivery in waiting {
            ends(delivery).await.unwrap();
        }
        ends(producer.send(order("after"))).await.unwrap();
        assert_eq!(values(&cluster, "orders", 0), ["before", "a", "b", "after"]);
    }
}

#[tokio::test]
async fn records_end_by_their_deadline_while_a_password_is_wrong() {
    let mut cluster = secured().await;
    let builder = patient(&cluster, "PLAIN").set("linger.ms", 0);
    let builder = builder.set("delivery.timeout.ms", 800).set("request.timeout.ms", 400);
    let producer = ends(builder.build()).await.unwrap();
    ends(producer.send(order("before"))).await.unwrap();
    changes_password(&mut cluster, "another").await;
    let error = ends(producer.send(order("lost"))).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Authentication, Fate::NotWritten));
    assert!(error.to_string().contains("deadline") && error.next_step().is_some(), "{error}");
    assert!(!format!("{error} {error:?}").contains("alice-secret"), "{error:?}");
    let error = ends(producer.topic("unheard-of")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    let flushed = ends(producer.flush()).await.unwrap();
    assert_eq!((flushed.acked, flushed.failed), (0, 0));
    changes_password(&mut cluster, "alice-secret").await;
    let mut sent = ends(producer.send(order("after"))).await;
    while sent.as_ref().is_err_and(|error| error.fate() == Fate::NotWritten) {
        sent = ends(producer.send(order("after"))).await;
    }
    sent.unwrap();
    assert_eq!(values(&cluster, "orders", 0), ["before", "after"]);
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
