//! The way to one server, stage by stage, with a finding for each.

use std::time::Duration;

use klamm_cluster::failure::Provider;
use klamm_cluster::sasl::Credentials;
use klamm_cluster::{Address, Cause, ConnFailure, HostPort, Stage as At};
use klamm_net::{Connector as _, Transport};
use klamm_protocol::negotiate::{Ask, Negotiated};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::finding::{Finding, Stage, Trouble};
use super::link::Link;
use super::setup::Setup;
use super::{certificates, identity, versions};
use crate::exit::Exit;

/// Who takes findings as they come.
pub(super) type Say<'a> = &'a mut (dyn FnMut(Finding) + Send);

/// The way to one server.
pub(super) struct Ladder<'a> {
    pub(super) setup: &'a Setup,
    pub(super) host: &'a HostPort,
    /// At which version to ask for versions.
    pub(super) ask: Ask,
    pub(super) credentials: Option<Credentials>,
    pub(super) verbose: bool,
}

/// A server that was reached.
pub(super) struct Reached {
    pub(super) link: Link,
    pub(super) versions: Negotiated,
    pub(super) address: Address,
}

/// A way that ended before the server was reached.
pub(super) struct Fallen {
    pub(super) failure: ConnFailure,
    /// What is to be said of the stage that failed, once everything is known that helps.
    pub(super) finding: Finding,
    /// The address that was tried last.
    pub(super) address: Option<Address>,
    /// Whether the peer hung up right after our first bytes.
    pub(super) at_once: bool,
}

/// An open transport, and where it leads.
struct Open {
    transport: Box<dyn Transport>,
    address: Address,
}

type Climbed<T> = Result<T, Box<Fallen>>;

impl<'a> Ladder<'a> {
    /// The way to a server with what the settings say.
    pub(super) fn new(setup: &'a Setup, host: &'a HostPort) -> Self {
        let credentials = setup.settings.sasl.clone();
        Self { setup, host, ask: Ask::first(), credentials, verbose: false }
    }

    /// Goes all the way, or as far as it goes.
    pub(super) async fn climb(&self, say: Say<'_>) -> Climbed<Reached> {
        let addresses = self.resolve(say).await?;
        let open = self.connect(&addresses, say).await?;
        let open = self.agree(open, say).await?;
        self.speak(open, say).await
    }

    /// The same without a word; where the broker hangs up at once, in the oldest way as well.
    pub(super) async fn climb_quietly(&self) -> Climbed<Reached> {
        let fallen = match self.climb(&mut |_| {}).await {
            Err(fallen) if fallen.at_once => fallen,
            climbed => return climbed,
        };
        let elder = self.elder().climb(&mut |_| {}).await;
        elder.map_err(|_| fallen)
    }

    /// The same way, on which versions are asked for as the oldest clients do.
    pub(super) fn elder(&self) -> Self {
        Self { ask: Ask::oldest(), credentials: self.credentials.clone(), ..*self }
    }

    async fn resolve(&self, say: Say<'_>) -> Climbed<Vec<Address>> {
        let begun = Instant::now();
        let stage = At::Resolve;
        let failed = |cause| ConnFailure { stage, cause };
        let look_up = self.setup.tcp.resolve(self.host, self.setup.settings.dial.lookup);
        let found = self
            .setup
            .in_time(stage, async {
                match look_up.await {
                    Ok(addresses) if addresses.is_empty() => Err(failed(Cause::NoSuchHost)),
                    found => found.map_err(failed),
                }
            })
            .await;
        let base = |said: String| {
            let finding = Finding::good(Stage::Resolve, said).after(begun.elapsed());
            finding.with("host", self.host.host()).with("port", self.host.port())
        };
        match found {
            Ok(addresses) => {
                let listed: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                let said = format!("{}: {}", self.host.host(), listed.join(", "));
                say(base(said).with("addresses", listed));
                Ok(addresses)
            }
            Err(failure) => Err(self.fall(failure, base(self.host.host().to_owned()), None)),
        }
    }

    /// Tries one address after the other, as a client does.
    async fn connect(&self, addresses: &[Address], say: Say<'_>) -> Climbed<Open> {
        let begun = Instant::now();
        let (mut tried, mut last) = (Vec::new(), None);
        for (at, address) in (1_usize..).zip(addresses) {
            let dialled = self.setup.tcp.connect(self.host, *address);
            let base = || {
                let place = shown(self.host, *address);
                let said = format!("{place} ({at} of {})", plural(addresses.len()));
                let finding = Finding::good(Stage::Connect, said).after(begun.elapsed());
                finding.with("address", place).with("addresses", addresses.len())
            };
            match self.setup.in_time(At::Connect, dialled).await {
                Ok(transport) => {
                    say(with_details(base(), &tried));
                    return Ok(Open { transport, address: *address });
                }
                Err(failure) => {
                    last = Some((failure.clone(), with_details(base(), &tried), *address));
                    tried.push(format!("{address}: {}", failure.cause));
                }
            }
        }
        let (failure, finding, address) = last.unwrap_or_else(|| {
            let failure = ConnFailure { stage: At::Connect, cause: Cause::NoSuchHost };
            (failure, Finding::good(Stage::Connect, self.host.to_string()), Address::ByName)
        });
        Err(self.fall(failure, finding, Some(address)))
    }

