//! Settings, read and made ready: what every connection of a run has in common.

use std::sync::{Arc, Mutex, PoisonError};

use klamm_cluster::connection::Start;
use klamm_cluster::sasl::{Credentials, Nonces};
use klamm_cluster::{Cause, ConnFailure, HostPort, Settings, Stage, TransportSettings};
use klamm_net::{ShellSettings, TcpConnector, Transport, tls};
use klamm_protocol::negotiate::Ask;

use super::link::Link;
use super::probe::Opening;

/// What every connection of a run has in common.
pub(super) struct Setup {
    pub(super) settings: Settings,
    pub(super) transport: TransportSettings,
    /// Opens sockets, through a proxy or not, and leaves TLS to us.
    pub(super) tcp: TcpConnector,
    pub(super) tls: Option<tls::Connector>,
    pub(super) shell: ShellSettings,
    /// From which every connection forks its own: one that drew another's nonces would believe
    /// whoever recorded that one.
    nonces: Mutex<Nonces>,
}

/// What two settings call the ways to speak, so that advice can name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Protocol {
    pub(super) tls: bool,
    pub(super) sasl: bool,
}

impl Protocol {
    /// What `security.protocol` calls it.
    pub(super) const fn name(self) -> &'static str {
        match (self.tls, self.sasl) {
            (false, false) => "PLAINTEXT",
            (true, false) => "SSL",
            (false, true) => "SASL_PLAINTEXT",
            (true, true) => "SASL_SSL",
        }
    }
}

impl Setup {
    /// Makes settings ready. The key is one from the system's source of randomness.
    ///
    /// # Errors
    /// When they ask for something that cannot be had here; in words.
    pub(super) fn new(
        settings: Settings,
        transport: TransportSettings,
        shell: ShellSettings,
        key: [u8; 32],
    ) -> Result<Self, String> {
        let tls = transport.tls.as_ref().map(tls::Connector::new).transpose();
        let tls = tls.map_err(|failure| failure.to_string())?;
        let bare = TransportSettings { tls: None, ..transport.clone() };
        let tcp = TcpConnector::new(bare).map_err(|failure| failure.to_string())?;
        let nonces = Mutex::new(Nonces::new(key));
        Ok(Self { settings, transport, tcp, tls, shell, nonces })
    }

    /// Nonces for one connection.
    fn nonces(&self) -> Nonces {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner).fork()
    }

    pub(super) fn protocol(&self) -> Protocol {
        Protocol { tls: self.tls.is_some(), sasl: self.settings.sasl.is_some() }
    }

    /// Begins to speak over an open transport.
    pub(super) fn speak(
        &self,
        host: &HostPort,
        transport: Box<dyn Transport>,
        ask: Ask,
        credentials: Option<Credentials>,
    ) -> Link {
        let seed = self.settings.seed;
        let start = Start { ask, credentials, nonces: self.nonces(), seed };
        let settings = Arc::new(self.settings.connection.clone());
        let opening = Opening { host: host.clone(), settings, start };
        Link::open(transport, opening, self.shell.clone())
    }

    /// Does something that the settings give as long as the opening of a connection.
    ///
    /// # Errors
    /// Where and why it failed, or that it took too long.
    pub(super) async fn in_time<T>(
        &self,
        stage: Stage,
        work: impl Future<Output = Result<T, ConnFailure>>,
    ) -> Result<T, ConnFailure> {
        let timed = tokio::time::timeout(self.settings.dial.setup_timeout, work).await;
        timed.unwrap_or(Err(ConnFailure { stage, cause: Cause::TimedOut }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_connections_share_a_nonce() {
        let transport = TransportSettings::default();
        let shell = ShellSettings::default();
        let setup = Setup::new(Settings::new(Vec::new()), transport, shell, [7; 32]).unwrap();
        assert_ne!(setup.nonces().draw(), setup.nonces().draw());
    }
}
