//! A cluster that knows alice, and clients that say that they are her.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use klamm_broker::cluster::Listener;
use klamm_broker::security::Sasl;
use klamm_broker::security::sasl::{Credentials as Users, Iterations};
use klamm_broker::server::{Builder, ClientAuth, TestCluster};
use klamm_cluster::cluster::News;
use klamm_cluster::sasl::{Credentials, Mechanism, ScramHash, Token};
use klamm_cluster::transport::{ClientIdentity, Pem, TlsSettings};
use klamm_cluster::{ConnFailure, Destination, RequestFailure, Settings, TransportSettings, Typed};
use klamm_net::{Client, ShellSettings, TcpConnector};
use klamm_protocol::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use klamm_wire::ErrorCode;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Long enough for anything that works.
pub(crate) const SOON: Duration = Duration::from_secs(60);

pub(crate) const PASSWORD: &str = "alice-secret";

/// Prints the line of a cell.
pub(crate) fn tell(cell: &str, end: impl std::fmt::Display) {
    println!("{cell:<52}  {end}");
}

/// What a broker offers that knows alice.
pub(crate) fn sasl() -> Sasl {
    Sasl::new(Users::new(1, Iterations::MIN).with_user("alice", PASSWORD))
}

/// A cluster with every listener. Nobody but alice may write, by whatever she is known.
pub(crate) fn described() -> Builder {
    let builder = TestCluster::builder().topic("orders", 1).sasl(sasl()).tls(ClientAuth::None);
    let rules = ["allow User:alice Write topic:orders", "allow User:CN=alice Write topic:orders"];
    rules.iter().fold(builder, |builder, rule| builder.acl(rule.parse().unwrap()))
}

/// Like [`described`], and anybody may write.
pub(crate) fn described_open() -> Builder {
    TestCluster::builder().topic("orders", 1).sasl(sasl()).tls(ClientAuth::None)
}

/// A client before it is started.
pub(crate) struct Seeker {
    pub(crate) settings: Settings,
    pub(crate) transport: TransportSettings,
    shell: ShellSettings,
}

impl Seeker {
    /// One that dials a listener and speaks TLS there as it must, and says no name.
    pub(crate) fn of(cluster: &TestCluster, listener: Listener) -> Self {
        let bootstrap = cluster.bootstrap_of(listener);
        let settings =
            Settings::new(bootstrap.split(',').map(|one| one.parse().unwrap()).collect());
        let (transport, shell) = (TransportSettings::default(), ShellSettings::default());
        let seeker = Self { settings, transport, shell };
        if listener.is_tls() { seeker.believing(cluster.ca_pem().unwrap()) } else { seeker }
    }

    /// Speaks TLS and believes this authority.
    pub(crate) fn believing(mut self, authority: String) -> Self {
        let roots = vec![Pem::Text(authority.into())];
        let tls = TlsSettings { roots, public_roots: false, ..TlsSettings::default() };
        self.transport.tls = Some(tls);
        self
    }

    /// Speaks no TLS.
    pub(crate) fn in_the_clear(mut self) -> Self {
        self.transport.tls = None;
        self
    }

    /// Shows a certificate.
    pub(crate) fn showing(mut self, chain: String, key: String) -> Self {
        let (chain, key) = (Pem::Text(chain.into()), Pem::Text(key.into()));
        let identity = ClientIdentity { chain, key, password: None };
        self.transport.tls.as_mut().unwrap().identity = Some(identity);
        self
    }

    /// Says that it is alice.
    pub(crate) fn by(self, mechanism: Mechanism) -> Self {
        self.guessing(mechanism, PASSWORD)
    }

