//! Who we are and whom we believe, over loopback: every mechanism, with TLS and without.
#![cfg(test)]
#![cfg(feature = "tls")]

use std::sync::Arc;
use std::time::Duration;

use klamm_broker::cluster::Listener;
use klamm_broker::security::certificates::TestCa;
use klamm_broker::security::sasl::{Authenticated, Credentials as Users, Iterations};
use klamm_broker::security::{Principal, Sasl};
use klamm_broker::server::{ClientAuth, TestCluster};
use klamm_cluster::sasl::{Credentials, Mechanism, ScramHash, Token, TokenError};
use klamm_cluster::transport::{ClientIdentity, Pem, TlsSettings};
use klamm_cluster::{Destination, RequestFailure, Secret, Settings, TransportSettings, Typed};
use klamm_net::{BoxFuture, Client, ShellSettings};
use klamm_protocol::init_producer_id::InitProducerIdRequest;

const SOON: Duration = Duration::from_secs(20);
/// Long enough for a refusal, which is repeated until then.
const BRIEFLY: Duration = Duration::from_millis(500);
const PASSWORD: &str = "marker-secret";

fn sasl() -> Sasl {
    let users = Users::new(1, Iterations::MIN).with_user("alice", PASSWORD);
    Sasl::new(users.with_token_check(|token, now| {
        let lifetime = klamm_wire::WallMillis(now.0 + 3_600_000);
        match token {
            PASSWORD => Ok(Authenticated { principal: Principal::user("alice"), lifetime }),
            _ => Err("invalid_token".to_owned()),
        }
    }))
}

async fn cluster() -> TestCluster {
    let builder = TestCluster::builder().nodes(1).tls(ClientAuth::None).sasl(sasl());
    builder.start().await.unwrap()
}

fn believing(pem: String) -> TlsSettings {
    let roots = vec![Pem::Text(pem.into())];
    TlsSettings { roots, public_roots: false, ..TlsSettings::default() }
}

fn transport(cluster: &TestCluster, listener: Listener) -> TransportSettings {
    let tls = listener.is_tls().then(|| believing(cluster.ca_pem().unwrap()));
    TransportSettings { tls, ..TransportSettings::default() }
}

fn credentials(mechanism: Mechanism, password: &str) -> Credentials {
    let (username, password) = ("alice".to_owned(), Secret::from(password));
    let scram = |hash, username, password| Credentials::Scram { hash, username, password };
    match mechanism {
        Mechanism::Plain => Credentials::Plain { username, password },
        Mechanism::ScramSha256 => scram(ScramHash::Sha256, username, password),
        Mechanism::ScramSha512 => scram(ScramHash::Sha512, username, password),
        Mechanism::OAuthBearer => Credentials::OAuthBearer,
    }
}

/// A provider whose only token is this.
fn tokens(value: &str) -> ShellSettings {
    let value = Secret::from(value);
    let provide = move || -> BoxFuture<Result<Token, TokenError>> {
        let token = Token { value: value.clone(), extensions: Vec::new() };
        Box::pin(std::future::ready(Ok(token)))
    };
    ShellSettings { tokens: Some(Arc::new(provide)) }
}

fn client(bootstrap: &str, transport: TransportSettings, who: Option<(Mechanism, &str)>) -> Client {
    let mut settings = Settings::new(vec![bootstrap.parse().unwrap()]);
    settings.sasl = who.map(|(mechanism, password)| credentials(mechanism, password));
    let shell = tokens(who.map_or("", |(_, password)| password));
    Client::start(settings, transport, shell).unwrap()
}

async fn ask(client: &Client, within: Duration) -> Result<(), RequestFailure> {
    let none = InitProducerIdRequest { transactional_id: None, ..InitProducerIdRequest::DEFAULT };
    client.ask(Destination::Any, Typed::new(none), within).await.map(drop)
}

/// Why a client is not let in, in words that hold no secret.
async fn refusal(client: &Client) -> String {
    let failure = ask(client, BRIEFLY).await.unwrap_err();
    assert!(!format!("{failure:?} {failure}").contains(PASSWORD), "{failure:?}");
    failure.to_string()
}

#[tokio::test]
async fn every_mechanism_opens_every_listener_that_asks() {
    let cluster = cluster().await;
    for listener in [Listener::SaslPlain, Listener::SaslTls] {
        let bootstrap = cluster.bootstrap_of(listener);
        for mechanism in Mechanism::ALL {
            let who = Some((mechanism, PASSWORD));
            let client = client(&bootstrap, transport(&cluster, listener), who);
            ask(&client, SOON).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_named_by_its_stage() {
    let cluster = cluster().await;
    let bootstrap = cluster.bootstrap_of(Listener::SaslPlain);
    for mechanism in Mechanism::ALL {
        let wrong = Some((mechanism, "guessed"));
        let client = client(&bootstrap, transport(&cluster, Listener::SaslPlain), wrong);
        let said = refusal(&client).await;
        assert!(said.contains("SASL: "), "{mechanism}: {said}");
    }
}

#[tokio::test]
async fn strangers_to_each_others_protocol_are_told_apart() {
    let cluster = cluster().await;
    let secured = transport(&cluster, Listener::Tls);
    let spoken = client(&cluster.bootstrap_of(Listener::Plain), secured, None);
    let said = refusal(&spoken).await;
    assert!(said.contains("TLS: "), "TLS to a plain port: {said}");
    let plain = TransportSettings::default();
    let spoken = client(&cluster.bootstrap_of(Listener::Tls), plain, None);
    let said = refusal(&spoken).await;
    assert!(said.contains("ApiVersions: "), "plain to a port of TLS: {said}");
}

#[tokio::test]
async fn a_peer_that_nobody_vouches_for_is_not_spoken_to() {
    let cluster = cluster().await;
    let stranger = believing(TestCa::new(99).unwrap().pem());
    let misnamed = TlsSettings {
        server_name: Some("elsewhere.example".to_owned()),
        ..believing(cluster.ca_pem().unwrap())
    };
    for (tls, words) in [(stranger, "nobody believed vouches"), (misnamed, "elsewhere.example")] {
        let settings = TransportSettings { tls: Some(tls), ..TransportSettings::default() };
        let client = client(&cluster.bootstrap_of(Listener::Tls), settings, None);
        let said = refusal(&client).await;
        assert!(said.contains("TLS: ") && said.contains(words), "{said}");
    }
}

#[tokio::test]
async fn a_certificate_is_shown_where_it_is_required() {
    let builder = TestCluster::builder().nodes(1).tls(ClientAuth::Required);
    let cluster = builder.start().await.unwrap();
    let own = cluster.ca().unwrap().client("alice").unwrap();
    let foreign = TestCa::new(99).unwrap().client("alice").unwrap();
    let identity = |of: &klamm_broker::security::certificates::Identity| ClientIdentity {
        chain: Pem::Text(of.certificate_pem().into()),
        key: Pem::Text(of.key_pem().into()),
        password: None,
    };
    for (identity, is_let_in) in
        [(Some(identity(&own)), true), (Some(identity(&foreign)), false), (None, false)]
    {
        let tls = TlsSettings { identity, ..believing(cluster.ca_pem().unwrap()) };
        let settings = TransportSettings { tls: Some(tls), ..TransportSettings::default() };
        let client = client(&cluster.bootstrap_of(Listener::Tls), settings, None);
        if is_let_in {
            ask(&client, SOON).await.unwrap();
        } else {
            let said = refusal(&client).await;
            assert!(said.contains("the peer refused with the TLS alert"), "{said}");
        }
    }
}
