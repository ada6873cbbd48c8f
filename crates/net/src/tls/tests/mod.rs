//! Handshakes over streams in memory with a server of the same library.
#![cfg(test)]

mod clients;
mod cuts;
mod handshakes;
mod secrets;
mod strangers;

use std::sync::Arc;

use klamm_broker::security::certificates::{
    ClientCertificates, Identity, TestCa, provider, server_config,
};
use klamm_cluster::transport::{Pem, TlsSettings};
use klamm_cluster::{Secret, TlsFailure};
use rustls::ServerConfig;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::{Connector, Refusal, TlsStream};

/// Room for a whole handshake in either direction.
const ROOM: usize = 64 << 10;

fn ca() -> TestCa {
    TestCa::new(1).expect("a CA")
}

fn text(pem: impl Into<String>) -> Pem {
    Pem::Text(Secret::from(pem.into()))
}

/// Settings that believe this authority alone.
fn believing(ca: &TestCa) -> TlsSettings {
    TlsSettings { roots: vec![text(ca.pem())], public_roots: false, ..TlsSettings::default() }
}

fn connector(settings: &TlsSettings) -> Connector {
    Connector::new(settings).expect("a connector")
}

/// A connector whose clock stands at this moment.
fn connector_at(settings: &TlsSettings, unix_seconds: u64) -> Connector {
    #[derive(Debug)]
    struct Stopped(u64);
    impl TimeProvider for Stopped {
        fn current_time(&self) -> Option<UnixTime> {
            Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(self.0)))
        }
    }
    let provider = provider().expect("a provider");
    Connector::with_clock(settings, provider, Arc::new(Stopped(unix_seconds))).expect("one")
}

/// A server of this authority with these names, who asks for no certificates.
fn server(ca: &TestCa, names: &[&str]) -> Arc<ServerConfig> {
    showing(&ca.server(names).expect("an identity"), ClientCertificates::NotAsked)
}

fn showing(identity: &Identity, clients: ClientCertificates<'_>) -> Arc<ServerConfig> {
    Arc::new(server_config(identity, clients).expect("settings"))
}

/// A handshake for this host with a server that sends four bytes back after it.
async fn shake(
    connector: &Connector,
    host: &str,
    server: Arc<ServerConfig>,
) -> Result<TlsStream<DuplexStream>, Box<Refusal>> {
    let (ours, theirs) = duplex(ROOM);
    let acceptor = tokio_rustls::TlsAcceptor::from(server);
    tokio::spawn(async move {
        let mut stream = acceptor.accept(theirs).await?;
        let mut bytes = [0; 4];
        stream.read_exact(&mut bytes).await?;
        stream.write_all(&bytes).await?;
        stream.shutdown().await
    });
    connector.connect_observed(host, ours).await
}

async fn refused(settings: &TlsSettings, host: &str, server: Arc<ServerConfig>) -> Box<Refusal> {
    shake(&connector(settings), host, server).await.expect_err("a refusal")
}

/// Sends four bytes and reads them back.
async fn echoed(mut stream: TlsStream<DuplexStream>) -> std::io::Result<()> {
    stream.write_all(b"ping").await?;
    stream.flush().await?;
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes).await?;
    assert_eq!(&bytes, b"ping");
    Ok(())
}
