//! TLS in front of connections, with certificates that only tests believe.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::builder::{Certificate, ClientAuth};
use crate::security::Principal;
use crate::security::certificates::{
    ClientCertificates, LOCAL_NAMES, TestCa, TlsError, Validity, principal_of, server_config,
};

/// What the TLS listeners of a cluster show and ask for.
pub(super) struct Tls {
    ca: TestCa,
    acceptor: TlsAcceptor,
}

impl Tls {
    pub(super) fn new(seed: u64, clients: ClientAuth, shown: Certificate) -> Result<Self, String> {
        Self::of(seed, clients, shown).map_err(|error| error.to_string())
    }

    fn of(seed: u64, clients: ClientAuth, shown: Certificate) -> Result<Self, TlsError> {
        let ca = TestCa::new(seed)?;
        let identity = match shown {
            Certificate::Good => ca.server(&LOCAL_NAMES),
            Certificate::Expired => ca.server_at(&LOCAL_NAMES, Validity::Expired),
            Certificate::NotYetValid => ca.server_at(&LOCAL_NAMES, Validity::NotYet),
            Certificate::OtherName => ca.server(&["elsewhere.test"]),
        }?;
        let authorities = [ca.der().clone()];
        let clients = match clients {
            ClientAuth::None => ClientCertificates::NotAsked,
            ClientAuth::Requested => ClientCertificates::Requested(&authorities),
            ClientAuth::Required => ClientCertificates::Required(&authorities),
        };
        let config = server_config(&identity, clients)?;
        Ok(Self { ca, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// The authority that the listeners' certificates are of.
    pub(super) fn ca(&self) -> &TestCa {
        &self.ca
    }

    pub(super) fn ca_pem(&self) -> String {
        self.ca.pem()
    }

    /// Plays the handshake; who the client is by its certificate, if it showed one.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Option<Principal>)> {
        let stream = self.acceptor.accept(stream).await?;
        let (_, session) = stream.get_ref();
        let shown = session.peer_certificates().and_then(<[_]>::first);
        let principal = shown.and_then(principal_of);
        Ok((stream, principal))
    }
}
