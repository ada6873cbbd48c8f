//! A second opinion: when it looks as if the two sides speak differently, the other way is tried.
//!
//! It is a guess that was put to the test once, and it is called so: what the settings ask for is
//! never changed by it.

use std::time::Duration;

use klamm_cluster::request::Typed;
use klamm_cluster::sasl::Mechanism;
use klamm_cluster::transport::TlsSettings;
use klamm_cluster::{Address, Cause, ConnFailure, HostPort, Stage as At, TlsFailure};
use klamm_net::{Connector as _, Transport, tls};
use klamm_protocol::negotiate::Ask;
use klamm_protocol::sasl_handshake::{SaslHandshakeRequest, SaslHandshakeResponse};

use super::finding::{Finding, Trouble};
use super::ladder::Fallen;
use super::setup::{Protocol, Setup};
use crate::exit::Exit;

/// A second opinion is had within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the other way showed.
pub(super) struct Opinion {
    /// What was seen.
    pub(super) seen: String,
    /// What to set.
    pub(super) next_step: String,
}

impl Opinion {
    /// A finding with this opinion in it.
    pub(super) fn added_to(self, finding: Finding) -> Finding {
        let Some(trouble) = finding.trouble().cloned() else { return finding };
        let cause = format!("{}; second opinion: {}", trouble.cause, self.seen);
        let trouble = Trouble { cause, next_step: Some(self.next_step) };
        finding.with("second_opinion", self.seen).bad(trouble, Exit::Security)
    }
}

/// Tries the other way, where there is one that explains the failure.
pub(super) async fn on(setup: &Setup, host: &HostPort, fallen: &Fallen) -> Option<Opinion> {
    let address = fallen.address?;
    let tried = async {
        match &setup.tls {
            None if might_be_tls(&fallen.failure) => speaks_tls(setup, host, address).await,
            Some(_) if might_be_plain(&fallen.failure) => speaks_plain(setup, host, address).await,
            None | Some(_) => None,
        }
    };
    tokio::time::timeout(PATIENCE, tried).await.ok()?
}

fn might_be_tls(failure: &ConnFailure) -> bool {
    let is_so = matches!(
        failure.cause,
        Cause::ClosedByPeer
            | Cause::Reset
            | Cause::Frame(_)
            | Cause::TimedOut
            | Cause::RequestTimedOut
    );
    failure.stage == At::Versions && is_so
}

fn might_be_plain(failure: &ConnFailure) -> bool {
    let is_so = matches!(
        failure.cause,
        Cause::TimedOut
            | Cause::Tls(
                TlsFailure::NotTls { .. } | TlsFailure::ClosedAtOnce | TlsFailure::Other(_)
            )
    );
    failure.stage == At::Tls && is_so
}

async fn dial(setup: &Setup, host: &HostPort, address: Address) -> Option<Box<dyn Transport>> {
    setup.tcp.connect(host, address).await.ok()
}

async fn speaks_tls(setup: &Setup, host: &HostPort, address: Address) -> Option<Opinion> {
    // Nothing is said over it, so nobody has to be believed.
    let anybody = TlsSettings { verify: false, check_name: false, ..TlsSettings::default() };
    let connector = tls::Connector::new(&anybody).ok()?;
    let stream = dial(setup, host, address).await?;
    let seen = match connector.connect_observed(host.host(), stream).await {
        Ok(stream) => {
            let peer = stream.peer();
            let whose = peer.chain.first().map_or("nobody", |leaf| leaf.subject.as_str());
            format!("the port speaks {}, as {whose}", peer.version)
        }
        Err(refusal) => {
            let TlsFailure::Alert(name) = refusal.failure else { return None };
            format!("the port speaks TLS, and refuses with `{name}`")
        }
    };
    let next_step = set("Set", Protocol { tls: true, ..setup.protocol() });
    Some(Opinion { seen, next_step })
}

async fn speaks_plain(setup: &Setup, host: &HostPort, address: Address) -> Option<Opinion> {
    let stream = dial(setup, host, address).await?;
    let mut link = setup.speak(host, stream, Ask::first(), None);
    link.versions().await.ok()?;
    let seen = "the port speaks Kafka's protocol without TLS".to_owned();
    let wanted = Protocol { tls: false, ..setup.protocol() };
    Some(Opinion { seen, next_step: set("Use the port of a TLS listener, or set", wanted) })
}

fn set(how: &str, wanted: Protocol) -> String {
    let other = Protocol { sasl: !wanted.sasl, ..wanted };
    let otherwise = if wanted.sasl {
        "where it asks nobody who they are"
    } else {
        "where the broker wants to know who the client is"
    };
    format!("{how} `security.protocol` to {} ({} {otherwise}).", wanted.name(), other.name())
}

/// Whether a listener that hung up on an anonymous client wants to know who it is.
pub(super) async fn wants_a_name(
    setup: &Setup,
    host: &HostPort,
    address: Address,
) -> Option<Opinion> {
    let asked = async {
        let stream = dial(setup, host, address).await?;
        let stream: Box<dyn Transport> = match &setup.tls {
            None => stream,
            Some(tls) => Box::new(tls.connect_observed(host.host(), stream).await.ok()?),
        };
        let mut link = setup.speak(host, stream, Ask::first(), None);
        link.ready().await.ok()?;
        let mechanism = Mechanism::Plain.name().into();
        let frame = link.ask(Typed::new(SaslHandshakeRequest { mechanism })).await.ok()?;
        let answer = frame.decode::<SaslHandshakeResponse<'_>>().ok()?.body;
        let offered: Vec<&str> = answer.mechanisms.iter().map(AsRef::as_ref).collect();
        (!offered.is_empty()).then(|| by_name(setup, &offered))
    };
    tokio::time::timeout(PATIENCE, asked).await.ok()?
}

fn by_name(setup: &Setup, offered: &[&str]) -> Opinion {
    let wanted = Protocol { sasl: true, ..setup.protocol() };
    Opinion {
        seen: format!(
            "the listener wants to know who the client is, by one of {}",
            offered.join(", ")
        ),
        next_step: format!(
            "Set `security.protocol` to {}, `sasl.mechanism` to one of those, and `sasl.username` \
             and `sasl.password`.",
            wanted.name()
        ),
    }
}
