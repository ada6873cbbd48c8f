//! TLS as the doctor needs it, and what takes its place in a build without.

#[cfg(feature = "tls")]
pub(super) use klamm_net::tls::{CertificateFacts, Connector, Peer, Refusal};

#[cfg(not(feature = "tls"))]
pub(super) use without::{CertificateFacts, Connector, Peer, Refusal};

#[cfg(not(feature = "tls"))]
mod without {
    use klamm_cluster::TlsFailure;
    use klamm_cluster::transport::TlsSettings;
    use klamm_net::Transport;
}