    async fn agree(&self, open: Open, say: Say<'_>) -> Climbed<Open> {
        let Some(tls) = &self.setup.tls else {
            let name = self.setup.protocol().name();
            say(Finding::skipped(Stage::Tls, format!("security.protocol is {name}")));
            return Ok(open);
        };
        let begun = Instant::now();
        let Open { transport, address } = open;
        let mut shown = Vec::new();
        let agreed = self.setup.in_time(At::Tls, async {
            let agreed = tls.connect_observed(self.host.host(), transport).await;
            agreed.map_err(|refusal| {
                shown = refusal.chain;
                ConnFailure { stage: At::Tls, cause: Cause::Tls(refusal.failure) }
            })
        });
        match agreed.await {
            Ok(stream) => {
                let checks = self.setup.transport.tls.as_ref().is_none_or(|tls| tls.verify);
                let finding = certificates::agreed(&stream.peer(), checks, now());
                say(finding.after(begun.elapsed()));
                Ok(Open { transport: Box::new(stream), address })
            }
            Err(failure) => {
                let finding = Finding::good(Stage::Tls, format!("with {}", self.host.host()));
                let finding = certificates::shown(finding, &shown).after(begun.elapsed());
                Err(self.fall(failure, finding, Some(address)))
            }
        }
    }

    async fn speak(&self, open: Open, say: Say<'_>) -> Climbed<Reached> {
        let begun = Instant::now();
        let Open { transport, address } = open;
        let credentials = self.credentials.clone();
        let mut link = self.setup.speak(self.host, transport, self.ask, credentials);
        let (known, versions) = match link.versions().await {
            Ok(known) => known,
            Err(ended) => {
                let asked = format!("asked at version {}", self.ask.version());
                let finding = Finding::good(Stage::Versions, asked).after(begun.elapsed());
                let fallen = self.fall(ended.failure, finding, Some(address));
                return Err(Box::new(Fallen { at_once: ended.at_once, ..*fallen }));
            }
        };
        let finding = versions::finding(&versions, self.host.host(), self.verbose);
        say(finding.after(known.saturating_duration_since(begun)));
        let ready = link.ready().await;
        let Some(credentials) = &self.credentials else {
            let name = self.setup.protocol().name();
            say(Finding::skipped(Stage::Sasl, format!("security.protocol is {name}")));
            let fallen = |finding| {
                |ended: super::probe::Ended| self.fall(ended.failure, finding, Some(address))
            };
            ready.map_err(fallen(Finding::good(Stage::Versions, String::new())))?;
            return Ok(Reached { link, versions, address });
        };
        let finding = identity::asked(credentials);
        match ready {
            Ok(at) => {
                let is_clear = self.setup.tls.is_none();
                let heard = link.progress().heard;
                let finding = identity::believed(finding, credentials, &heard, is_clear);
                say(finding.after(at.saturating_duration_since(known)));
                Ok(Reached { link, versions, address })
            }
            Err(ended) => {
                let finding = finding.after(known.elapsed());
                Err(self.fall(ended.failure, finding, Some(address)))
            }
        }
    }

    fn fall(&self, failure: ConnFailure, base: Finding, address: Option<Address>) -> Box<Fallen> {
        let finding = base.bad(trouble(self.host, &failure), Exit::from(&failure));
        Box::new(Fallen { failure, finding, address, at_once: false })
    }
}

/// A failure with what to do about it, for people who use a service as well.
pub(super) fn trouble(host: &HostPort, failure: &ConnFailure) -> Trouble {
    let hint = Provider::of_host(host.host()).and_then(|provider| provider.hint(failure));
    let next = match (failure.next_step(), hint) {
        (Some(next), Some(hint)) => Some(format!("{next} {hint}")),
        (next, hint) => next.or_else(|| hint.map(str::to_owned)),
    };
    Trouble::new(&failure.cause, next)
}

/// An address with its port; behind a proxy, the name.
fn shown(host: &HostPort, address: Address) -> String {
    match address {
        Address::Ip(ip) => std::net::SocketAddr::new(ip, host.port()).to_string(),
        Address::ByName => format!("{host} by the proxy"),
    }
}

fn plural(count: usize) -> String {
    if count == 1 { "1 address".to_owned() } else { format!("{count} addresses") }
}

fn with_details(finding: Finding, lines: &[String]) -> Finding {
    let tried: Vec<Value> = lines.iter().map(|line| json!(line)).collect();
    let finding = lines.iter().fold(finding, Finding::detail);
    if tried.is_empty() { finding } else { finding.with("failed_addresses", tried) }
}

/// Seconds since the beginning of 1970.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap_or(Duration::ZERO).as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use klamm_cluster::sasl::{Mechanism, SaslError};

    use super::*;

    #[test]
    fn who_uses_a_service_is_told_what_is_particular_about_it() {
        let refused = SaslError::Refused {
            mechanism: Mechanism::Plain,
            username: Some("$ConnectionString".to_owned()),
            code: None,
            message: "not of the expected format".to_owned(),
        };
        let failure = ConnFailure { stage: At::Authenticate, cause: Cause::Sasl(refused) };
        let host = HostPort::new("ns.servicebus.windows.net", 9093).unwrap();
        let told = trouble(&host, &failure).next_step.unwrap();
        assert!(told.contains("`Endpoint=sb://`") && told.contains("single quotes"), "{told}");
        let own = HostPort::new("kafka", 9093).unwrap();
        assert!(!trouble(&own, &failure).next_step.unwrap().contains("single quotes"));
    }
}
