//! Clients that do everything right.

use klamm_broker::cluster::Listener;
use klamm_broker::server::ClientAuth;
use klamm_cluster::sasl::Mechanism;
use klamm_cluster::transport::TlsVersions;

use crate::world::{Seeker, described, described_open, tell};

#[tokio::test]
async fn anybody_is_answered_in_the_clear_and_through_tls() {
    let cluster = described_open().start().await.unwrap();
    for listener in [Listener::Plain, Listener::Tls] {
        Seeker::of(&cluster, listener).start().may_write().await;
        tell(listener.name(), "good");
    }
}

#[tokio::test]
async fn every_version_of_tls_is_spoken() {
    let cluster = described_open().start().await.unwrap();
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let mut seeker = Seeker::of(&cluster, Listener::Tls);
        seeker.transport.tls.as_mut().unwrap().versions = versions;
        seeker.start().may_write().await;
        tell(&format!("tls {versions:?}"), "good");
    }
}

#[tokio::test]
async fn every_mechanism_opens_every_listener_that_asks_for_a_name() {
    let cluster = described().start().await.unwrap();
    for listener in [Listener::SaslPlain, Listener::SaslTls] {
        for mechanism in Mechanism::ALL {
            Seeker::of(&cluster, listener).by(mechanism).start().may_write().await;
            tell(&format!("{} {mechanism}", listener.name()), "good");
        }
    }
}

#[tokio::test]
async fn a_certificate_opens_a_listener_that_insists_on_one() {
    let cluster = described().tls(ClientAuth::Required).start().await.unwrap();
    let alice = cluster.ca().unwrap().client("alice").unwrap();
    let seeker = Seeker::of(&cluster, Listener::Tls);
    seeker.showing(alice.certificate_pem(), alice.key_pem()).start().may_write().await;
    tell("tls, with a certificate", "good");
}

#[tokio::test]
async fn a_certificate_and_a_password_open_a_listener_that_wants_both() {
    let cluster = described().tls(ClientAuth::Required).start().await.unwrap();
    let bob = cluster.ca().unwrap().client("bob").unwrap();
    let seeker = Seeker::of(&cluster, Listener::SaslTls).by(Mechanism::ScramSha512);
    seeker.showing(bob.certificate_pem(), bob.key_pem()).start().may_write().await;
    tell("sasl_tls SCRAM-SHA-512, with a certificate", "good");
}
