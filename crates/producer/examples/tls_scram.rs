//! TLS with an authority of one's own, and a password by SCRAM, which never travels.
//!
//! Run: `cargo run -p klamm --example tls_scram`
//! Last line: `alice was let in: orders-0@…`

mod common;

use std::time::Duration;

use klamm::{Builder, ErrorKind, Producer, Record};
use klamm_broker::cluster::Listener;
use klamm_broker::security::Sasl;
use klamm_broker::security::sasl::{Credentials, Iterations};
use klamm_broker::server::{ClientAuth, TestCluster};

/// A cluster with an authority that it made itself, and one user.
async fn secure_cluster() -> common::Outcome<TestCluster> {
    let users = Credentials::new(1, Iterations::MIN).with_user("alice", "alice-secret");
    let builder = TestCluster::builder().topic("orders", 1).tls(ClientAuth::None);
    Ok(builder.sasl(Sasl::new(users)).start().await?)
}

fn as_alice(cluster: &TestCluster, password: &str) -> common::Outcome<Builder> {
    let authority = cluster.ca_pem().ok_or("the cluster has no authority")?;
    Ok(Producer::builder()
        .bootstrap(&cluster.bootstrap_of(Listener::SaslTls))
        .set("security.protocol", "SASL_SSL")
        // `ssl.ca.location` takes a file. Without either, public authorities are believed.
        .set("ssl.ca.pem", authority)
        .set("sasl.mechanism", "SCRAM-SHA-512")
        .set("sasl.username", "alice")
        .set("sasl.password", password))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = match common::from_environment() {
        Some(builder) => (builder, None),
        None => {
            let cluster = secure_cluster().await?;
            match as_alice(&cluster, "guessed")?.build().await {
                Err(error) if error.kind() == ErrorKind::Authentication => println!("{error}"),
                other => return Err(format!("a wrong password: {other:?}").into()),
            }
            (as_alice(&cluster, "alice-secret")?, Some(cluster))
        }
    };
    let producer = builder.set("linger.ms", 0).build().await?;
    let acked = producer.send(Record::to("orders").value("two of those").partition(0)).await?;
    producer.close(Duration::from_secs(10)).await?;
    println!("alice was let in: {acked}");
    Ok(())
}