    /// Says that it is alice, with this password; a token is about nobody if it is another one.
    pub(crate) fn guessing(mut self, mechanism: Mechanism, password: &str) -> Self {
        let (username, secret) = ("alice".to_owned(), password.to_owned().into());
        let scram = |hash, username, password| Credentials::Scram { hash, username, password };
        self.settings.sasl = Some(match mechanism {
            Mechanism::Plain => Credentials::Plain { username, password: secret },
            Mechanism::ScramSha256 => scram(ScramHash::Sha256, username, secret),
            Mechanism::ScramSha512 => scram(ScramHash::Sha512, username, secret),
            Mechanism::OAuthBearer => Credentials::OAuthBearer,
        });
        let subject = if password == PASSWORD { "alice" } else { " " };
        self.shell.tokens = Some(Arc::new(move || {
            let token = Token { value: unsigned(subject).into(), extensions: Vec::new() };
            Box::pin(async { Ok(token) }) as klamm_net::BoxFuture<_>
        }));
        self
    }

    /// Names itself.
    pub(crate) fn named(mut self, client_id: String) -> Self {
        self.settings.connection.client_id = Some(client_id);
        self
    }

    pub(crate) fn start(self) -> Seeking {
        let connector = TcpConnector::new(self.transport).unwrap();
        let (tell, told) = unbounded_channel();
        let listener = Box::new(move |news: &News| {
            #[allow(clippy::wildcard_enum_match_arm)]
            let told = match news {
                News::Unreachable { failure, .. } | News::Down { failure, .. } => {
                    Told::Failed(failure.clone())
                }
                News::Metadata(_) => Told::Picture,
                _ => return,
            };
            drop(tell.send(told));
        });
        let client =
            Client::start_over(Arc::new(connector), self.settings, self.shell, listener).unwrap();
        Seeking { client, told }
    }
}

/// What a client tells besides answers.
pub(crate) enum Told {
    Failed(ConnFailure),
    Picture,
}

/// A client that was started.
pub(crate) struct Seeking {
    pub(crate) client: Client,
    told: UnboundedReceiver<Told>,
}

impl Seeking {
    /// The right to write, which proves that the cluster answers and knows who asks.
    pub(crate) async fn may_write(&self) {
        ask(&self.client, Destination::Any).await.unwrap();
    }

    /// How the question for the right to write fails.
    pub(crate) async fn is_refused(&self) -> RequestFailure {
        ask(&self.client, Destination::Any).await.unwrap_err()
    }

    /// The first connection that fails while something is asked.
    pub(crate) async fn first_failure(mut self) -> ConnFailure {
        let client = self.client.clone();
        let asking = tokio::spawn(async move { ask(&client, Destination::Any).await });
        let failed = async {
            loop {
                match self.told.recv().await.unwrap() {
                    Told::Failed(failure) => return failure,
                    Told::Picture => {}
                }
            }
        };
        let failure = tokio::time::timeout(SOON, failed).await.unwrap();
        asking.abort();
        failure
    }

    /// Connections that failed until now.
    pub(crate) fn failures(&mut self) -> Vec<ConnFailure> {
        let told = std::iter::from_fn(|| self.told.try_recv().ok());
        told.filter_map(|told| match told {
            Told::Failed(failure) => Some(failure),
            Told::Picture => None,
        })
        .collect()
    }

    /// Waits until something was learned of the cluster.
    pub(crate) async fn picture(&mut self) {
        let learned = async { while !matches!(self.told.recv().await, Some(Told::Picture)) {} };
        tokio::time::timeout(SOON, learned).await.unwrap();
    }
}

/// Asks for a producer id, to which nobody has a right who may not write.
pub(crate) async fn ask(client: &Client, to: Destination) -> Result<i64, RequestFailure> {
    let request =
        InitProducerIdRequest { transactional_id: None, ..InitProducerIdRequest::DEFAULT };
    let answer = client.ask(to, Typed::new(request), SOON).await?;
    let decoded = answer.frame.decode::<InitProducerIdResponse<'_>>().unwrap();
    assert_eq!(decoded.body.error_code, ErrorCode::NONE);
    Ok(decoded.body.producer_id.0)
}

/// A token without a signature, for an hour.
fn unsigned(subject: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = format!(r#"{{"sub":"{subject}","iat":{now},"exp":{}}}"#, now + 3600);
    let [header, claims] = [r#"{"alg":"none"}"#, &claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}.")
}
