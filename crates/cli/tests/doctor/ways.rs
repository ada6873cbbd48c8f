//! Ways to a broker, good and bad.

use std::time::Duration;

use klamm_broker::Persona;
use klamm_broker::cluster::Listener;
use klamm_broker::security::sasl::Mechanism;
use klamm_broker::server::{Certificate, ClientAuth};
use klamm_wire::NodeId;

use crate::bed::{Bed, cluster, sasl};
use crate::page::check;

const SCRAM: [Mechanism; 2] = [Mechanism::ScramSha256, Mechanism::ScramSha512];

#[tokio::test]
async fn a_good_broker_is_found_good() {
    let bed = Bed::of(cluster(), Listener::Plain).await;
    check("good", &bed.with(&["--topic", "orders"])).await;
}

#[tokio::test]
async fn a_broker_that_needs_a_moment_is_found_good() {
    let bed = Bed::of(cluster(), Listener::Plain).await.with(&["--topic", "orders"]);
    let fault = "init-producer-id: on-receipt error COORDINATOR_LOAD_IN_PROGRESS times 2";
    let fault = bed.cluster.inject(fault.parse().unwrap());
    check("good", &bed).await;
    assert_eq!(bed.cluster.fired(fault), 2);
}

#[tokio::test]
async fn a_good_broker_behind_tls_and_scram_is_found_good() {
    let builder = cluster().tls(ClientAuth::None).sasl(sasl(&SCRAM));
    let bed = Bed::of(builder, Listener::SaslTls).await.believing();
    let bed = bed.set("security.protocol", "SASL_SSL").for_alice("SCRAM-SHA-512", "RIGHT");
    check("good_tls_scram", &bed).await;
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_told() {
    let mut bed = Bed::of(cluster(), Listener::Plain).await;
    bed.cluster.kill(NodeId(1)).await;
    check("refused", &bed.with(&["--topic", "orders"])).await;
}

#[tokio::test]
async fn plaintext_to_a_port_of_tls_is_told() {
    let bed = Bed::of(cluster().tls(ClientAuth::None), Listener::Tls).await;
    check("plaintext_to_tls", &bed).await;
}

#[tokio::test]
async fn tls_to_a_plain_port_is_told() {
    let bed = Bed::of(cluster(), Listener::Plain).await;
    check("tls_to_plaintext", &bed.set("security.protocol", "SSL")).await;
}

#[tokio::test]
async fn an_authority_that_is_not_believed_is_told() {
    let bed = Bed::of(cluster().tls(ClientAuth::None), Listener::Tls).await;
    check("wrong_authority", &bed.set("security.protocol", "SSL")).await;
}

#[tokio::test]
async fn a_certificate_for_others_is_told() {
    let bed = Bed::of(cluster().tls(ClientAuth::None), Listener::Tls).await.believing();
    let bed = bed.set("security.protocol", "SSL").set("klamm.ssl.server.name", "broker.test");
    check("wrong_name", &bed).await;
}

#[tokio::test]
async fn certificates_of_other_times_and_names_are_told() {
    for (certificate, name) in [
        (Certificate::Expired, "expired"),
        (Certificate::NotYetValid, "not_yet_valid"),
        (Certificate::OtherName, "other_name"),
    ] {
        let builder = cluster().tls(ClientAuth::None).certificate(certificate);
        let bed = Bed::of(builder, Listener::Tls).await.believing();
        check(name, &bed.set("security.protocol", "SSL")).await;
    }
}

#[tokio::test]
async fn a_certificate_of_ours_that_is_missing_is_told() {
    let bed = Bed::of(cluster().tls(ClientAuth::Required), Listener::Tls).await.believing();
    check("no_client_certificate", &bed.set("security.protocol", "SSL")).await;
}

#[tokio::test]
async fn a_client_with_a_certificate_is_let_in() {
    let bed = Bed::of(cluster().tls(ClientAuth::Required), Listener::Tls).await.believing();
    let own = bed.cluster.ca().unwrap().client("doctor").unwrap();
    let bed = bed
        .set("security.protocol", "SSL")
        .set("ssl.certificate.pem", &own.certificate_pem())
        .set("ssl.key.pem", &own.key_pem());
    check("client_certificate", &bed).await;
}

#[tokio::test]
async fn a_token_that_nobody_signed_will_do_for_tests() {
    let offered = sasl(&[Mechanism::OAuthBearer]);
    let bed = Bed::of(cluster().sasl(offered), Listener::SaslPlain).await;
    let bed = bed
        .set("security.protocol", "SASL_PLAINTEXT")
        .set("sasl.mechanism", "OAUTHBEARER")
        .set("enable.sasl.oauthbearer.unsecure.jwt", "true")
        .set("sasl.oauthbearer.config", "principal=alice");
    check("token", &bed).await;
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    for (mechanism, name) in
        [("PLAIN", "wrong_password_plain"), ("SCRAM-SHA-256", "wrong_password")]
    {
        let offered = [Mechanism::Plain, Mechanism::ScramSha256];
        let bed = Bed::of(cluster().sasl(sasl(&offered)), Listener::SaslPlain).await;
        let bed = bed.set("security.protocol", "SASL_PLAINTEXT").for_alice(mechanism, "WRONG");
        check(name, &bed).await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_given_once_and_not_to_every_server() {
    let bed = cluster().nodes(3).sasl(sasl(&[Mechanism::ScramSha256]));
    let bed = Bed::of(bed, Listener::SaslPlain).await;
    let servers = bed.cluster.bootstrap_of(Listener::SaslPlain);
    let bed = bed.set("security.protocol", "SASL_PLAINTEXT").for_alice("SCRAM-SHA-256", "WRONG");
    check("wrong_password_once", &bed.with(&["-b", &servers])).await;
}

#[tokio::test]
async fn a_mechanism_that_the_broker_lacks_is_told_with_those_it_has() {
    let bed = Bed::of(cluster().sasl(sasl(&SCRAM)), Listener::SaslPlain).await;
    let bed = bed.set("security.protocol", "SASL_PLAINTEXT").for_alice("PLAIN", "RIGHT");
    check("unsupported_mechanism", &bed).await;
}

#[tokio::test]
async fn a_listener_that_wants_a_name_is_told_from_one_that_hangs_up() {
    let bed = Bed::of(cluster().sasl(sasl(&SCRAM)), Listener::SaslPlain).await;
    check("no_name", &bed).await;
}

#[tokio::test]
async fn a_name_for_a_listener_that_asks_nobody_is_told() {
    let bed = Bed::of(cluster(), Listener::Plain).await;
    let bed = bed.set("security.protocol", "SASL_PLAINTEXT").for_alice("SCRAM-SHA-256", "RIGHT");
    check("needless_name", &bed).await;
}

#[tokio::test]
async fn a_missing_topic_is_told_and_not_created() {
    let bed = Bed::of(cluster(), Listener::Plain).await.with(&["--topic", "nothing"]);
    check("missing_topic", &bed).await;
    assert_eq!(bed.cluster.leaders("nothing"), []);
}

#[tokio::test]
async fn rights_that_are_missing_are_told() {
    let rule = "allow User:bob Write topic:orders".parse().unwrap();
    let bed = Bed::of(cluster().sasl(sasl(&SCRAM)).acl(rule), Listener::SaslPlain).await;
    let bed = bed.set("security.protocol", "SASL_PLAINTEXT").for_alice("SCRAM-SHA-256", "RIGHT");
    check("no_rights", &bed.with(&["--topic", "orders"])).await;
}

#[tokio::test]
async fn a_broker_that_is_not_where_the_cluster_says_is_told() {
    let bed = Bed::of(cluster().nodes(2), Listener::Plain).await.with_a_stranger().await;
    check("unreachable_broker", &bed).await;
}

#[tokio::test]
async fn silence_is_told() {
    let bed = Bed::of(cluster(), Listener::Plain).await;
    bed.cluster.freeze(NodeId(1));
    check("silence", &bed.set("request.timeout.ms", "300")).await;
}

#[tokio::test]
async fn a_broker_that_wants_to_be_left_alone_is_not_waited_for() {
    let bed = Bed::of(cluster(), Listener::Plain).await.with(&["--topic", "orders"]);
    bed.cluster.inject("metadata: answering throttle 60s".parse().unwrap());
    check("throttled", &bed.set("request.timeout.ms", "600")).await;
}

#[tokio::test]
async fn a_broker_that_hangs_up_on_new_versions_is_asked_in_the_old_way() {
    let bed = Bed::of(cluster().persona(Persona::EventHubs), Listener::Plain).await;
    check("event_hubs", &bed.with(&["--topic", "orders"])).await;
}

#[tokio::test]
async fn a_second_server_is_tried_where_the_first_is_not_there() {
    let mut bed = Bed::of(cluster().nodes(2), Listener::Plain).await;
    let servers = bed.cluster.bootstrap();
    bed.cluster.kill(NodeId(1)).await;
    check("second_server", &bed.with(&["-b", &servers])).await;
}

#[tokio::test]
async fn sessions_that_end_are_renewed_while_watching() {
    let session = Duration::from_secs(1);
    let offered = sasl(&SCRAM).with_max_reauth(session);
    let bed = Bed::of(cluster().sasl(offered), Listener::SaslPlain).await;
    let bed = bed.set("security.protocol", "SASL_PLAINTEXT").for_alice("SCRAM-SHA-256", "RIGHT");
    check("watching", &bed.with(&["--for", "2"])).await;
}

#[tokio::test]
async fn a_connection_that_is_cut_is_told_while_watching() {
    let bed = Bed::of(cluster(), Listener::Plain).await;
    let fault = "metadata: on-receipt drop-connection skip 1 every 3";
    bed.cluster.inject(fault.parse().unwrap());
    check("watching_cuts", &bed.with(&["--for", "3"])).await;
}

#[tokio::test]
async fn a_partition_without_a_leader_is_told() {
    let mut bed = Bed::of(cluster().nodes(2).settings(one_replica), Listener::Plain).await;
    bed.cluster.kill(NodeId(2)).await;
    check("leaderless", &bed.with(&["--topic", "orders"])).await;
}

fn one_replica(settings: &mut klamm_broker::cluster::ClusterSettings) {
    settings.topics.replication = 1;
}
